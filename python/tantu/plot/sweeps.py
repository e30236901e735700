"""The runs of a sweep: how far they spread, and what moves them."""
import numpy as np

from .style import BOUNDS, COLOURS, axes, style, word, years_axis


def fan(result, ax=None, language="en"):
    """Quantiles of the close over the runs of a sweep."""
    with style(language):
        figure, ax = axes(ax)
        close = result.daily["close"]
        if "run" not in close.dims:
            raise ValueError(f"{result.path}: a single run has no spread; a sweep that records daily values has")
        bands = close.quantile([0.05, 0.25, 0.5, 0.75, 0.95], dim="run")
        days = result.daily["day"].values
        ax.fill_between(days, bands[0], bands[4], color=COLOURS["sky"], alpha=0.3, lw=0, label=word("nine", language))
        ax.fill_between(days, bands[1], bands[3], color=COLOURS["blue"], alpha=0.35, lw=0, label=word("half", language))
        ax.plot(days, bands[2], color=COLOURS["blue"], lw=1.6, label=word("median", language))
        ax.set_ylim(bottom=0)
        ax.set_ylabel(word("per_t", language, currency=result.currency))
        ax.legend()
        years_axis(ax)
        return figure


def factors(result):
    """What varies over the runs: {name: values}."""
    runs = result.groups.get("runs")
    if runs is None:
        raise ValueError(f"{result.path}: a single run; a sweep has /runs")
    names = [n for n in (*runs.data_vars, *runs.coords) if runs[n].dims == ("run",) and n not in ("run", "replication", "failed", "error")]
    return {n: runs[n].values for n in dict.fromkeys(names) if len(set(runs[n].values.tolist())) > 1}


def outcomes(result):
    """The headline figures, one value a run: price at the end, emissions, abatement cost."""
    yearly = result.yearly
    lived = yearly["year"].values[np.nan_to_num(yearly["trading_days"].values).max(axis=0) > 0]
    return {"price": (int(lived[-1]), yearly["close"].sel(year=lived[-1]).values.astype(float)), "emissions": (None, yearly["emissions"].sel(year=lived).sum("year").values / 1e9),
            "cost": (None, yearly["abatement_cost"].sel(year=lived).astype(float).sum("year").values / 1e9)}


def _outcome_label(name, year, result, language):
    return {"price": lambda: word("close_end", language, year=year, currency=result.currency), "emissions": lambda: word("emissions_total", language),
            "cost": lambda: word("cost_total", language, currency=result.currency)}[name]()


def _classes(values, most=8):
    """Runs by level of a factor where levels are few, else in classes of equal number by rank."""
    levels = sorted(set(values.tolist()))
    if len(levels) <= most:
        return [(level, np.flatnonzero(values == level)) for level in levels]
    return [(float(np.median(values[part])), part) for part in np.array_split(np.argsort(values, kind="stable"), most)]


def share_explained(factor, outcome):
    """First-order share of the variance from given data (Plischke, Borgonovo and Smith 2013), less what chance gives."""
    known = np.isfinite(outcome)
    factor, outcome = factor[known], outcome[known]
    parts = [outcome[runs] for _, runs in _classes(factor)]
    n, k, whole = len(outcome), len(parts), outcome.var()
    if whole <= 0 or k < 2 or n <= k:
        return None
    between = sum(len(p) * (p.mean() - outcome.mean()) ** 2 for p in parts) / n
    return float(np.clip(1 - (1 - between / whole) * (n - 1) / (n - k), 0, 1))


def sensitivity(result, ax=None, language="en", outcome="price"):
    """The share of an outcome's variance over runs that each factor explains alone."""
    with style(language):
        varying, (year, values) = factors(result), outcomes(result)[outcome]
        shares = {name: share_explained(f, values) for name, f in varying.items()}
        shares = dict(sorted(((n, s) for n, s in shares.items() if s is not None), key=lambda item: item[1]))
        if not shares:
            raise ValueError(f"{result.path}: nothing varies")
        figure, ax = axes(ax, (6.4, 0.4 * len(shares) + 1.2))
        ax.barh([name.replace("_", " ") for name in shares], list(shares.values()), 0.65, color=COLOURS["blue"])
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(lambda v, _: f"{100 * v:.0f}%")
        ax.set_xlabel(word("explained", language))
        ax.set_title(_outcome_label(outcome, year, result, language), fontsize=9, loc="left")
        return figure


def tradeoff(result, ax=None, language="en", x="cost", y="emissions"):
    """Two outcomes against each other, a dot a run."""
    with style(language):
        all_of = outcomes(result)
        figure, ax = axes(ax)
        ax.plot(all_of[x][1], all_of[y][1], "o", color=COLOURS["blue"], alpha=0.7, ms=4)
        ax.set_xlabel(_outcome_label(x, all_of[x][0], result, language))
        ax.set_ylabel(_outcome_label(y, all_of[y][0], result, language))
        return figure


def bounds(result, ax=None, language="en"):
    """How often the close lies at what the rules set; without such rules, the chance that a year ends at or below a price."""
    with style(language):
        figure, ax = axes(ax)
        daily, drawn = result.groups.get("daily"), 0
        for name, (colour, dash) in BOUNDS.items():
            if daily is None or name not in daily or not bool(daily[name].notnull().any()):
                continue
            above = name in ("trigger_price", "price_ceiling")
            at = (daily["close"] >= daily[name] * (1 - 1e-9)) if above else (daily["close"] <= daily[name] * (1 + 1e-9))
            ax.plot(daily["day"], at.sum("run") / daily["close"].notnull().sum("run"), color=COLOURS[colour], ls=dash, label=word(name, language))
            drawn += 1
        if drawn:
            years_axis(ax)
        else:
            yearly = result.yearly
            lived = yearly["year"].values[np.nan_to_num(yearly["trading_days"].values).max(axis=0) > 0][-4:]
            for year, colour in zip(lived, ("sky", "green", "orange", "blue")[-len(lived):]):
                close = np.sort(yearly["close"].sel(year=year).values.astype(float))
                ax.step(close, np.arange(1, len(close) + 1) / len(close), where="post", color=COLOURS[colour], label=word("end_of", language, year=int(year)))
            ax.set_xlabel(word("per_t", language, currency=result.currency))
        ax.set_ylim(0, 1)
        ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:.0f}%")
        ax.set_ylabel(word("share_runs", language))
        ax.legend()
        return figure

"""Price, volume, bank, emissions, abatement: the market of a run."""
import numpy as np
import pandas as pd

from .style import BOUNDS, COLOURS, axes, mark_deadlines, style, word, years_axis


def auctions_of(result):
    """The market's auctions as a table: day, reserve_price, price, offered, sold, revenue, ..."""
    group = result.groups.get("auctions")
    if group is None or group.sizes.get("auction", 0) == 0:
        return pd.DataFrame()
    table = pd.DataFrame({name: group[name].values for name in ("day", "market", "reserve_price", "price", "offered", "demanded", "sold", "revenue")})
    return table[table["market"] == result.market].reset_index(drop=True)


def price(result, ax=None, language="en"):
    """Closes inside the daily limits, the fundamental and the competitive price, what rules set, auctions, deadlines."""
    with style(language):
        figure, ax = axes(ax)
        day = result.daily
        if "limit_low" in day:
            ax.fill_between(day["day"].values, day["limit_low"], day["limit_high"], color=COLOURS["sky"], alpha=0.28, lw=0, label=word("limits", language))
        if "anchor" in day:
            ax.plot(day["day"], day["anchor"], color=COLOURS["orange"], lw=1.2, ls="--", label=word("anchor", language))
        if "equilibrium_price" in result.yearly:
            first, last = (pd.Timestamp(day["day"].values[i]) for i in (0, -1))
            for i, year in enumerate(result.lived):
                value = float(result.yearly["equilibrium_price"].sel(year=year))
                ax.hlines(value, max(first, pd.Timestamp(int(year), 1, 1)), min(last, pd.Timestamp(int(year), 12, 31)), color=COLOURS["purple"], lw=1.6, label=word("equilibrium", language) if i == 0 else None)
        for name, (colour, dash) in BOUNDS.items():
            if name in day and bool(day[name].notnull().any()):
                ax.plot(day["day"], day[name], color=COLOURS[colour], lw=1.1, ls=dash, drawstyle="steps-post", label=word(name, language))
        ax.plot(day["day"], day["close"], color=COLOURS["blue"], lw=1.2, label=word("close", language))
        held = auctions_of(result)
        if len(held):
            ax.plot(held["day"], held["price"], "o", ms=3.5, mfc="white", color=COLOURS["purple"], label=word("auction", language))
        mark_deadlines(result, ax, language)
        # What rules and expectations say far beyond the prices seen must not stretch the axis.
        seen = float(np.nanmax([day["close"].max(), day["limit_high"].max() if "limit_high" in day else np.nan, held["price"].max() if len(held) else np.nan]))
        ax.set_ylim(0, min(ax.get_ylim()[1], 1.7 * seen))
        ax.set_ylabel(word("per_t", language, currency=result.currency))
        ax.legend(loc="best", ncols=2)
        years_axis(ax)
        return figure


def monthly(result):
    kinds = [k for k in ("volume_listed", "volume_block", "volume_group", "volume_auction") if k in result.daily and float(result.daily[k].sum()) > 0]
    frame = pd.DataFrame({k: result.daily[k].fillna(0).values / 1e6 for k in kinds}, index=pd.DatetimeIndex(result.daily["day"].values))
    return frame.resample("MS").sum()


def volume(result, ax=None, language="en"):
    """Volume by month and kind of trade."""
    with style(language):
        figure, ax = axes(ax)
        months = monthly(result)
        bottom = np.zeros(len(months))
        for kind, colour in zip(months.columns, ("blue", "orange", "green", "purple")):
            ax.bar(months.index + pd.Timedelta(days=14), months[kind], pd.Timedelta(days=24), bottom, color=COLOURS[colour], label=word(kind, language))
            bottom += months[kind].values
        mark_deadlines(result, ax, language)
        ax.set_ylabel(word("mt_month", language))
        ax.set_ylim(top=ax.get_ylim()[1] * 1.25)
        ax.legend(loc="upper center", ncols=4, fontsize=8)
        years_axis(ax)
        return figure


def seasonality(result, ax=None, language="en"):
    """Mean share of each calendar month in a year's volume; dots are single years."""
    with style(language):
        figure, ax = axes(ax)
        total = monthly(result).sum(axis=1)
        counts = total.groupby(total.index.year).size()
        shares = {y: total[total.index.year == y] / total[total.index.year == y].sum() for y in counts.index[counts >= 5] if total[total.index.year == y].sum() > 0}
        table = pd.DataFrame({y: pd.Series(s.values, index=s.index.month) for y, s in shares.items()}).reindex(range(1, 13)).fillna(0)
        ax.bar(table.index, table.mean(axis=1), color=COLOURS["sky"])
        for year in table.columns:
            ax.plot(table.index, table[year], "o", color=COLOURS["blue"], ms=3)
        ax.axhline(1 / 12, color=COLOURS["grey"], lw=0.9, ls="--")
        ax.set_xticks(range(1, 13), [f"{m}月" for m in range(1, 13)] if language == "zh" else list("JFMAMJJASOND"))
        ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:.0f}%")
        ax.set_ylabel(word("share_of_year", language))
        return figure


def bank(result, ax=None, language="en"):
    """Allowances held by day, and what is left at the end of each year."""
    with style(language):
        figure, ax = axes(ax)
        ax.fill_between(result.daily["day"].values, 0, result.daily["bank"] / 1e6, step="post", color=COLOURS["blue"], alpha=0.25, lw=0)
        ends = [pd.Timestamp(int(y), 12, 31) for y in result.lived]
        ax.plot(ends, result.yearly["bank"].sel(year=result.lived) / 1e6, "o", color=COLOURS["red"], ms=4, label=word("year_end", language))
        mark_deadlines(result, ax, language)
        ax.set_ylim(bottom=0)
        ax.set_ylabel(word("held", language))
        ax.legend()
        years_axis(ax)
        return figure


def emissions(result, ax=None, language="en"):
    """Emissions, what they would have been without abatement, cap or allocation, obligation. The axis does not begin at zero."""
    with style(language):
        figure, ax = axes(ax)
        for name, colour, dash in (("emissions_baseline", "grey", "--"), ("emissions", "blue", "-"), ("cap", "red", ":"), ("allocation_final", "orange", "-"), ("obligation", "purple", "-.")):
            if name in result.yearly:
                values = result.yearly[name].sel(year=result.lived).astype(float) / 1e6
                values = values.where(values > 0)
                if values.notnull().any():
                    ax.plot(result.lived, values, color=COLOURS[colour], ls=dash, marker="o", ms=3, label=word(name, language))
        ax.set_xticks(result.lived)
        ax.set_ylabel(word("mt_year", language))
        ax.legend()
        return figure


def measures(result, ax=None, language="en"):
    """Abatement by measure and year."""
    with style(language):
        figure, ax = axes(ax)
        table = result.sectors["abatement_by_measure"].sel(year=result.lived) / 1e6
        order = [m for m in table["measure"].values[np.argsort(-table.sum("year").values)] if float(table.sel(measure=m).sum()) > 0]
        bottom = np.zeros(len(result.lived))
        for measure, colour in zip(order, list(COLOURS)[:7]):
            ax.bar(result.lived, table.sel(measure=measure), 0.7, bottom, color=COLOURS[colour], label=str(measure).split(": ", 1)[-1])
            bottom += table.sel(measure=measure).values
        ax.set_xticks(result.lived)
        ax.set_ylabel(word("mt_year", language))
        ax.legend()
        return figure


def curve(result, ax=None, language="en"):
    """The aggregate abatement cost curve and where the market stands on it, year by year."""
    with style(language):
        figure, ax = axes(ax)
        abated = (result.yearly["emissions_baseline"] - result.yearly["emissions"]).sel(year=result.lived) / 1e6
        paid = result.yearly["vwap"].sel(year=result.lived)
        ax.plot(result.curve["in_time"] / 1e6, result.curve["price"], color=COLOURS["blue"], label=word("in_time", language))
        ax.plot(result.curve["at_once"] / 1e6, result.curve["price"], color=COLOURS["sky"], ls="--", label=word("at_once", language))
        ax.plot(abated, paid, "o-", color=COLOURS["red"], lw=0.8, ms=4, label=word("market", language))
        for year, x, y in zip(result.lived, abated.values, paid.values):
            if np.isfinite(y):
                ax.annotate(str(year), (x, y), (4, 4), textcoords="offset points", color=COLOURS["red"])
        top = 2.5 * float(np.nanmax(paid))
        ax.set_ylim(min(0, float(result.curve["price"].min())), top)
        within = result.curve["in_time"].where(result.curve["price"] <= top)
        ax.set_xlim(0, max(float(within.max()) / 1e6, float(abated.max())) * 1.05)
        ax.set_xlabel(word("mt_year", language))
        ax.set_ylabel(word("per_t", language, currency=result.currency))
        ax.legend()
        return figure


def auctions(result, ax=None, language="en"):
    """What was offered and sold at each auction."""
    held = auctions_of(result)
    if not len(held):
        raise ValueError(f"{result.path}: no auctions")
    with style(language):
        figure, ax = axes(ax)
        at = np.arange(len(held))
        ax.bar(at, held["offered"] / 1e6, 0.8, color=COLOURS["sky"], alpha=0.45, label=word("offered", language))
        ax.bar(at, held["sold"] / 1e6, 0.8, color=COLOURS["blue"], label=word("sold_at_auction", language))
        ticks = at[:: max(1, len(at) // 8)]
        ax.set_xticks(ticks, [f"{held['day'][i]:%Y-%m-%d}" for i in ticks], rotation=30, ha="right")
        ax.set_ylabel(word("mt", language))
        ax.legend()
        return figure


def rules(result, ax=None, language="en"):
    """Tonnes that each instrument moved, by the year concerned; within a row darker is more."""
    group = result.rules
    table = pd.DataFrame({name: group[name].values for name in ("instrument", "kind", "year", "tonnes")})
    table = table[table["tonnes"] != 0]
    if not len(table):
        raise ValueError(f"{result.path}: the rules moved nothing")
    order = list(dict.fromkeys(zip(table["instrument"], table["kind"])))
    grid = table.pivot_table(index=["instrument", "kind"], columns="year", values="tonnes", aggfunc="sum").reindex(order) / 1e6
    with style(language):
        figure, ax = axes(ax, (7.2, 0.27 * len(grid) + 0.9))
        share = grid.abs().div(grid.abs().max(axis=1), axis=0)
        ax.imshow(0.6 * share.fillna(0).values, cmap="Blues", aspect="auto", vmin=0, vmax=1)
        for i, j in np.ndindex(grid.shape):
            if np.isfinite(grid.values[i, j]):
                ax.text(j, i, f"{grid.values[i, j]:,.1f}", ha="center", va="center", fontsize=7)
        ax.set_yticks(range(len(grid)), [f"{a} · {b}".replace("_", " ") for a, b in grid.index], fontsize=7)
        ax.set_xticks(range(grid.shape[1]), [str(int(y)) if y else "-" for y in grid.columns])
        ax.set_xlabel(f'{word("year_concerned", language)} ({word("mt", language)})')
        return figure

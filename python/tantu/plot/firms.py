"""The firms of a run: what compliance cost them, how complete it was, who trades with whom."""
import numpy as np
import pandas as pd

from .style import COLOURS, axes, style, word


PARTS = (("abatement_cost", 1, "green"), ("paid", 1, "orange"), ("fines", 1, "red"), ("received", -1, "blue"))


def cells(result):
    """Firms by sector and size (quarters by emissions of the baseline year), summed over all years; emissions over the years with trading.

    Columns: sector, size (-1 where firms are too few to part), firms, emissions, obligation, shortfall, obliged, in_full, and the parts of cost.
    """
    group = result.firms
    total = lambda name: group[name].astype(float).fillna(0).sum("year").values
    table = pd.DataFrame({name: total(name) for name in ("obligation", "shortfall", *(name for name, _, _ in PARTS))})
    table["emissions"] = group["emissions"].sel(year=result.lived).astype(float).fillna(0).sum("year").values
    names = [entry.split(" ", 1)[1] for entry in str(group["sector"].attrs["codes"]).split("; ")]
    table["sector"] = [names[int(code)] for code in group["sector"].values]
    size = group["emissions_of_baseline_year"].values
    ordered = np.sort(size)
    bounds = [ordered[int(np.floor(q / 4 * (len(ordered) - 1) + 0.5))] for q in (1, 2, 3)] if len(size) >= 8 else []
    table["size"] = np.searchsorted(bounds, size, side="left") if bounds else -1
    table["firms"] = 1
    table["obliged"] = (table["obligation"] > 0).astype(int)
    table["in_full"] = ((table["obligation"] > 0) & (table["shortfall"] == 0)).astype(int)
    return table.groupby(["sector", "size"], sort=False).sum(numeric_only=True).reset_index().sort_values(["sector", "size"]).reset_index(drop=True)


def _labels(table, language):
    several = table["sector"].nunique() > 1
    return [(f"{sector}, " if several else "") + word(f"size_{size}", language) for sector, size in zip(table["sector"], table["size"])]


def cost(result, ax=None, language="en"):
    """What compliance cost by sector and size, per tonne emitted: spent to the right, received to the left, the dot is the net."""
    with style(language):
        table = cells(result)
        figure, ax = axes(ax, (6.4, 0.35 * len(table) + 1.3))
        at = np.arange(len(table))
        ends = {1: np.zeros(len(table)), -1: np.zeros(len(table))}
        for name, sign, colour in PARTS:
            part = sign * (table[name] / table["emissions"]).values
            ax.barh(at, part, 0.7, left=ends[sign], color=COLOURS[colour], label=word(name, language))
            ends[sign] = ends[sign] + part
        ax.plot(ends[1] + ends[-1], at, "o", color=COLOURS["ink"], ms=5, label=word("net", language))
        ax.set_yticks(at, _labels(table, language))
        ax.invert_yaxis()
        ax.set_xlabel(word("cost", language, currency=result.currency))
        ax.legend(ncols=3, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.25))
        return figure


def compliance(result, ax=None, language="en"):
    """Tonnes surrendered out of tonnes due, and firms that never missed one, by sector and size."""
    with style(language):
        table = cells(result)
        table = table[table["obligation"] > 0].reset_index(drop=True)
        figure, ax = axes(ax, (6.4, 0.45 * len(table) + 1.3))
        at = np.arange(len(table))
        ax.barh(at - 0.19, 1 - table["shortfall"] / table["obligation"], 0.36, color=COLOURS["blue"], label=word("met_tonnes", language))
        ax.barh(at + 0.19, table["in_full"] / table["obliged"], 0.36, color=COLOURS["orange"], label=word("met_firms", language))
        ax.set_yticks(at, _labels(table, language))
        ax.invert_yaxis()
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(lambda v, _: f"{100 * v:.0f}%")
        ax.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.15))
        return figure


def distribution(result, ax=None, language="en"):
    """Firms by net cost of compliance per tonne emitted in the years with trading; the outer hundredths in the outer bins."""
    with style(language):
        figure, ax = axes(ax)
        firms = result.firms
        money = sum(sign * firms[name].astype(float).fillna(0).sum("year") for name, sign in (("abatement_cost", 1), ("paid", 1), ("received", -1), ("fines", 1)))
        emitted = firms["emissions"].sel(year=result.lived).sum("year")
        cost = (money / emitted).values[emitted.values > 0]
        low, high = np.quantile(cost, [0.01, 0.99])
        counts, edges = np.histogram(np.clip(cost, low, high), bins=48)
        ax.bar(edges[:-1], counts, np.diff(edges) * 0.86, align="edge", color=[COLOURS["blue" if (a + b) / 2 < 0 else "orange"] for a, b in zip(edges[:-1], edges[1:])])
        ax.axvline(np.median(cost), color=COLOURS["ink"], ls="--", lw=1, label=word("median", language))
        ax.set_xlabel(word("cost", language, currency=result.currency))
        ax.set_ylabel(word("firms", language))
        ax.legend()
        return figure


def flows(result, ax=None, language="en", by="group"):
    """Who sells to whom, in Mt: `by` is group, sector or region. Needs a run with --record trades."""
    import h5py

    with h5py.File(result.path) as file:
        if "trades" not in file:
            raise ValueError(f"{result.path}: no tape; make it with --record trades")
        tape = pd.DataFrame({name: file["trades/trades"][name] for name in ("buyer", "seller", "quantity")})
    codes = [entry.split(" ", 1)[1] for entry in str(result.firms[by].attrs["codes"]).split("; ")]
    of = result.firms[by].values
    names = codes + [word("independent", language)]
    place = np.append(np.where(np.isfinite(of), np.nan_to_num(of), len(codes)).astype(int), len(codes))
    row = lambda account: np.clip(np.where(account >= 2, account - 2, len(place) - 1), 0, len(place) - 1)
    table = np.zeros((len(names), len(names)))
    np.add.at(table, (place[row(tape["seller"].values)], place[row(tape["buyer"].values)]), tape["quantity"].values / 1e6)
    with style(language):
        figure, ax = axes(ax, (5.2, 4.6))
        ax.imshow(np.sqrt(table), cmap="Blues")
        for i, j in np.ndindex(table.shape):
            if len(names) <= 10:
                ax.text(j, i, f"{table[i, j]:.1f}", ha="center", va="center", color="white" if table[i, j] > 0.4 * table.max() else COLOURS["ink"], fontsize=8)
        ax.set_xticks(range(len(names)), names, rotation=45, ha="right")
        ax.set_yticks(range(len(names)), names)
        ax.set_xlabel(word("buyer", language))
        ax.set_ylabel(word("seller", language))
        return figure

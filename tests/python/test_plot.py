#!/usr/bin/env -S /usr/bin/python3
"""tantu.plot draws every picture of a run, in both languages, with the numbers of the file.

    test_plot.py RESULT.h5 [SWEEP.h5]      a run with --record trades,orders; a sweep that records daily values
"""
import importlib.util
import sys
import tempfile
import warnings
from pathlib import Path

import h5py
import matplotlib

matplotlib.use("Agg")
import numpy as np

source = Path(__file__).resolve().parents[2] / "python/tantu/plot"
spec = importlib.util.spec_from_file_location("tantu_plot", source / "__init__.py", submodule_search_locations=[str(source)])
plot = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = plot
spec.loader.exec_module(plot)

result = plot.open_result(sys.argv[1])

line = [line for line in plot.price(result).axes[0].lines if line.get_label() == "close"][0]
assert np.allclose(line.get_ydata(), result.daily["close"].values, equal_nan=True), "the line is not the closes"

bars = plot.volume(result).axes[0].patches
drawn = sum(bar.get_height() for bar in bars)
inside = sum(float(result.daily[name].sum()) for name in ("volume_listed", "volume_block", "volume_group")) / 1e6
assert abs(drawn - inside) < 1e-6 * inside, f"{drawn} Mt drawn, {inside} Mt in the file"

# The curve: points of the file.
line = plot.curve(result).axes[0].lines[0]
assert np.allclose(line.get_ydata(), result.curve["price"].values) and np.allclose(line.get_xdata() * 1e6, result.curve["in_time"].values), "the curve is not the file's"

# Compliance and cost by size: bars are the firms' sums.
table = plot.cells(result)
firms = result.firms
assert table["firms"].sum() == firms.sizes["firm"], "firms got lost between the sizes"
bars = [bar.get_width() for bar in plot.compliance(result).axes[0].patches]
for size in range(4):
    mine = np.searchsorted(np.sort(firms["emissions_of_baseline_year"].values)[[int(np.floor(q / 4 * (firms.sizes["firm"] - 1) + 0.5)) for q in (1, 2, 3)]], firms["emissions_of_baseline_year"].values) == size
    due, missing = (firms[name].astype(float).fillna(0).sum("year").values for name in ("obligation", "shortfall"))
    assert abs(bars[size] - (1 - missing[mine].sum() / due[mine].sum())) < 1e-12, f"size {size}: {bars[size]}"
    assert abs(bars[4 + size] - (missing[mine & (due > 0)] == 0).mean()) < 1e-12, f"size {size}: {bars[4 + size]} of the firms"
paid = sum(firms[name].astype(float).fillna(0).values.sum() * sign for name, sign, _ in plot.firms.PARTS)
drawn = sum((table[name] * sign).sum() for name, sign, _ in plot.firms.PARTS)
assert abs(drawn - paid) <= 1e-9 * abs(paid), f"{drawn} drawn, {paid} in the file"

# What the rules moved, cell by cell.
texts = [t.get_text() for t in plot.rules(result).axes[0].texts]
assert len(texts) == len({(i, k, y) for i, k, y, t in zip(*(result.rules[n].values for n in ("instrument", "kind", "year", "tonnes"))) if t}), "a cell for each instrument, effect and year"

expected = set(plot.OF_A_RUN) - {"auctions", "depth"} | ({"auctions"} if len(plot.auctions_of(result)) else set())
with h5py.File(sys.argv[1]) as file:
    if "orders" in file:
        expected.add("depth")
        # What rests at the closes is what the exchange counted, but on deadlines, where the book is emptied after it.
        rests = plot.resting(result).pivot_table(index="day", columns="side", values="tonnes", aggfunc="sum").reindex(result.daily["day"].values).fillna(0)
        cleared = np.isin(result.daily["day"].values, [np.datetime64(d) for d in result.deadlines])
        for side, name in ((0, "bid_depth"), (1, "ask_depth")):
            off = np.flatnonzero((rests.get(side, 0).values != result.daily[name].fillna(0).values) & ~cleared)
            assert len(off) == 0, f"{name} on {result.daily['day'].values[off[0]]}: {rests[side].values[off[0]]} t rest, the exchange counted {result.daily[name].values[off[0]]}"

# Shares of variance where they are known: y = 3 a + b over a grid, var(3 a) = 9 var(b).
a, b = (v.ravel().astype(float) for v in np.meshgrid(np.repeat(np.arange(4), 25), np.repeat(np.arange(4), 25)))
for factor, share in ((a, 0.9), (b, 0.1)):
    found = plot.share_explained(factor, 3 * a + b)
    assert abs(found - share) < 1e-3, f"{found} instead of {share}"

if len(sys.argv) > 2:
    sweep = plot.open_result(sys.argv[2])
    band = plot.fan(sweep).axes[0].lines[0].get_ydata()
    assert np.allclose(band, np.nanquantile(sweep.daily["close"].values, 0.5, axis=0), equal_nan=True), "the line is not the median"
    with tempfile.TemporaryDirectory() as folder:
        names = {path.stem for path in plot.save_all(sweep, Path(folder))}
        assert names == set(plot.OF_A_SWEEP), f"{sorted(set(plot.OF_A_SWEEP) ^ names)}"

other = plot.winners(result, result)
assert all(bar.get_width() == 0 for bar in other.axes[0].patches), "a run against itself has winners"

with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
    warnings.simplefilter("error" if any(f.name in plot.CHINESE_FONTS for f in plot.font_manager.fontManager.ttflist) else "ignore")
    for language in ("en", "zh"):
        names = {path.stem for path in plot.save_all(result, Path(folder) / language, language=language)}
        assert names == expected, f"{language}: {sorted(expected ^ names)}"
print(f"{len(expected)} pictures in two languages")

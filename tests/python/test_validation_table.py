#!/usr/bin/env python3
"""script/validation-table adds up: figures of years worked by hand, and docs/validation.md shows the history that the script
holds, preset by preset and year by year. No scenario is run.

    test_validation_table.py

Exit status 1 and an explanation where something is wrong.
"""
import importlib.machinery
import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import xarray as xr

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("validation_table", str(ROOT / "script/validation-table"))
table = importlib.util.module_from_spec(importlib.util.spec_from_loader("validation_table", loader))
loader.exec_module(table)

wrong = []


def equal(got, expected, what):
    if got != expected:
        wrong.append(f"{what}: {got!r} instead of {expected!r}")


def years(close, due, missing, quiet, days):
    """The group /yearly of a run of 2021 to 2023, as the script reads it."""
    columns = {"mean_close": close, "due": due, "due_missing": missing, "days_without_trade": quiet, "trading_days": days}
    return xr.Dataset({name: ("year", np.array(values, float)) for name, values in columns.items()}, {"year": [2021, 2022, 2023]})


# Nothing falls due in 2021; one tonne of a thousand million less one is missing in 2022; nine in a thousand in 2023.
one = table.market(years([30, 40, 50], [np.nan, 10**9, 1000], [np.nan, 1, 9], [50, 25, 0], [100, 100, 100]))
equal(one["close"].to_dict(), {2021: 30, 2022: 40, 2023: 50}, "average closes")
equal(one["met"].to_dict(), {2022: 999, 2023: 991}, "thousandths of obligations met: only all is 1000, and a year without any has none")
equal(one["days"], 0.75, "225 of 300 days with a listed trade")

# The row: medians over the runs, each against its history; the least of the years and runs is 99.1%, the most all. Runs
# differ most in 2023, 50 against 8.
two = table.market(years([20, 60, 8], [np.nan, 5, 5], [np.nan, 0, 0], [0, 0, 0], [100, 100, 100]))
three = table.market(years([10, 50, 9.96], [np.nan, 5, 5], [np.nan, 0, 0], [100, 100, 94], [100, 100, 100]))
table.MARKETS["example"] = {2021: 40, 2022: 25, 2023: 9.5}
equal(table.market_row("example", [one, two, three]), "| `example` | 2021 20/40, 2022 50/25, 2023 10/9.5 | 0.5 to 2.0 | 6.2 | 99.1 to 100% | 75% |", "the row of a preset")
equal(table.market_row("example", [two]), "| `example` | 2021 20/40, 2022 60/25, 2023 8.0/9.5 | 0.5 to 2.4 | 1.0 | 100% | 100% |", "the row of one run, all of it met")
del table.MARKETS["example"]

for x, shown in {0.34: "0.3", 9.949: "9.9", 9.96: "10", 97.6: "98", 999.4: "999", 999.7: "1,000", 1594.6: "1,590", 22349: "22,300", 99960: "100,000"}.items():
    equal(table.price(x), shown, f"a price of {x}")
equal(table.spread([3, np.nan, 1, 150]), "3.0 (1.0 to 150)", "median, least and most, without runs that have no such figure")
equal(table.spread([np.nan]), "-", "no run has the figure")

page = "a\n<!-- markets: begin -->\nold\n<!-- markets: end -->\nb\n"
equal(table.between_marks(page, "markets", "new\n"), page.replace("old", "new"), "what stands between the marks is replaced, all else stays")

# The page shows this history, of presets that exist.
page = table.PAGE.read_text()


def part(mark):
    return page.split(f"<!-- {mark}: begin -->")[1].split(f"<!-- {mark}: end -->")[0]


def same_history(shown, held, only):
    for name, year in sorted(shown.keys() | held.keys()):
        equal(shown.get((name, year)), held.get((name, year)),
              f"history of {name} in {year} in docs/validation.md (renewed by script/validation-table --only {only} --write)")


shown = {}
for preset, row in re.findall(r"^\| `(.+?)` \| (.+?) \|", part("markets"), re.M):
    equal((ROOT / f"scenarios/presets/{preset}.json").exists(), True, f"{preset} is a preset")
    for year, past in re.findall(r"(\d{4}) [\d.,]+/(\d+(?:,\d{3})*(?:\.\d+)?)", row):
        shown[preset, int(year)] = float(past.replace(",", ""))
same_history(shown, {(preset, year): past for preset, history in table.MARKETS.items() for year, past in history.items()}, "markets")
shown = {(name, int(year)): float(past) for name, year, past in re.findall(r"^\| (.+?), [^|,]+ \| (\d{4}) \| ([\d.]+) \|", part("table"), re.M)}
same_history(shown, {(name, year): past for name, history in table.HISTORY.items() for year, past in history.items()}, "national")

for what in wrong:
    print(what, file=sys.stderr)
sys.exit(bool(wrong))

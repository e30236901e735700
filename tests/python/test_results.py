#!/usr/bin/env python3
"""Checks what a run's file says, as a user of xarray reads it: labels, units, sums and conservation.

    test_results.py FILE.h5 ...

The file must be a run with --record trades. Exit status 1 and an explanation where something is wrong.
open_results.py checks that the file opens at all, and in what form.
"""
import json
import sys

import h5py
import numpy as np
import pandas as pd
import xarray as xr

wrong = []


def expect(condition, where, what):
    if not condition:
        wrong.append(f"{where}: {what}")


def check(path, engine):
    where = f"{path} ({engine})"

    def group(name):
        with xr.open_dataset(path, engine=engine, group=name) as dataset:
            return dataset.load()

    daily, yearly, summary, sectors = group("daily"), group("yearly"), group("summary"), group("sectors")
    scenario = json.loads(xr.open_dataset(path, engine=engine).attrs["scenario"])
    run = scenario["run"]

    # Coordinates.
    days = pd.DatetimeIndex(daily["day"].values)
    expect(days.is_monotonic_increasing and days.is_unique, where, "/daily/day is not in order")
    expect((days.dayofweek < 5).all(), where, f"trading on a weekend: {days[days.dayofweek >= 5][:3].tolist()}")
    expect(days[0] >= pd.Timestamp(run["first_day"]) and days[-1] <= pd.Timestamp(run["last_day"]), where,
           f"days {days[0]} to {days[-1]} lie outside the run, {run['first_day']} to {run['last_day']}")
    years = yearly["year"].values
    if not np.array_equal(years, np.arange(run["first_year"], days[-1].year + 1)):
        wrong.append(f"{where}: /yearly/year is {years}")
        return  # what follows looks years up
    expect((sectors["year"].values == years).all(), where, "/sectors/year differs from /yearly/year")
    expect(list(daily["market"].values) == list(yearly["market"].values), where, "/daily and /yearly name other markets")

    # Prices decode to currency: the scenario's opening reference bounds the first day.
    for m, name in enumerate(daily["market"].values):
        market = scenario["markets"][name]
        reference, limit = market["exchange"]["opening_reference"], market["exchange"]["price_limit"]
        if scenario["initial"].get("price"):
            reference = scenario["initial"]["price"]
        first = float(daily["close"][m, 0])
        if limit:
            expect(abs(first / reference - 1) <= limit + 1e-9, where,
                   f"{name}: first close {first}, reference {reference}, limit {limit}: prices are not in {market['currency']}")
        expect(daily["close"].attrs["units"] == f"{market['currency']} t-1", where, f"/daily/close is in {daily['close'].attrs['units']}")

    # One number, told in several places.
    parts = [daily[f"volume_{kind}"] for kind in ("listed", "block", "group")]
    by_year = sum(parts).groupby("day.year").sum("day")
    traded = yearly["volume"].sel(year=by_year["year"])
    expect((by_year.values == traded.values).all(), where, f"yearly volume {traded.values} is not the sum of the days, {by_year.values}")
    total = yearly["volume"].sum("year")
    expect((summary["volume"].values == total.values).all(), where, f"summary volume {summary['volume'].values} is not the sum of the years, {total.values}")
    turnover = sum(daily[f"turnover_{kind}"] for kind in ("listed", "block", "group")).groupby("day.year").sum("day")
    expect(np.allclose(turnover, yearly["turnover"].sel(year=turnover["year"]), rtol=1e-12), where, "yearly turnover is not the sum of the days")
    last = daily["close"].groupby("day.year").last()
    expect(np.array_equal(last, yearly["close"].sel(year=last["year"])), where, "yearly close is not that of the year's last day")
    expect(np.array_equal(summary["close"], daily["close"][:, -1]), where, "summary close is not that of the last day")
    emissions = yearly["emissions"].sel(year=by_year["year"]).sum("year")
    expect(np.allclose(summary["emissions"], emissions, rtol=1e-12), where, "summary emissions are not the sum of the years with trading")
    for name in ("emissions", "allocation_issued", "surrendered_for_year", "bought"):
        a, b = sectors[name].sum("sector"), yearly[name].sum("market")
        expect(np.allclose(a, b, rtol=1e-12), where, f"{name}: sectors add up to {a.values}, markets to {b.values}")
    abated = sectors["abatement_by_measure"].sum("measure")
    known = sectors["abatement"].sum("sector")
    expect(np.allclose(abated, known, rtol=1e-6, atol=1), where, f"abatement by measure adds up to {abated.values}, by sector to {known.values}")

    # Nothing is lost.
    raw = h5py.File(path, "r")
    t = {name: raw[f"daily/{name}"][:] for name in ("issued", "bank", "surrendered", "cancelled", "expired")}
    off = t["issued"] - t["bank"] - t["surrendered"] - t["cancelled"] - t["expired"]
    expect((off == 0).all(), where, f"allowances are not conserved on {(off != 0).sum()} days, by {np.abs(off).max()} t")
    for name in ("issued", "surrendered", "cancelled", "expired"):
        expect((np.diff(t[name], axis=1) >= 0).all(), where, f"/daily/{name} falls, and is a sum since the start")
    expect((yearly["bought"].values == yearly["sold"].values).all(), where, "firms bought other quantities than they sold")

    if "firms" in raw:
        firms = group("firms")
        for name, in_year in (("bought", "bought"), ("sold", "sold"), ("shortfall", "shortfall"), ("surrendered", "surrendered_for_year")):
            a, b = firms[name].sum("firm"), yearly[in_year].sum("market")
            expect((a.values == b.values).all(), where, f"{name}: firms add up to {a.values}, markets to {b.values}")

    if "trades" in raw:
        tape = pd.DataFrame(raw["trades/trades"][:])
        listed = tape[tape["kind"] == 0]
        of_day = listed.groupby("day")["quantity"].sum()
        numbers = raw["daily/day"][:]
        column = raw["daily/volume_listed"][:].sum(axis=0)
        expect((of_day.reindex(numbers, fill_value=0).values == column).all(), where, "the tape's listed trades do not add up to /daily/volume_listed")
        if len(daily["market"]) == 1:
            low, high = (pd.Series(raw[f"daily/limit_{side}"][0], index=numbers) for side in ("low", "high"))
            outside = listed[(listed["price"] < low.reindex(listed["day"]).values) | (listed["price"] > high.reindex(listed["day"]).values)]
            limits = scenario["markets"][str(daily["market"].values[0])]["exchange"]["price_limit"]
            expect(limits == 0 or outside.empty, where, f"{len(outside)} listed trades lie outside the day's limits")
            average = (listed["price"] * listed["quantity"]).groupby(listed["day"]).sum() / of_day
            close = pd.Series(raw["daily/close"][0], index=numbers).reindex(average.index)
            expect((np.abs(average - close) <= 0.5).all(), where, "the close is not the volume-weighted average of the day's listed trades")
    raw.close()
    print(f"{where}: {len(days)} days, {len(years)} years, {int(total.sum()):,} t traded: consistent")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        for engine in ("netcdf4", "h5netcdf"):
            check(path, engine)
    for line in wrong:
        print("WRONG", line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

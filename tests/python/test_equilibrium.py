#!/usr/bin/env python3
"""`tantu equilibrium` as its users meet it: the path and the abatement curve of every preset are CSV that pandas opens, curves
rise, and the path closes: what a bank gains is what is supplied, abated and brought less what is needed.

    test_equilibrium.py PROGRAM

Exit status 1 and an explanation where something is wrong.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

wrong = []


def expect(condition, what):
    if not condition:
        wrong.append(what)
    return condition


def run(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True)
    expect(done.returncode == 0, f"tantu {' '.join(words)} ends with {done.returncode}: {done.stderr}")
    return done.stdout


def check_curve(name, curve):
    for (market, years), part in curve.groupby(["market", "years_ahead"]):
        for column in ("price", "abatement_t", "cost"):
            expect(part[column].is_monotonic_increasing, f"{name}, {market}, in {years} years: {column} falls")
        slope = np.diff(part.cost) / np.maximum(np.diff(part.abatement_t), 1e-9)
        between = (slope >= part.price.values[:-1] * (1 - 1e-6) - 1e-3) & (slope <= part.price.values[1:] * (1 + 1e-6) + 1e-3)
        enough = np.diff(part.abatement_t) > 1e-3 * part.abatement_t.values[1:]
        expect(bool(np.all(between | ~enough)), f"{name}, {market}, in {years} years: a tonne more costs less or more than its price")


def check_path(name, path):
    for market, part in path.groupby("market"):
        y = part.pivot(index="year", columns="variable", values="value")
        expect(bool(np.isfinite(y.values).all()) and bool((y.price >= 0).all()), f"{name}, {market}: a price is missing or below zero")
        gained = (y.supply - y.need + y.abatement + y.offsets + y.auctioned_at_a_price + y.reserve_sold + y.imported + y.released + y.shortage
                  - y.withheld - y.expired)
        off = (y.bank.diff() - gained).iloc[1:].abs().max() if len(y) > 1 else 0
        expect(off <= 1e-6 * y.need.max() + 1, f"{name}, {market}: a year's bank is off by {off:.0f} t")


def main():
    program = os.path.realpath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        names = [line.split()[0] for line in run(program, "scenarios").splitlines() if line and not line.startswith(" ")]
        expect(len(names) > 20, f"tantu scenarios names {len(names)} presets")
        for name in names:
            run(program, "equilibrium", name, "--curve", "curve.csv", "-o", "path.csv", "--force")
            check_curve(name, pd.read_csv("curve.csv"))
            check_path(name, pd.read_csv("path.csv"))
    for what in wrong:
        print(what)
    print(f"{len(names)} presets, {len(wrong)} things wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

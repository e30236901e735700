#!/usr/bin/env python3
"""The Python package as its users meet it: the same values as the program's files, without files.

    PYTHONPATH=build/release/python test_package.py PROGRAM

Exit status 1 and an explanation where something is wrong.
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np
import xarray as xr

import tantu

wrong = []
SHORT = {"run.last_day": "2021-06-30"}
SET = [word for path, value in SHORT.items() for word in ("--set", f"{path}={value}")]
SWEEP = {"name": "fines", "scenario": "two-firms", "set": ["run.last_day=2022-05-31"], "replications": 2,
         "factors": [{"path": "policies.penalty.per_tonne", "name": "fine", "levels": [50, 200]},
                     {"path": "policies.banking", "name": "banking", "alternatives": {"none": None, "all": {"kind": "banking"}}}]}


def expect(condition, what):
    if not condition:
        wrong.append(what)
    return condition


def refused(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except tantu.InputError as error:
        return str(error)
    return "accepted"


def same(mine, path, what):
    """Groups, variables, values and attributes are those of a file."""
    theirs = tantu.open(path)
    expect(set(mine) == set(theirs), f"{what}: groups {sorted(mine)} and {sorted(theirs)}")
    for name in set(mine) & set(theirs):
        a, b = mine[name], theirs[name].load()
        if a.sizes.get("row") is not None:  # tapes: columns here, rows of a compound there
            continue
        expect(set(a.variables) == set(b.variables), f"{what}: /{name} has {sorted(set(a.variables) ^ set(b.variables))} on one side only")
        expect(set(a.coords) == set(b.coords), f"{what}: /{name} has other coordinates: {sorted(set(a.coords) ^ set(b.coords))}")
        for v in set(a.variables) & set(b.variables):
            x, y = a[v].values, b[v].values
            if y.dtype.kind in "OSU":
                x, y = x.astype(str), np.array([t.decode() if isinstance(t, bytes) else t for t in y.ravel()], dtype=str).reshape(y.shape)
            expect(a[v].dims == b[v].dims and x.shape == y.shape, f"{what}: /{name}/{v} has the shape {a[v].sizes}, the file {b[v].sizes}")
            expect(x.shape == y.shape and (np.array_equal(x, y, equal_nan=True) if y.dtype.kind == "f" else np.array_equal(x, y)), f"{what}: /{name}/{v} differs from the file")
            for key in ("units", "long_name"):
                if a[v].dtype.kind != "M":
                    expect(a[v].attrs.get(key, "") == (b[v].attrs.get(key, "") if isinstance(b[v].attrs.get(key, ""), str) else ""), f"{what}: {key} of /{name}/{v}: {a[v].attrs.get(key)!r} and {b[v].attrs.get(key)!r}")
    for key in ("scenario_sha256", "seed", "title", "git_commit"):
        expect(mine.attrs[key] == theirs.attrs[key], f"{what}: the attribute {key} is {mine.attrs[key]!r} and {theirs.attrs[key]!r}")


def runs(program):
    result = tantu.run("two-firms", overrides=SHORT | {"policies.penalty.per_tonne": 77}, seed=3, record=["daily", "firms", "trades"])
    subprocess.run([program, "run", "two-firms", "-o", "a.h5", "--seed", "3", "--record", "daily,firms,trades", *SET, "--set", "policies.penalty.per_tonne=77"], check=True, capture_output=True)
    same(result, "a.h5", "tantu.run")
    expect("trades" in result and result.trades.sizes["row"] > 0, f"the tape is not there: {list(result)}")
    expect(isinstance(result.yearly, xr.Dataset) and result.yearly is result["yearly"], "results.yearly is not results['yearly']")
    own = {"extends": "two-firms", "name": "mine", "policies": {"penalty": {"per_tonne": 77}}}
    other = tantu.run(own, overrides=SHORT, seed=3)
    expect(np.array_equal(other.daily["close"], result.daily["close"]), "a scenario as a dict gives other prices than its file")
    expect(other.attrs["title"] == "mine", f"its name is {other.attrs['title']}")
    expect("UTC" not in repr(result) and "yearly" in repr(result), f"repr: {result!r}")


def sweeps(program):
    import json
    with open("fines.json", "w") as file:
        json.dump(SWEEP, file)
    subprocess.run([program, "sweep", "fines.json", "-o", "fines.h5"], check=True, capture_output=True)
    same(tantu.sweep(SWEEP, jobs=2), "fines.h5", "tantu.sweep of a dict")
    many = tantu.sweep("fines.json", jobs=1)
    same(many, "fines.h5", "tantu.sweep of a file")
    expect(list(many.yearly["close"].groupby("banking").mean(...).banking.values) == ["all", "none"], "groupby('banking') does not work")
    bad = tantu.sweep({"name": "half", "scenario": "two-firms", "factors": [
        {"path": "run.last_day", "name": "until", "levels": ["2021-03-31"]}, {"path": "run.first_day", "name": "since", "levels": ["2021-01-04", "2021-05-03"]}]})
    expect(list(bad.runs.failed.values) == [0, 1] and bad.runs.error.values[1] == "until = 2021-03-31: 2021-03-31 is before the first day, 2021-05-03", f"a run that failed: {bad.runs.error.values}")
    expect(np.isnan(bad.yearly["close"].values[1]).all() and not np.isnan(bad.yearly["close"].values[0]).all(), "a run that failed has values, or the other has none")


def says_what_the_program_says(program):
    cases = [(("two-frims",), ["two-frims"]),
             (("two-firms", {"policies.penalty.per_ton": 1}), ["two-firms", "--set", "policies.penalty.per_ton=1"]),
             (("two-firms", {"policies.penalty.per_tonne": -1}), ["two-firms", "--set", "policies.penalty.per_tonne=-1"])]
    for arguments, words in cases:
        text = subprocess.run([program, "run", *words], capture_output=True, text=True).stderr.strip()
        expect(refused(tantu.run, *arguments) == text, f"run{arguments} says {refused(tantu.run, *arguments)!r}, the program {text!r}")
    expect(refused(tantu.sweep, {"name": "s", "scenario": "two-firms", "factors": [{"path": "run.sed", "levels": [1]}]}) == "sweep:/factors/0/path: no such path; nearest: run.seed", "a bad sweep")
    expect(refused(tantu.open, "none.h5") == "none.h5: does not exist", refused(tantu.open, "none.h5"))
    expect(refused(tantu.run, "two-firms", record=["dayly"]).startswith('record: "dayly" is not one of'), refused(tantu.run, "two-firms", record=["dayly"]))
    expect(issubclass(tantu.InputError, ValueError), "InputError is no ValueError")


def others_go_on(program):
    """The interpreter lock is free while something is simulated: another thread counts meanwhile."""
    counted, stop = [0], threading.Event()

    def count():
        while not stop.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    began = time.monotonic()
    tantu.run("two-firms", record=[], progress=False)
    tantu.sweep(SWEEP, jobs=2, progress=False)
    took = time.monotonic() - began
    stop.set()
    thread.join()
    expect(counted[0] > 20 * took, f"another thread came to act {counted[0]} times in {took:.2f} s")


def tells_of_progress(program):
    heard = []
    tantu.sweep(SWEEP | {"replications": 40}, jobs=2, progress=lambda done, of: heard.append((done, of)))
    expect(heard[-1] == (160, 160) and heard == sorted(heard), f"progress was {heard}")

    def give_up(done, of):
        raise KeyError("enough")
    try:
        tantu.sweep(SWEEP | {"replications": 400}, progress=give_up)
        expect(False, "an exception of the progress function is lost")
    except KeyError:
        pass
    # Ctrl-C, as a terminal or the stop button of a notebook sends it.
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), 2))
    timer.start()
    began = time.monotonic()
    try:
        tantu.sweep(SWEEP | {"replications": 5000}, jobs=2)
        expect(False, "Ctrl-C is lost")
    except KeyboardInterrupt:
        expect(time.monotonic() - began < 2, f"Ctrl-C takes {time.monotonic() - began:.1f} s")
    timer.cancel()


def has_the_yardstick(program):
    best = tantu.equilibrium("two-firms")
    price = best["price"].sel(market="main")
    expect(abs(float(price.sel(year=2022)) - 15) < 0.5, f"two firms meet at 15 CNY/t, not at {price.values}")
    expect(refused(tantu.equilibrium, "two-frims").startswith("two-frims: no preset"), refused(tantu.equilibrium, "two-frims"))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = os.path.realpath(sys.argv[1])
    # Whoever starts this in the background may have it ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = tempfile.mkdtemp(prefix="tantu-package-")
    os.chdir(folder)
    try:
        for check in (runs, sweeps, says_what_the_program_says, others_go_on, tells_of_progress, has_the_yardstick):
            try:
                check(program)
            except Exception as error:
                wrong.append(f"{check.__name__}: {type(error).__name__}: {error}")
            print(f"{check.__name__}: {'wrong' if wrong else 'as promised'}", flush=True)
    finally:
        os.chdir("/")
        shutil.rmtree(folder)
    for line in wrong:
        print("WRONG", line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

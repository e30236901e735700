#!/usr/bin/env python3
"""The package `tantu` against the program: the same values, the same errors, nothing through files.

    test_package.py FOLDER PROGRAM     FOLDER holds the package (build/PRESET/python)
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, sys.argv[1])
program = str(pathlib.Path(sys.argv[2]).resolve())

import numpy as np  # noqa: E402
import xarray as xr  # noqa: E402

import tantu  # noqa: E402

SHORT = {"run.last_day": "2021-03-31"}
SWEEP = {"name": "fines", "scenario": "two-firms", "set": ["run.last_day=2021-01-29"], "replications": 2,
         "factors": [{"path": "policies.penalty.per_tonne", "name": "fine", "levels": [50, 100, 200]},
                     {"path": "policies.banking", "alternatives": {"none": None, "unlimited": {"kind": "banking"}}}]}


def tantu_program(*words, cwd):
    return subprocess.run([program, *words], cwd=cwd, capture_output=True, text=True)


class Package(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.at = pathlib.Path(self.folder.name)

    def same(self, a, b):
        self.assertEqual(set(a.variables), set(b.variables))
        for name in a.variables:
            x, y = a[name].values, b[name].values
            self.assertEqual(a[name].dims, b[name].dims, name)
            if x.dtype.kind in "fM" or y.dtype.kind in "fM":
                np.testing.assert_array_equal(x.astype(y.dtype), y, name)
            else:
                self.assertEqual([str(v) for v in x.ravel()], [str(v) for v in y.ravel()], name)

    def test_run_is_that_of_the_program(self):
        results = tantu.run("two-firms", overrides=SHORT, seed=3, progress=False)
        done = tantu_program("run", "two-firms", "--set", "run.last_day=2021-03-31", "--seed", "3", "-o", "a.h5", cwd=self.at)
        self.assertEqual(done.returncode, 0, done.stderr)
        file = tantu.open(self.at / "a.h5")
        self.assertEqual(results.attrs["scenario_sha256"], file.attrs["scenario_sha256"])
        for group in ("summary", "yearly", "sectors", "daily", "firms"):
            self.assertIsInstance(results[group], xr.Dataset)
            self.same(results[group], file[group])
        self.assertEqual(results.daily.day.dtype.kind, "M")

    def test_sweep_is_that_of_the_program(self):
        results = tantu.sweep(SWEEP, progress=False)
        (self.at / "s.json").write_text(json.dumps(SWEEP))
        done = tantu_program("sweep", "s.json", cwd=self.at)
        self.assertEqual(done.returncode, 0, done.stderr)
        file = tantu.open(self.at / "fines.h5")
        for group in ("yearly", "sectors", "summary"):
            self.assertEqual(set(results[group].coords), set(file[group].coords))
            self.same(results[group].reset_coords(), file[group].reset_coords())
        self.assertEqual(results.yearly.sizes["run"], 12)
        self.assertEqual(list(results.yearly.banking.values[:4]), ["none", "none", "unlimited", "unlimited"])

    def test_errors_have_the_text_of_the_program(self):
        for scenario, overrides in (("china-natoinal", {}), ("two-firms", {"policies.penalty.per_ton": 1}), ("two-firms", {"exchange.price_limit": 1.4})):
            with self.assertRaises(tantu.InputError) as caught:
                tantu.run(scenario, overrides=overrides)
            words = [w for path, value in overrides.items() for w in ("--set", f"{path}={value}")]
            self.assertEqual(str(caught.exception), tantu_program("run", scenario, *words, cwd=self.at).stderr.strip())
        self.assertTrue(issubclass(tantu.InputError, ValueError))
        with self.assertRaises(tantu.InputError):
            tantu.open(self.at / "none.h5")

    def test_other_threads_of_python_go_on(self):
        ticks = []
        over = threading.Event()

        def tick():
            while not over.is_set():
                ticks.append(time.perf_counter())
                time.sleep(0.001)

        thread = threading.Thread(target=tick)
        thread.start()
        tantu.run("two-firms", progress=False)
        during = len(ticks)
        over.set()
        thread.join()
        self.assertGreater(during, 3)

    def test_progress_is_told_and_can_stop_the_work(self):
        seen = []
        tantu.sweep(SWEEP, progress=lambda done, of: seen.append((done, of)))
        self.assertEqual(seen[-1], (12, 12))

        def stop(done, of):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            tantu.run("two-firms", progress=stop)

    def test_a_scenario_may_be_a_dict(self):
        results = tantu.run({"extends": "two-firms", "name": "mine", "run": {"last_day": "2021-01-08"}}, progress=False)
        self.assertEqual(results.attrs["title"], "mine")

    def test_a_failed_run_is_missing_and_says_why(self):
        results = tantu.sweep({"name": "a", "scenario": "two-firms", "factors": [{"path": "run.last_day", "levels": ["2021-01-08", "2021-01-02"]}]}, progress=False)
        self.assertEqual(list(results.runs.failed.values), [0, 1])
        self.assertIn("no trading day", str(results.runs.error.values[1]))
        self.assertTrue(np.isnan(results.yearly.close.isel(run=1)).all())

    def test_the_yardstick(self):
        yardstick = tantu.equilibrium("two-firms")
        self.assertIn("year", yardstick.dims)
        self.assertGreater(len(yardstick.data_vars), 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])

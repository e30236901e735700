#!/usr/bin/env python3
"""A sweep as its users meet it: samples in and out in one order, a dataset that opens everywhere with its factors
beside every variable, shards read through, conservation from the file alone, exports that other tools read.

    test_sweep.py PROGRAM

Exit status 1 and an explanation where something is wrong.
"""
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import pandas as pd
import xarray as xr

import open_results

ENGINES = ("netcdf4", "h5netcdf")
wrong = open_results.wrong


def expect(condition, what):
    if not condition:
        wrong.append(what)
    return condition


class Program:
    def __init__(self, path):
        self.path = os.path.realpath(path)

    def __call__(self, *words, status=0):
        done = subprocess.run([self.path, *words], capture_output=True, text=True)
        expect(done.returncode == status, f"tantu {' '.join(words)} ends with {done.returncode}: {done.stderr}{done.stdout}")
        return done


def write(name, content):
    with open(name, "w") as file:
        file.write(content if isinstance(content, str) else json.dumps(content))


def samples_keep_their_order(tantu):
    """A matrix of another program, in no order, with a point twice: rows come back as they were, whole numbers as such."""
    rng = np.random.default_rng(5)
    fines = np.round(rng.uniform(20, 300, 12), 3)
    noise = rng.uniform(0, 0.1, 12)
    fines[7], noise[7] = fines[2], noise[2]
    pd.DataFrame({"comment": range(12), "fine": fines, "agents.firms.order.noise": noise}).to_csv("x.csv", index=False)
    write("samples.json", {"name": "samples", "scenario": "two-firms", "set": ["run.last_day=2021-02-26"], "replications": 2,
                           "factors": [{"path": "policies.penalty.per_tonne", "name": "fine"}, {"path": "agents.firms.order.noise"}],
                           "design": {"kind": "samples", "samples_csv": "x.csv"}})
    tantu("sweep", "samples.json")
    given = pd.read_csv("x.csv", float_precision="round_trip")
    for engine in ENGINES:
        runs = xr.open_dataset("samples.h5", group="yearly", engine=engine)
        expect(np.array_equal(runs.fine.values, np.repeat(given["fine"], 2)), f"{engine}: samples come back in another order: {runs.fine.values}")
        expect(np.array_equal(runs.noise.values, np.repeat(given["agents.firms.order.noise"], 2)), f"{engine}: samples come back with other digits")
        expect(np.array_equal(runs.replication.values, np.tile([0, 1], 12)), f"{engine}: replications are {runs.replication.values}")
        # The same point twice is the same run twice, whatever its number.
        for name in ("close", "volume", "emissions"):
            expect(np.array_equal(runs[name].values[4:6], runs[name].values[14:16], equal_nan=True), f"{name} of equal samples differs")
        expect(not np.array_equal(runs["volume"].values[0::2], runs["volume"].values[1::2]), "replications are all the same")
        runs.close()
    # A single run with these values is that run of the sweep.
    tantu("run", "two-firms", "-o", "one.h5", "--set", "run.last_day=2021-02-26", "--set", "run.replication=1",
          "--set", f"policies.penalty.per_tonne={fines[3]!r}", "--set", f"agents.firms.order.noise={given['agents.firms.order.noise'][3]!r}")
    one, many = xr.open_dataset("one.h5", group="yearly"), xr.open_dataset("samples.h5", group="yearly").isel(run=7)
    for name in one.data_vars:
        expect(one[name].dtype.kind in "OSU" or np.array_equal(one[name], many[name], equal_nan=True), f"run 7 and the same run alone differ in {name}")


def runs_are_runs(tantu):
    """A run of a sweep has the values of the same run alone: with technologies of the catalogue, and of a later replication."""
    for scenario, end in (("guangdong", "2022-06-30"), ("china-national", "2021-09-30")):
        write("one.json", {"name": "one", "scenario": scenario, "replications": 2, "factors": [{"path": "run.last_day", "levels": [end]}]})
        tantu("sweep", "one.json", "--force")
        tantu("run", scenario, "-o", "alone.h5", "--force", "--set", f"run.last_day={end}", "--set", "run.replication=1")
        for group in ("yearly", "summary", "sectors"):
            alone, many = xr.open_dataset("alone.h5", group=group), xr.open_dataset("one.h5", group=group).isel(run=1)
            for name in alone.data_vars:
                expect(alone[name].dtype.kind in "OSU" or np.array_equal(alone[name], many[name], equal_nan=True), f"{scenario}: /{group}/{name} of a sweep's run differs from the run alone")


def opens_everywhere(tantu):
    """Labels, units, decoded prices, factors as coordinates, missing runs, axes of different length."""
    write("fines.json", {"name": "fines", "scenario": "two-firms", "replications": 3, "record": ["daily", "firms"],
                         "factors": [{"path": "policies.penalty.per_tonne", "name": "fine", "levels": [50, 200]},
                                     {"path": "run.last_day", "name": "until", "levels": ["2021-04-30", "2022-05-06"]},
                                     {"path": "run.first_day", "name": "since", "levels": ["2021-01-04", "2021-06-01"]}]})
    tantu("sweep", "fines.json", status=1)
    open_results.check_file("fines.h5")
    gone = np.array([i // 3 % 4 == 1 for i in range(24)])
    for engine in ENGINES:
        runs = xr.open_dataset("fines.h5", group="runs", engine=engine)
        expect(np.array_equal(runs.failed.values.astype(bool), gone), f"{engine}: failed is {runs.failed.values}")
        daily = xr.open_dataset("fines.h5", group="daily", engine=engine)
        expect({"fine", "until", "since", "replication"} <= set(daily.coords), f"{engine}: coordinates of /daily are {set(daily.coords)}")
        expect(daily["close"].dims == ("run", "market", "day"), f"{engine}: close has the dimensions {daily['close'].dims}")
        expect(daily["close"].attrs["units"] == "CNY t-1", f"{engine}: close is in {daily['close'].attrs['units']}")
        expect(daily.day.dtype.kind == "M", f"{engine}: days are not dates")
        known = ~np.isnan(daily["close"].values[:, 0, :])
        expect(not known[gone].any(), f"{engine}: a run that failed has prices")
        last = daily.day.values[[k.nonzero()[0].max() if k.any() else 0 for k in known]]
        ends = np.array([np.datetime64(u) for u in daily.until.values.astype(str)])
        expect((last[~gone] <= ends[~gone]).all(), f"{engine}: a run has prices after its end")
        expect(((ends - last)[~gone] < np.timedelta64(5, "D")).all(), f"{engine}: a run has no prices until its end: {last[~gone]}")
        prices = daily["close"].values[known[:, None, :].repeat(1, axis=1)]
        expect(((prices > 1) & (prices < 1000)).all(), f"{engine}: prices are not in currency: {prices.min()} to {prices.max()}")
        mean = daily["close"].groupby("fine").mean()
        expect(list(mean.fine.values) == [50, 200], f"{engine}: groupby('fine') gives {mean.fine.values}")
    with h5py.File("fines.h5") as file:
        expect(file["daily/close"].dtype == np.int32 and "scale_factor" in file["daily/close"].attrs, "prices are not integer ticks with a scale factor")
        expect(json.loads(file.attrs["sweep"])["name"] == "fines" and len(file.attrs["git_commit"]) > 0, "the file does not say where it comes from")
        # Nothing is lost: allowances issued are held, surrendered, cancelled or expired, every day of every run.
        t = {name: file["daily/" + name][:] for name in ("issued", "bank", "surrendered", "cancelled", "expired")}
        there = t["issued"] != file["daily/issued"].attrs["_FillValue"][0]
        off = t["issued"] - t["bank"] - t["surrendered"] - t["cancelled"] - t["expired"]
        expect(there.any() and (off[there] == 0).all(), f"allowances are not conserved in {(off[there] != 0).sum()} of {there.sum()} days")
        expect(t["surrendered"][there].max() > 0, "nobody surrendered anything, so that conservation says little")
    if shutil.which("ncdump"):
        head = subprocess.run(["ncdump", "-h", "fines.h5"], capture_output=True, text=True)
        expect(head.returncode == 0 and "int close(run, market, day)" in head.stdout and "close:scale_factor" in head.stdout, f"ncdump: {head.stderr}{head.stdout[:300]}")
    else:
        print("   SKIPPED, ncdump does not read the dataset: it is in netcdf-bin")


def shards_read_through(tantu):
    """A virtual dataset has the values of the sweep in one go, in every engine; a lost shard is noticed by merge."""
    # The last shards hold nothing but runs that fail.
    write("half.json", {"name": "half", "scenario": "two-firms", "replications": 3, "record": ["daily", "firms"],
                        "factors": [{"path": "run.last_day", "name": "until", "levels": ["2021-05-28"]},
                                    {"path": "run.first_day", "name": "since", "levels": ["2021-01-04", "2021-06-01"]},
                                    {"path": "policies.penalty.per_tonne", "name": "fine", "levels": [50, 100, 200, 300]}]})
    tantu("sweep", "half.json", status=1)
    parts = []
    for i in range(1, 6):
        parts.append(f"part-{i}.h5")
        tantu("sweep", "half.json", "--shard", f"{i}/5", "-o", parts[-1], status=int(i > 2))
    tantu("merge", "virtual.h5", *parts, status=1)
    for group in ("runs", "summary", "yearly", "sectors", "daily", "firms"):
        direct = xr.open_dataset("half.h5", group=group).load()
        for engine in ENGINES:
            through = xr.open_dataset("virtual.h5", group=group, engine=engine).load()
            expect(direct.equals(through), f"{engine}: /{group} differs when it is read through the shards")
    expect(os.path.getsize("virtual.h5") < os.path.getsize("half.h5"), "a virtual dataset is larger than a copy")
    os.rename("part-2.h5", "away.h5")
    done = tantu("merge", "virtual.h5", "--force", *parts, status=2)
    expect(done.stderr == "part-2.h5: does not exist\n", done.stderr)
    os.rename("away.h5", "part-2.h5")


def shards_of_other_axes_read_through(tantu):
    """Shards whose runs have other years, days and sectors than those of other shards: each label is found, what a shard lacks is missing."""
    write("axes.json", {"name": "axes", "scenario": "two-firms", "record": ["daily", "firms"],
                        "factors": [{"path": "run.last_day", "name": "until", "levels": ["2021-03-05", "2022-02-04"]},
                                    {"path": "run.first_day", "name": "since", "levels": ["2021-01-04", "2021-02-01"]},
                                    {"path": "sectors.steel", "alternatives": {"without": None, "with": {"activity_unit": "t", "technology": "cheap", "firms": 2, "emissions_mt": 1}}}]})
    tantu("sweep", "axes.json")
    parts = []
    for i in range(1, 9):
        parts.append(f"axes-{i}.h5")
        tantu("sweep", "axes.json", "--shard", f"{i}/8", "-o", parts[-1])
    tantu("merge", "through.h5", *parts)
    for group in ("runs", "summary", "yearly", "sectors", "daily", "firms"):
        direct = xr.open_dataset("axes.h5", group=group).load()
        for engine in ENGINES:
            through = xr.open_dataset("through.h5", group=group, engine=engine).load()
            expect(direct.equals(through), f"{engine}: /{group} of shards with other axes differs from the sweep in one go")
    sectors = xr.open_dataset("axes.h5", group="sectors")
    expect(sectors.sizes["sector"] == 3 and sectors.sizes["year"] > 1, f"the shards have the same axes, so that this says nothing: {dict(sectors.sizes)}")


def exports_are_read(tantu):
    """CSV with a descriptor that says what is in it; the IAMC template."""
    tantu("export", "fines.h5", "--format", "csv", "-o", "tables")
    package = json.load(open("tables/datapackage.json"))
    expect(package["profile"] == "tabular-data-package" and package["name"] == package["name"].lower(), f"datapackage.json: {package['profile']}, {package['name']}")
    # What the specification asks for (datapackage.org, profile tabular-data-package); frictionless is not in Debian 12.
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-._/")
    expect(package["resources"] and set(package["name"]) <= allowed, f"datapackage.json: name {package['name']}")
    expect(len({r["name"] for r in package["resources"]}) == len(package["resources"]), "datapackage.json: two resources share a name")
    for resource in package["resources"]:
        of = f"datapackage.json: {resource.get('name')}"
        expect({"name", "path", "profile", "schema"} <= set(resource) and resource["profile"] == "tabular-data-resource" and set(resource["name"]) <= allowed, f"{of}: {sorted(resource)}")
        expect(not os.path.isabs(resource["path"]) and ".." not in resource["path"].split("/") and os.path.isfile("tables/" + resource["path"]), f"{of}: path {resource['path']}")
        labels = [f["name"] for f in resource["schema"]["fields"]]
        expect(len(set(labels)) == len(labels) and all(labels), f"{of}: fields {labels}")
        expect(all(f["type"] in ("integer", "number", "string", "date") for f in resource["schema"]["fields"]), f"{of}: a field of another type")
        expect(set(resource["schema"].get("primaryKey", [])) <= set(labels), f"{of}: a primary key that is no field")
    types = {"integer": int, "number": float, "string": str, "date": pd.Timestamp}
    for resource in package["resources"]:
        where = "tables/" + resource["path"]
        fields = resource["schema"]["fields"]
        with open(where, newline="") as file:
            rows = list(csv.reader(file))
        expect(rows[0] == [f["name"] for f in fields], f"{where}: its header is {rows[0]}, its descriptor says {[f['name'] for f in fields]}")
        for row in rows[1:200]:
            for text, field in zip(row, fields):
                if text in resource["schema"]["missingValues"]:
                    continue
                try:
                    types[field["type"]](text)
                except ValueError:
                    expect(False, f"{where}: {field['name']} is of type {field['type']} and holds {text!r}")
        keys = resource["schema"].get("primaryKey")
        if keys:
            table = pd.read_csv(where)
            expect(not table.duplicated(keys).any(), f"{where}: rows repeat their key {keys}")
    names = {r["name"] for r in package["resources"]}
    expect({"yearly", "summary", "daily", "runs"} <= names, f"tables are {sorted(names)}")
    yearly = pd.read_csv("tables/yearly.csv")
    values = xr.open_dataset("fines.h5", group="yearly")["close"].to_dataframe().reset_index()
    both = yearly.merge(values, on=["run", "market", "year"], suffixes=("", "_nc"))
    expect(len(both) == len(yearly) and np.allclose(both["close"], both["close_nc"], equal_nan=True), "yearly.csv and /yearly differ in the close")

    tantu("export", "fines.h5", "--format", "iamc", "-o", "iamc.csv")
    iamc = pd.read_csv("iamc.csv")
    expect(list(iamc.columns[:5]) == ["model", "scenario", "region", "variable", "unit"], f"IAMC columns are {list(iamc.columns)}")
    expect(all(c.isdigit() and len(c) == 4 for c in iamc.columns[5:]), f"IAMC years are {list(iamc.columns[5:])}")
    expect(not iamc[["model", "scenario", "region", "variable", "unit"]].isna().any().any(), "an IAMC row has an empty label")
    # What pyam does not read: text among numbers, an empty variable, years that repeat. It is not in Debian 12.
    expect(all(kind.kind in "if" for kind in iamc[list(iamc.columns[5:])].dtypes), f"IAMC values are {dict(iamc.dtypes)}")
    expect(not iamc[list(iamc.columns[5:])].isna().all(axis=1).any(), "an IAMC row has no value")
    expect(all(part for v in iamc["variable"] for part in v.split("|")), "an IAMC variable has an empty level")
    expect(not iamc.duplicated(["model", "scenario", "region", "variable", "unit"]).any(), "IAMC rows repeat, which pyam refuses")
    expect({"Price|Carbon", "Emissions|CO2", "Emissions|CO2|Cheap", "Emissions|CO2|Dear"} <= set(iamc["variable"]), f"IAMC variables are {set(iamc['variable'])}")
    wide = iamc[iamc["variable"].str.startswith("Emissions|CO2|")].groupby("scenario")[list(iamc.columns[5:])].sum(min_count=1)
    whole = iamc[iamc["variable"] == "Emissions|CO2"].set_index("scenario")[list(iamc.columns[5:])].loc[wide.index]
    expect(np.allclose(wide, whole, rtol=1e-9, equal_nan=True), "IAMC emissions of sectors do not add up to the whole")


def comparisons_add_up(tantu):
    """Shapley shares add up to the difference, paired differences are those of equal replications, the price's place is the days'."""
    write("reform.json", {"name": "reform", "scenario": "two-firms", "replications": 4, "record": ["daily"], "set": ["run.last_day=2022-12-30"],
                          "design": {"kind": "attribution", "to": {"policies": {"penalty": {"per_tonne": 30}, "collar": {"kind": "price_collar", "floor": {"given": {"2021": 30}}, "ceiling": {"given": {"2021": 60}}}}}}})
    tantu("sweep", "reform.json")
    shown = tantu("compare", "reform.h5", "--csv", "reform.csv").stdout
    table = pd.read_csv("reform.csv")
    yearly, daily = xr.open_dataset("reform.h5", group="yearly"), xr.open_dataset("reform.h5", group="daily")
    close = yearly["close"].sel(market="main", year=2022).values.reshape(4, 4)  # [point, replication]
    shares = table[table["table"].str.startswith("Attribution") & (table["outcome"] == "close 2022")].set_index("factor")["share"]
    expect(set(shares.index) == {"penalty", "collar", "all together"}, f"attribution is to {list(shares.index)}")
    difference = (close[3] - close[0]).mean()
    expect(abs(shares["penalty"] + shares["collar"] - difference) < 2e-3 and abs(shares["all together"] - difference) < 1e-3, f"shares {dict(shares)} do not add up to {difference}")
    # By hand: the mean of what each adds first and last.
    value = dict(zip(map(tuple, zip(yearly.penalty.values.astype(str)[::4], yearly.collar.values.astype(str)[::4])), close.mean(axis=1)))
    by_hand = ((value["to", "from"] - value["from", "from"]) + (value["to", "to"] - value["from", "to"])) / 2
    expect(abs(shares["penalty"] - by_hand) < 1e-3, f"the fine's share is {shares['penalty']}, by hand {by_hand}")
    pairs = table[table["table"].str.startswith("Differences") & (table["outcome"] == "close 2022") & table["point"].str.contains("penalty=to, collar=to|collar=to, penalty=to")].iloc[0]
    expect(abs(pairs["difference"] - difference) < 1e-3 and pairs["low"] <= pairs["difference"] <= pairs["high"], f"paired difference {dict(pairs)}")
    sits = table[table["table"].str.startswith("Where the price sits") & (pd.to_numeric(table["year"], errors="coerce") == 2022)]
    expect(len(sits) == 2 and sits["point"].str.contains("collar=to").all(), f"the price sits somewhere without bounds: {sits[['point']].values}")
    of_year = daily.sel(market="main").isel(run=yearly.collar.values.astype(str) == "to", day=(daily.day.dt.year == 2022).values)
    penalty = of_year.penalty.values.astype(str)
    low = (of_year["close"] <= of_year["price_floor"] * (1 + 1e-9)).mean("day").values
    high = (of_year["close"] >= of_year["price_ceiling"] * (1 - 1e-9)).mean("day").values
    for _, row in sits.iterrows():
        which = "to" if "penalty=to" in row["point"] else "from"
        expect(abs(row["at_floor"] - low[penalty == which].mean()) < 1e-3 and abs(row["at_ceiling"] - high[penalty == which].mean()) < 1e-3, f"{row['point']}: at the floor {row['at_floor']}, by days {low[penalty == which].mean()}")
        expect(abs(row["at_floor"] + row["inside"] + row["at_ceiling"] - 1) < 2e-3, f"shares do not add up to 1: {dict(row)}")
        expect(row["at_floor"] + row["at_ceiling"] > 0, "the price never sits at a bound, so that this says nothing")
    expect("Attribution" in shown and "Where the price sits" in shown, "compare prints less than it writes")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tantu = Program(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="tantu-sweep-")
    os.chdir(folder)
    try:
        for check in (samples_keep_their_order, runs_are_runs, opens_everywhere, shards_read_through, shards_of_other_axes_read_through, exports_are_read, comparisons_add_up):
            check(tantu)
            print(f"{check.__name__}: {'wrong' if wrong else 'as promised'}")
    except Exception as error:  # what is known to be wrong by then explains it
        wrong.append(f"{type(error).__name__}: {error}")
    finally:
        os.chdir("/")
        shutil.rmtree(folder)
    for line in wrong:
        print("WRONG", line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

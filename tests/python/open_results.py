#!/usr/bin/env python3
"""Opens results of tantu the way users do, without code of ours, and checks what formats.md promises.

    open_results.py FILE.h5 ...

Every group opens in xarray with both engines and with the same values; every dimension has its
labels; every variable has units, long_name and (numbers) _FillValue; days decode to dates; tables
open with h5py and pandas; netCDF4 alone reads the file. Prints what it checked; exit status 1 and
an explanation where something is wrong.
"""
import sys

import h5py
import netCDF4
import numpy as np
import pandas as pd
import xarray as xr

ENGINES = ("netcdf4", "h5netcdf")
wrong = []


def expect(condition, where, what):
    if not condition:
        wrong.append(f"{where}: {what}")
    return condition


def text(value):
    if isinstance(value, h5py.Empty):  # how netCDF-4 stores the empty text
        return ""
    return value.decode() if isinstance(value, bytes) else value


def plain(array):
    """Values that can be compared between engines, which differ in how they hold text and tables."""
    if array.dtype.kind in "OSU":
        return np.array([text(x) for x in array.ravel()], dtype=object).reshape(array.shape)
    return array


def same(a, b):
    a, b = plain(a), plain(b)
    if a.shape != b.shape:
        return False
    if a.dtype.names:
        return a.dtype.names == b.dtype.names and all(same(a[n], b[n]) for n in a.dtype.names)
    if a.dtype.kind in "fc" or b.dtype.kind in "fc":
        return np.array_equal(a, b, equal_nan=True)
    return np.array_equal(a, b)


def check_variable(where, dataset):
    """The attributes of one HDF5 dataset, as h5py sees them."""
    attributes = dataset.attrs
    for name in ("units", "long_name"):
        if expect(name in attributes, where, f"has no attribute {name}"):
            expect(isinstance(text(attributes[name]), str), where, f"{name} is not text")
    is_axis = h5py.h5ds.is_scale(dataset.id)
    number = dataset.dtype.kind in "iuf"
    if number and not is_axis:
        expect("_FillValue" in attributes, where, "has no _FillValue")
        if "_FillValue" in attributes:
            expect(attributes["_FillValue"].dtype == dataset.dtype, where, "_FillValue is of another type")
    if is_axis:
        expect(dataset.ndim == 1, where, "is an axis of more than one dimension")
    else:
        for i, dimension in enumerate(dataset.dims):
            expect(len(dimension) == 1, where, f"dimension {i} has {len(dimension)} scales")
            if len(dimension) == 1:
                expect(dimension[0].shape == (dataset.shape[i],), where, f"dimension {i} and its labels differ in length")
    expect(dataset.dtype.kind != "b", where, "is a boolean enumeration; R does not read it")
    if dataset.ndim and dataset.size and dataset.dtype.kind != "O":
        expect(dataset.chunks is not None, where, "is not chunked")
        expect(dataset.shuffle or dataset.compression is None, where, "is compressed without shuffle")
    if dataset.dtype.names:
        for column in dataset.dtype.names:
            for name in ("units", "long_name"):
                expect(f"{column}_{name}" in attributes, where, f"column {column} has no {column}_{name}")
        frame = pd.DataFrame(dataset[:])
        expect(list(frame.columns) == list(dataset.dtype.names), where, "pandas sees other columns")
        expect(len(frame) == dataset.shape[0], where, "pandas sees another number of rows")


def check_group(path, group, members):
    where = f"{path}:{group}"
    opened = {}
    for engine in ENGINES:
        try:
            with xr.open_dataset(path, engine=engine, group=group) as dataset:
                opened[engine] = dataset.load()
        except Exception as error:  # whatever a user would see
            expect(False, where, f"xarray with engine {engine} fails: {type(error).__name__}: {error}")
    for engine, dataset in opened.items():
        expect(set(dataset.variables) == set(members), where,
               f"engine {engine} shows {sorted(dataset.variables)}, the file holds {sorted(members)}")
        for dimension in dataset.dims:
            expect(dimension in dataset.coords, where, f"engine {engine}: dimension {dimension} has no labels")
        for name, variable in dataset.variables.items():
            if text(members[name].attrs.get("units", "")).startswith("days since"):
                expect(variable.dtype.kind == "M", f"{where}/{name}", f"engine {engine} does not decode days")
    if len(opened) == 2:
        a, b = (opened[engine] for engine in ENGINES)
        for name in set(a.variables) & set(b.variables):
            expect(a[name].dims == b[name].dims, f"{where}/{name}", f"dimensions {a[name].dims} and {b[name].dims}")
            expect(same(a[name].values, b[name].values), f"{where}/{name}", "the engines read different values")
    return len(members)


def check_file(path):
    groups = ["/"]
    variables = 0
    with h5py.File(path, "r") as file:
        expect(text(file.attrs.get("Conventions", "")) == "CF-1.8", path, "Conventions is not CF-1.8")
        file.visititems(lambda name, item: groups.append("/" + name) if isinstance(item, h5py.Group) else None)
        for group in groups:
            members = {n: item for n, item in file[group].items() if isinstance(item, h5py.Dataset)}
            for name, dataset in members.items():
                check_variable(f"{path}:{group.rstrip('/')}/{name}", dataset)
            variables += check_group(path, group, members)
    with netCDF4.Dataset(path) as file:
        def walk(group):
            return 1 + sum(walk(child) for child in group.groups.values())
        expect(walk(file) == len(groups), path, "netCDF4 sees another number of groups")
    print(f"{path}: {len(groups)} groups, {variables} axes, variables and tables; xarray ({', '.join(ENGINES)}), h5py, netCDF4, pandas")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        check_file(path)
    for line in wrong:
        print("WRONG", line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

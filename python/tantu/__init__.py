"""Carbon markets, firm by firm and order by order.

    import tantu
    year = tantu.run("china-national", overrides={"policies.banking.rule": "unlimited"}).yearly
    many = tantu.sweep("fines.json").yearly
    file = tantu.open("fines.h5").yearly

What comes back holds an xarray.Dataset for each group of a result (`summary`, `yearly`, `sectors`, `daily`,
`firms`, of a sweep `runs`), decoded: prices in currency, missing values as NaN, days as dates. Nothing goes
through files but what `open` reads. Wrong input is a tantu.InputError with the text that the program prints.
"""
import csv as _csv
import io as _io
import json as _json
import os as _os
import sys as _sys

import xarray as _xr

try:
    from . import _tantu
    from ._tantu import InputError, __version__
except ImportError:  # the sources alone: files can be opened and drawn, nothing can be run
    _tantu = None

    class InputError(ValueError):
        """What a user did wrong."""

__all__ = ["InputError", "Results", "equilibrium", "open", "run", "sweep"]


class Results(dict):
    """Datasets by name of their group; also as attributes: results.yearly. `attrs` are those of the whole."""

    def __init__(self, groups, attrs):
        super().__init__(groups)
        self.attrs = attrs

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no group {name!r}; there are {', '.join(self)}") from None

    def __repr__(self):
        lines = [f"{self.attrs.get('title', 'results')}: {len(self)} groups"]
        for name, dataset in self.items():
            sizes = ", ".join(f"{axis} {size}" for axis, size in dataset.sizes.items())
            lines.append(f"  {name:<10} {len(dataset.data_vars)} variables ({sizes})")
        return "\n".join(lines)


def _results(structure):
    groups = {}
    for name, group in structure["groups"].items():
        groups[name] = _xr.decode_cf(_xr.Dataset(group["variables"], attrs=group["attrs"]))
    return Results(groups, structure["attrs"])


def _assignments(overrides):
    """{"policies.cap.reduction": 0.02} as the program takes it."""
    return [f"{path}={value if isinstance(value, str) else _json.dumps(value)}" for path, value in dict(overrides or {}).items()]


class _Progress:
    """A bar in a notebook or on a terminal; silent elsewhere."""

    def __init__(self, wanted, what):
        self.what, self.handle, self.line = what, None, False
        self.wanted = wanted
        if wanted is None:
            self.wanted = self._in_notebook() or _sys.stderr.isatty()

    @staticmethod
    def _in_notebook():
        try:
            return get_ipython().__class__.__name__ == "ZMQInteractiveShell"  # noqa: F821
        except NameError:
            return False

    def __call__(self, done, of):
        if callable(self.wanted):
            self.wanted(done, of)
        elif self.wanted and self._in_notebook():
            from IPython.display import HTML, display
            bar = HTML(f'<progress value="{done}" max="{of}"></progress> {self.what}: {done} of {of}')
            if self.handle is None:
                self.handle = display(bar, display_id=True)
            else:
                self.handle.update(bar)
        elif self.wanted:
            self.line = True
            print(f"\r{self.what}: {done} of {of}", end="\n" if done == of else "", file=_sys.stderr, flush=True)


def _is_text(thing):
    return isinstance(thing, dict)


def run(scenario, overrides=None, *, seed=None, record=("daily", "firms"), threads=1, progress=None):
    """Simulates a scenario once.

    scenario   a preset's name, a file, or a scenario as a dict (with "extends" to start from a preset)
    overrides  {"path.to.key": value}, as --set
    record     of daily, firms, trades, orders, quality; the summary and yearly figures are always there
    progress   None: a bar where there is someone to see it; True, False, or a function (done, of)
    """
    settings = _assignments(overrides)
    if seed is not None:
        settings.append(f"run.seed={int(seed)}")
    text = _json.dumps(scenario) if _is_text(scenario) else _os.fspath(scenario)
    return _results(_tantu.run(text, _is_text(scenario), settings, list(record), threads, _Progress(progress, "days")))


def sweep(sweep, overrides=None, *, jobs=0, progress=None):
    """Runs a sweep (a file, or a dict of the same form) and keeps it in memory.

    Every dataset has the axis `run` with the factors as coordinates; a run that failed is missing, and `runs.error`
    says why. jobs: runs at a time, 0 for the number of processors.
    """
    text = _json.dumps(sweep) if _is_text(sweep) else _os.fspath(sweep)
    return _results(_tantu.sweep(text, _is_text(sweep), _assignments(overrides), jobs, _Progress(progress, "runs")))


def open(path, engine=None):
    """A file of `tantu run`, `tantu sweep` or `tantu merge`, read when it is looked at."""
    import h5py
    path = _os.fspath(path)
    if not _os.path.exists(path):
        raise InputError(f"{path}: does not exist")
    try:
        with h5py.File(path, "r") as file:
            attrs = {key: value.decode() if isinstance(value, bytes) else value for key, value in file.attrs.items()}
            names = [name for name, item in file.items() if isinstance(item, h5py.Group)]
    except OSError as error:
        raise InputError(f"{path}: is not an HDF5 file; give a result of tantu run or tantu sweep") from error
    return Results({name: _xr.open_dataset(path, group=name, engine=engine or "h5netcdf") for name in names}, attrs)


def equilibrium(scenario, overrides=None):
    """The competitive yardstick of a scenario (tantu equilibrium) as a Dataset over market and year."""
    text = _json.dumps(scenario) if _is_text(scenario) else _os.fspath(scenario)
    rows = list(_csv.DictReader(_io.StringIO(_tantu.equilibrium(text, _is_text(scenario), _assignments(overrides)))))
    markets = list(dict.fromkeys(row["market"] for row in rows))
    years = sorted({int(row["year"]) for row in rows})
    arrays = {}
    for row in rows:
        if row["variable"] not in arrays:
            arrays[row["variable"]] = _xr.DataArray(float("nan"), coords={"market": markets, "year": years}, dims=("market", "year"))
        arrays[row["variable"]].loc[row["market"], int(row["year"])] = float(row["value"])
    return _xr.Dataset(arrays)

"""A result as xarray datasets by group, for one market."""
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr


@dataclass
class Result:
    """A result as xarray datasets by group: `result.daily`, `result.yearly`, ... for one market."""
    path: Path
    market: str
    attrs: dict
    groups: dict = field(repr=False)

    def __getattr__(self, name):
        try:
            return self.__dict__["groups"][name]
        except KeyError:
            raise AttributeError(f"{self.path}: no group /{name}") from None

    @property
    def scenario(self):
        return json.loads(self.attrs["scenario"])

    @property
    def currency(self):
        return self.scenario["markets"][self.market]["currency"]

    @property
    def deadlines(self):
        policies = self.scenario["markets"][self.market]["policies"].values()
        return sorted({pd.Timestamp(c["deadline"]) for p in policies if p["kind"] == "compliance" for c in p["cycles"]})

    @property
    def lived(self):
        """The years with trading."""
        days = self.yearly["trading_days"]
        return self.yearly["year"].values[np.nan_to_num(days.values) > 0]


def open_result(path, market=None):
    """Opens a file of `tantu run` or `tantu sweep`; `market` is the first one unless given."""
    path = Path(path)
    with xr.open_dataset(path, engine="h5netcdf") as root:
        attrs = dict(root.attrs)
    groups = {}
    for name in ("summary", "daily", "yearly", "sectors", "rules", "policies", "auctions", "firms", "curve", "runs"):
        try:
            with xr.open_dataset(path, engine="h5netcdf", group=name) as group:
                groups[name] = group.load()
        except (OSError, KeyError):
            continue
    if "yearly" not in groups:
        raise ValueError(f"{path}: not a result of tantu")
    market = market or str(groups["yearly"]["market"].values[0])
    groups = {name: g.sel(market=market) if "market" in g.dims else g for name, g in groups.items()}
    return Result(path, market, attrs, groups)

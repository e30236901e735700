"""The yearly figures of a result as JSON, read with h5py: what the page is held against.

    python3 figures_of.py RESULT.h5
"""
import json
import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1]) as file:
    out = {}
    for name, variable in file["yearly"].items():
        if variable.ndim != 2:
            continue
        values = variable[0].astype(float)
        values[values == float(np.ravel(variable.attrs["_FillValue"])[0])] = np.nan
        values = values * float(np.ravel(variable.attrs.get("scale_factor", 1))[0])
        out[name] = [None if np.isnan(v) else v for v in values]
    print(json.dumps({"years": [int(y) for y in file["yearly/year"][:]], "values": out}))

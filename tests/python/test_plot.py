#!/usr/bin/env -S /usr/bin/python3
"""tantu.plot draws every picture of a run, in both languages, with the numbers of the file.

    test_plot.py RESULT.h5      a run with --record trades
"""
import importlib.util
import sys
import tempfile
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import numpy as np

source = Path(__file__).resolve().parents[2] / "python/tantu/plot.py"
spec = importlib.util.spec_from_file_location("tantu_plot", source)
plot = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = plot
spec.loader.exec_module(plot)

result = plot.open_result(sys.argv[1])

line = [line for line in plot.price(result).axes[0].lines if line.get_label() == "close"][0]
assert np.allclose(line.get_ydata(), result.daily["close"].values, equal_nan=True), "the line is not the closes"

bars = plot.volume(result).axes[0].patches
drawn = sum(bar.get_height() for bar in bars)
inside = sum(float(result.daily[name].sum()) for name in ("volume_listed", "volume_block", "volume_group")) / 1e6
assert abs(drawn - inside) < 1e-6 * inside, f"{drawn} Mt drawn, {inside} Mt in the file"

expected = {"price", "volume", "seasonality", "bank", "emissions", "measures", "distribution", "flows"} | ({"curve"} if "curve" in result.groups else set())
with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
    warnings.simplefilter("error" if any(f.name in plot.CHINESE_FONTS for f in plot.font_manager.fontManager.ttflist) else "ignore")
    for language in ("en", "zh"):
        names = {path.stem for path in plot.save_all(result, Path(folder) / language, language=language)}
        assert names == expected, f"{language}: {sorted(expected ^ names)}"
print(f"{len(expected)} pictures in two languages")

"""The pictures of a report with matplotlib, for papers.

    from tantu import plot
    result = plot.open_result("china-national-1.h5")
    figure = plot.price(result)                 # or plot.price(result, ax=..., language="zh")
    plot.save_all(result, "pictures", suffix=".pdf")
    plot.winners(result, plot.open_result("reform.h5"))

Each function takes a Result (xarray datasets by group), draws one picture into `ax` or into a figure of its own and
returns the figure. Amounts are in Mt, prices in the currency of the market. Needs matplotlib, numpy, pandas, xarray,
h5netcdf and h5py; nothing of Tantu, so that the folder can be copied beside a paper.
"""
from pathlib import Path

import matplotlib.pyplot as plt

from .compare import prices, winners
from .firms import cells, compliance, cost, distribution, flows
from .market import auctions, auctions_of, bank, curve, emissions, measures, price, rules, seasonality, volume
from .result import Result, open_result
from .style import CHINESE_FONTS, COLOURS, WORDS, font_manager, style, word
from .sweeps import bounds, factors, fan, outcomes, sensitivity, share_explained, tradeoff
from .tape import depth, resting


def overview(result, language="en"):
    """Price above, volume below: one picture of a run."""
    with style(language):
        figure, (above, below) = plt.subplots(2, 1, figsize=(8, 4.8), sharex=True, height_ratios=(3, 2), layout="constrained")
        price(result, above, language)
        volume(result, below, language)
        above.set_title(f'{result.attrs["title"]}, {word("seed", language)} {result.attrs["seed"]}', loc="left", fontsize=10)
        return figure


OF_A_RUN = {"price": price, "volume": volume, "seasonality": seasonality, "auctions": auctions, "depth": depth, "bank": bank, "emissions": emissions, "curve": curve, "measures": measures,
            "cost": cost, "compliance": compliance, "distribution": distribution, "flows": flows, "rules": rules}
OF_A_SWEEP = {"fan": fan, "bounds": bounds, "sensitivity": sensitivity, "tradeoff": tradeoff}


def save(figure, path, dpi=150):
    """Without dates: the same run gives the same file."""
    path = Path(path)
    metadata = {".svg": {"Date": None}, ".png": {"Software": None}, ".pdf": {"CreationDate": None}}.get(path.suffix)
    figure.savefig(path, dpi=dpi, metadata=metadata)
    plt.close(figure)


def save_all(result, folder, suffix=".svg", language="en"):
    """Every picture for which the result has data; returns the paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, draw in (OF_A_SWEEP if "run" in result.yearly.dims else OF_A_RUN).items():
        try:
            figure = draw(result, language=language)
        except (AttributeError, KeyError, ValueError):
            plt.close("all")
            continue
        save(figure, folder / f"{name}{suffix}")
        paths.append(folder / f"{name}{suffix}")
    return paths

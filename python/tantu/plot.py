"""The pictures of a report with matplotlib, for papers.

    from tantu import plot
    result = plot.open_result("china-national-1.h5")
    figure = plot.price(result)                 # or plot.price(result, ax=..., language="zh")
    plot.save_all(result, "pictures", suffix=".pdf")

Each function takes a Result (xarray datasets by group), draws one picture into `ax` or into a figure of its own and
returns the figure. Amounts are in Mt, prices in the currency of the market. Colours are those of the report's page
(web/report/palette.js). Needs matplotlib, numpy, pandas, xarray and h5netcdf; nothing of Tantu, so that the file can be
copied beside a paper.
"""
import json
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import xarray as xr
from matplotlib import font_manager

COLOURS = {
    "blue": "#0063a8", "sky": "#4594cc", "orange": "#b86a00", "green": "#00795b", "red": "#c0350a", "purple": "#8c4a7e",
    "grey": "#6b7683", "ink": "#1b2430",
}
CHINESE_FONTS = ["Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei"]

WORDS = {
    "close": ("close", "收盘价"), "limits": ("daily price limits", "涨跌幅限制区间"), "anchor": ("fundamental price", "基本面价格"),
    "equilibrium": ("competitive price", "竞争均衡价格"), "deadline": ("surrender deadline", "清缴截止"), "per_t": ("{currency} per tonne", "{currency}/吨"),
    "volume_listed": ("listed agreement", "挂牌协议交易"), "volume_block": ("block agreement", "大宗协议交易"),
    "volume_group": ("inside corporate groups", "集团内部大宗交易"), "volume_auction": ("auction", "有偿竞买"), "mt_month": ("Mt a month", "百万吨/月"), "mt_year": ("Mt a year", "百万吨/年"),
    "share_of_year": ("share of the year's volume", "占全年成交量比例"), "held": ("allowances held, Mt", "配额持有量（百万吨）"), "year_end": ("end of the year", "年末"),
    "emissions_baseline": ("without abatement", "无减排情形"), "emissions": ("emissions", "排放量"), "cap": ("cap", "配额总量"),
    "allocation_final": ("free allocation, final", "核定免费配额"), "obligation": ("to be surrendered", "应清缴量"), "in_time": ("marginal cost, with what could be built", "边际减排成本（含可建成措施）"),
    "at_once": ("with what can be used at once", "仅可即时采用的措施"), "market": ("the market, by year", "市场各年位置"), "firms": ("firms", "单位数"),
    "cost": ("net cost, {currency} per tonne emitted", "每吨排放净成本（{currency}）"), "median": ("median", "中位数"), "seller": ("seller", "卖方"), "buyer": ("buyer", "买方"),
    "independent": ("independent", "独立单位"), "nine": ("nine of ten runs", "九成模拟区间"), "half": ("the middle half", "中间一半区间"), "seed": ("seed", "随机种子"),
}
CURRENCIES = {"CNY": "元", "EUR": "欧元", "USD": "美元", "GBP": "英镑", "KRW": "韩元", "NZD": "新西兰元"}


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
    for name in ("summary", "daily", "yearly", "sectors", "rules", "firms", "curve"):
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


def _word(key, language, **values):
    if language not in ("en", "zh"):
        raise ValueError(f"language is {language!r}; en and zh are known")
    if language == "zh" and "currency" in values:
        values["currency"] = CURRENCIES.get(values["currency"], values["currency"])
    return WORDS[key][language == "zh"].format(**values)


class _style:
    """The look of all pictures, for the time of one."""
    def __init__(self, language):
        # Names, not "sans-serif": texts keep what they were made with, and saving comes after the style has ended.
        there = {font.name for font in font_manager.fontManager.ttflist}
        fonts = ([name for name in CHINESE_FONTS if name in there][:1] if language == "zh" else []) + ["DejaVu Sans"]
        self._context = plt.rc_context({"font.size": 9, "font.family": fonts, "axes.unicode_minus": False, "axes.spines.top": False, "axes.spines.right": False,
                                        "axes.edgecolor": COLOURS["grey"], "svg.hashsalt": "tantu", "legend.frameon": False, "pdf.fonttype": 42})

    def __enter__(self):
        return self._context.__enter__()

    def __exit__(self, *error):
        return self._context.__exit__(*error)


def _axes(ax, size=(6.4, 3.2)):
    if ax is not None:
        return ax.figure, ax
    return plt.subplots(figsize=size, layout="constrained")


def _mark_deadlines(result, ax, language, label=True):
    first, last = (pd.Timestamp(result.daily["day"].values[i]) for i in (0, -1))
    marked = [d for d in result.deadlines if first <= d <= last + pd.Timedelta(days=7)]
    for i, day in enumerate(marked):
        ax.axvline(day, color=COLOURS["grey"], lw=0.9, ls=":", label=_word("deadline", language) if label and i == 0 else None)


def _years_axis(ax):
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=8))
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator()))


def price(result, ax=None, language="en"):
    """Closes inside the daily limits, the fundamental price, the competitive price, the deadlines."""
    with _style(language):
        figure, ax = _axes(ax)
        day = result.daily
        if "limit_low" in day:
            ax.fill_between(day["day"].values, day["limit_low"], day["limit_high"], color=COLOURS["sky"], alpha=0.28, lw=0, label=_word("limits", language))
        if "anchor" in day:
            ax.plot(day["day"], day["anchor"], color=COLOURS["orange"], lw=1.2, ls="--", label=_word("anchor", language))
        if "equilibrium_price" in result.yearly:
            for i, year in enumerate(result.lived):
                value = float(result.yearly["equilibrium_price"].sel(year=year))
                ax.hlines(value, pd.Timestamp(int(year), 1, 1), pd.Timestamp(int(year), 12, 31), color=COLOURS["purple"], lw=1.6, label=_word("equilibrium", language) if i == 0 else None)
        ax.plot(day["day"], day["close"], color=COLOURS["blue"], lw=1.2, label=_word("close", language))
        _mark_deadlines(result, ax, language)
        ax.set_ylim(bottom=0)
        ax.set_ylabel(_word("per_t", language, currency=result.currency))
        ax.legend(loc="best", ncols=2)
        _years_axis(ax)
        return figure


def _monthly(result):
    kinds = [k for k in ("volume_listed", "volume_block", "volume_group", "volume_auction") if k in result.daily and float(result.daily[k].sum()) > 0]
    frame = pd.DataFrame({k: result.daily[k].fillna(0).values / 1e6 for k in kinds}, index=pd.DatetimeIndex(result.daily["day"].values))
    return frame.resample("MS").sum()


def volume(result, ax=None, language="en"):
    """Volume by month and kind of trade."""
    with _style(language):
        figure, ax = _axes(ax)
        months = _monthly(result)
        bottom = np.zeros(len(months))
        for kind, colour in zip(months.columns, ("blue", "orange", "green", "purple")):
            ax.bar(months.index + pd.Timedelta(days=14), months[kind], pd.Timedelta(days=24), bottom, color=COLOURS[colour], label=_word(kind, language))
            bottom += months[kind].values
        _mark_deadlines(result, ax, language)
        ax.set_ylabel(_word("mt_month", language))
        ax.set_ylim(top=ax.get_ylim()[1] * 1.25)
        ax.legend(loc="upper center", ncols=4, fontsize=8)
        _years_axis(ax)
        return figure


def seasonality(result, ax=None, language="en"):
    """Mean share of each calendar month in a year's volume; dots are single years."""
    with _style(language):
        figure, ax = _axes(ax)
        total = _monthly(result).sum(axis=1)
        counts = total.groupby(total.index.year).size()
        shares = {y: total[total.index.year == y] / total[total.index.year == y].sum() for y in counts.index[counts >= 5] if total[total.index.year == y].sum() > 0}
        table = pd.DataFrame({y: pd.Series(s.values, index=s.index.month) for y, s in shares.items()}).reindex(range(1, 13)).fillna(0)
        ax.bar(table.index, table.mean(axis=1), color=COLOURS["sky"])
        for year in table.columns:
            ax.plot(table.index, table[year], "o", color=COLOURS["blue"], ms=3)
        ax.axhline(1 / 12, color=COLOURS["grey"], lw=0.9, ls="--")
        ax.set_xticks(range(1, 13), [f"{m}月" for m in range(1, 13)] if language == "zh" else list("JFMAMJJASOND"))
        ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:.0f}%")
        ax.set_ylabel(_word("share_of_year", language))
        return figure


def bank(result, ax=None, language="en"):
    """Allowances held by day, and what is left at the end of each year."""
    with _style(language):
        figure, ax = _axes(ax)
        ax.fill_between(result.daily["day"].values, 0, result.daily["bank"] / 1e6, step="post", color=COLOURS["blue"], alpha=0.25, lw=0)
        ends = [pd.Timestamp(int(y), 12, 31) for y in result.lived]
        ax.plot(ends, result.yearly["bank"].sel(year=result.lived) / 1e6, "o", color=COLOURS["red"], ms=4, label=_word("year_end", language))
        _mark_deadlines(result, ax, language)
        ax.set_ylim(bottom=0)
        ax.set_ylabel(_word("held", language))
        ax.legend()
        _years_axis(ax)
        return figure


def emissions(result, ax=None, language="en"):
    """Emissions, what they would have been without abatement, cap or allocation, obligation. The axis does not begin at zero."""
    with _style(language):
        figure, ax = _axes(ax)
        for name, colour, style in (("emissions_baseline", "grey", "--"), ("emissions", "blue", "-"), ("cap", "red", ":"), ("allocation_final", "orange", "-"), ("obligation", "purple", "-.")):
            if name in result.yearly:
                values = result.yearly[name].sel(year=result.lived).astype(float) / 1e6
                values = values.where(values > 0)
                if values.notnull().any():
                    ax.plot(result.lived, values, color=COLOURS[colour], ls=style, marker="o", ms=3, label=_word(name, language))
        ax.set_xticks(result.lived)
        ax.set_ylabel(_word("mt_year", language))
        ax.legend()
        return figure


def measures(result, ax=None, language="en"):
    """Abatement by measure and year."""
    with _style(language):
        figure, ax = _axes(ax)
        table = result.sectors["abatement_by_measure"].sel(year=result.lived) / 1e6
        order = [m for m in table["measure"].values[np.argsort(-table.sum("year").values)] if float(table.sel(measure=m).sum()) > 0]
        bottom = np.zeros(len(result.lived))
        for measure, colour in zip(order, list(COLOURS)[:7]):
            ax.bar(result.lived, table.sel(measure=measure), 0.7, bottom, color=COLOURS[colour], label=str(measure).split(": ", 1)[-1])
            bottom += table.sel(measure=measure).values
        ax.set_xticks(result.lived)
        ax.set_ylabel(_word("mt_year", language))
        ax.legend()
        return figure


def curve(result, ax=None, language="en"):
    """The aggregate abatement cost curve and where the market stands on it, year by year."""
    with _style(language):
        figure, ax = _axes(ax)
        abated = (result.yearly["emissions_baseline"] - result.yearly["emissions"]).sel(year=result.lived) / 1e6
        paid = result.yearly["vwap"].sel(year=result.lived)
        ax.plot(result.curve["in_time"] / 1e6, result.curve["price"], color=COLOURS["blue"], label=_word("in_time", language))
        ax.plot(result.curve["at_once"] / 1e6, result.curve["price"], color=COLOURS["sky"], ls="--", label=_word("at_once", language))
        ax.plot(abated, paid, "o-", color=COLOURS["red"], lw=0.8, ms=4, label=_word("market", language))
        for year, x, y in zip(result.lived, abated.values, paid.values):
            if np.isfinite(y):
                ax.annotate(str(year), (x, y), (4, 4), textcoords="offset points", color=COLOURS["red"])
        top = 2.5 * float(np.nanmax(paid))
        ax.set_ylim(min(0, float(result.curve["price"].min())), top)
        within = result.curve["in_time"].where(result.curve["price"] <= top)
        ax.set_xlim(0, max(float(within.max()) / 1e6, float(abated.max())) * 1.05)
        ax.set_xlabel(_word("mt_year", language))
        ax.set_ylabel(_word("per_t", language, currency=result.currency))
        ax.legend()
        return figure


def distribution(result, ax=None, language="en"):
    """Firms by net cost of compliance per tonne emitted in the years with trading; the outer hundredths in the outer bins."""
    with _style(language):
        figure, ax = _axes(ax)
        firms = result.firms
        money = sum(sign * firms[name].astype(float).fillna(0).sum("year") for name, sign in (("abatement_cost", 1), ("paid", 1), ("received", -1), ("fines", 1)))
        emitted = firms["emissions"].sel(year=result.lived).sum("year")
        cost = (money / emitted).values[emitted.values > 0]
        low, high = np.quantile(cost, [0.01, 0.99])
        counts, edges = np.histogram(np.clip(cost, low, high), bins=48)
        ax.bar(edges[:-1], counts, np.diff(edges) * 0.86, align="edge", color=[COLOURS["blue" if (a + b) / 2 < 0 else "orange"] for a, b in zip(edges[:-1], edges[1:])])
        ax.axvline(np.median(cost), color=COLOURS["ink"], ls="--", lw=1, label=_word("median", language))
        ax.set_xlabel(_word("cost", language, currency=result.currency))
        ax.set_ylabel(_word("firms", language))
        ax.legend()
        return figure


def flows(result, ax=None, language="en", by="group"):
    """Who sells to whom, in Mt: `by` is group, sector or region. Needs a run with --record trades."""
    import h5py

    with h5py.File(result.path) as file:
        if "trades" not in file:
            raise ValueError(f"{result.path}: no tape; make it with --record trades")
        tape = pd.DataFrame({name: file["trades/trades"][name] for name in ("buyer", "seller", "quantity")})
    codes = [entry.split(" ", 1)[1] for entry in str(result.firms[by].attrs["codes"]).split("; ")]
    of = result.firms[by].values
    names = codes + [_word("independent", language)]
    place = np.append(np.where(np.isfinite(of), np.nan_to_num(of), len(codes)).astype(int), len(codes))
    row = lambda account: np.clip(np.where(account >= 2, account - 2, len(place) - 1), 0, len(place) - 1)
    table = np.zeros((len(names), len(names)))
    np.add.at(table, (place[row(tape["seller"].values)], place[row(tape["buyer"].values)]), tape["quantity"].values / 1e6)
    with _style(language):
        figure, ax = _axes(ax, (5.2, 4.6))
        ax.imshow(np.sqrt(table), cmap="Blues")
        for i, j in np.ndindex(table.shape):
            if len(names) <= 10:
                ax.text(j, i, f"{table[i, j]:.1f}", ha="center", va="center", color="white" if table[i, j] > 0.4 * table.max() else COLOURS["ink"], fontsize=8)
        ax.set_xticks(range(len(names)), names, rotation=45, ha="right")
        ax.set_yticks(range(len(names)), names)
        ax.set_xlabel(_word("buyer", language))
        ax.set_ylabel(_word("seller", language))
        return figure


def fan(result, ax=None, language="en"):
    """Quantiles of the close over the runs of a sweep."""
    with _style(language):
        figure, ax = _axes(ax)
        close = result.daily["close"]
        if "run" not in close.dims:
            raise ValueError(f"{result.path}: a single run has no spread; a sweep that records daily values has")
        bands = close.quantile([0.05, 0.25, 0.5, 0.75, 0.95], dim="run")
        days = result.daily["day"].values
        ax.fill_between(days, bands[0], bands[4], color=COLOURS["sky"], alpha=0.3, lw=0, label=_word("nine", language))
        ax.fill_between(days, bands[1], bands[3], color=COLOURS["blue"], alpha=0.35, lw=0, label=_word("half", language))
        ax.plot(days, bands[2], color=COLOURS["blue"], lw=1.6, label=_word("median", language))
        ax.set_ylim(bottom=0)
        ax.set_ylabel(_word("per_t", language, currency=result.currency))
        ax.legend()
        _years_axis(ax)
        return figure


def overview(result, language="en"):
    """Price above, volume below: one picture of a run."""
    with _style(language):
        figure, (above, below) = plt.subplots(2, 1, figsize=(8, 4.8), sharex=True, height_ratios=(3, 2), layout="constrained")
        price(result, above, language)
        volume(result, below, language)
        above.set_title(f'{result.attrs["title"]}, {_word("seed", language)} {result.attrs["seed"]}', loc="left", fontsize=10)
        return figure


OF_A_RUN = {"price": price, "volume": volume, "seasonality": seasonality, "bank": bank, "emissions": emissions, "measures": measures, "curve": curve, "distribution": distribution, "flows": flows}


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
    for name, draw in (OF_A_RUN if "run" not in result.yearly.dims else {"fan": fan}).items():
        try:
            figure = draw(result, language=language)
        except (AttributeError, KeyError, ValueError):
            plt.close("all")
            continue
        save(figure, folder / f"{name}{suffix}")
        paths.append(folder / f"{name}{suffix}")
    return paths

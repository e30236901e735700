"""The look and the words of all pictures. Colours are those of the report's page (web/report/palette.js)."""
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd
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
    "abatement_cost": ("abatement", "减排成本"), "paid": ("allowances bought", "购入配额"), "received": ("allowances sold", "出售配额"), "fines": ("penalties", "罚款"), "net": ("net", "净成本"),
    "met_tonnes": ("share of tonnes surrendered", "清缴量占比"), "met_firms": ("share of firms always in full", "足额履约单位占比"),
    "size_0": ("smallest quarter", "最小四分之一"), "size_1": ("second quarter", "第二个四分之一"), "size_2": ("third quarter", "第三个四分之一"), "size_3": ("largest quarter", "最大四分之一"), "size_-1": ("all firms", "全部单位"),
    "year_concerned": ("year or vintage concerned", "所涉年份"), "bids": ("bids", "买单"), "offers": ("offers", "卖单"), "depth": ("resting at the close, t", "收盘时挂单量（吨）"),
    "offered": ("offered", "投放量"), "sold_at_auction": ("sold", "成交量"), "mt": ("Mt", "百万吨"), "auction": ("auction", "拍卖成交价"),
    "price_floor": ("price floor", "价格下限"), "price_ceiling": ("price ceiling", "价格上限"), "reserve_price": ("auction reserve price", "拍卖底价"), "trigger_price": ("trigger of the containment reserve", "成本控制储备触发价"),
    "share_runs": ("share of runs", "模拟占比"), "end_of": ("end of {year}", "{year}年末"), "explained": ("share of the variance explained alone", "单独解释的方差占比"), "mean": ("mean", "平均"),
    "close_end": ("close at the end of {year}, {currency}/t", "{year}年末收盘价（{currency}/吨）"), "emissions_total": ("emissions, Gt", "累计排放量（十亿吨）"), "cost_total": ("abatement cost, bn {currency}", "累计减排成本（十亿{currency}）"),
    "change": ("change of net cost, {currency} per tonne emitted", "每吨排放净成本变化（{currency}）"), "difference": ("difference, {currency} per tonne", "差值（{currency}/吨）"),
}
#: Prices that rules set, by their names in /daily.
BOUNDS = {"price_floor": ("green", ":"), "reserve_price": ("green", "--"), "trigger_price": ("red", "--"), "price_ceiling": ("red", ":")}
CURRENCIES = {"CNY": "元", "EUR": "欧元", "USD": "美元", "GBP": "英镑", "KRW": "韩元", "NZD": "新西兰元"}


def word(key, language, **values):
    if language not in ("en", "zh"):
        raise ValueError(f"language is {language!r}; en and zh are known")
    if language == "zh" and "currency" in values:
        values["currency"] = CURRENCIES.get(values["currency"], values["currency"])
    return WORDS[key][language == "zh"].format(**values)


class style:
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


def axes(ax, size=(6.4, 3.2)):
    if ax is not None:
        return ax.figure, ax
    return plt.subplots(figsize=size, layout="constrained")


def mark_deadlines(result, ax, language, label=True):
    first, last = (pd.Timestamp(result.daily["day"].values[i]) for i in (0, -1))
    marked = [d for d in result.deadlines if first <= d <= last + pd.Timedelta(days=7)]
    for i, day in enumerate(marked):
        ax.axvline(day, color=COLOURS["grey"], lw=0.9, ls=":", label=word("deadline", language) if label and i == 0 else None)


def years_axis(ax):
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=8))
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator()))

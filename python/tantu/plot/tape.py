"""What the book held at the close of each day: pictures of a run with --record trades,orders."""
import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from .style import COLOURS, axes, style, word, years_axis


def resting(result):
    """(day, side, price, tonnes) of every order that rests at a close: side 0 bids, 1 offers; prices in currency."""
    import h5py

    with h5py.File(result.path) as file:
        if "orders" not in file or "trades" not in file:
            raise ValueError(f"{result.path}: no tape; make it with --record trades,orders")
        orders, trades = file["orders/orders"][:], file["trades/trades"][:]
        days, low, high = file["daily/day"][:], file["daily/limit_low"][0], file["daily/limit_high"][0]
        scale = float(np.ravel(file["daily/limit_low"].attrs["scale_factor"])[0])
    order_days = result.scenario["markets"][result.market]["exchange"].get("order_days", 1)
    rows, book, t, k = [], {}, 0, 0

    def trade(day, before):
        nonlocal t
        while t < len(trades) and (trades["day"][t] < day or (trades["day"][t] == day and trades["sequence"][t] < before)):
            for side in ("buy_order", "sell_order"):
                order = book.get(int(trades[side][t]))
                if order:
                    order[2] -= int(trades["quantity"][t])
                    if order[2] <= 0:
                        del book[int(trades[side][t])]
            t += 1

    for session, day in enumerate(days):
        if low[session] > np.iinfo(np.int32).min:  # what rests outside the day's limits leaves
            book = {i: o for i, o in book.items() if low[session] <= o[1] <= high[session]}
        while k < len(orders) and orders["day"][k] <= day:
            o = orders[k]
            k += 1
            trade(day, o["sequence"])
            if o["rejection"]:
                continue
            if o["message"] == 1:
                book.pop(int(o["order"]), None)
            elif o["message"] == 11 and int(o["order"]) in book:  # untraded: an own order was met, or a listed agreement reaches no further
                book[int(o["order"])][2] -= int(o["quantity"])
                if book[int(o["order"])][2] <= 0:
                    del book[int(o["order"])]
            elif o["message"] == 2 and int(o["order"]) in book:
                book[int(o["order"])][1:3] = [int(o["price"]), int(o["quantity"])]
            elif o["message"] == 0 and o["type"] == 0:
                forever = o["time_in_force"] == 2 or (o["time_in_force"] == 0 and order_days <= 0)
                book[int(o["order"])] = [int(o["side"]), int(o["price"]), int(o["quantity"]), np.inf if forever else session + (order_days if o["time_in_force"] == 0 else 1) - 1]
        trade(day, np.inf)
        rows += [(day, o[0], o[1] * scale, o[2]) for o in book.values()]
        book = {i: o for i, o in book.items() if o[3] > session}
    table = pd.DataFrame(rows, columns=["day", "side", "price", "tonnes"])
    table["day"] = pd.to_datetime(table["day"], unit="D")
    return table


def depth(result, ax=None, language="en", columns=220, rows=64):
    """Depth of the book at the close, by price and time: bids in blue, offers in orange, shades by the logarithm."""
    table = resting(result)
    if not len(table):
        raise ValueError(f"{result.path}: nothing ever rested in the book")
    with style(language):
        figure, ax = axes(ax, (7.2, 3.4))
        low, high = table["price"].quantile([0.002, 0.998])
        edges = [pd.date_range(table["day"].min(), table["day"].max() + pd.Timedelta(days=1), columns + 1), np.linspace(low, high + 1e-9, rows + 1)]
        days = [edge.asm8.astype("datetime64[s]").astype(float) for edge in edges[0]]
        for side, colour, name in ((0, "blue", "bids"), (1, "orange", "offers")):
            one = table[table["side"] == side]
            counts, _, _ = np.histogram2d(one["day"].values.astype("datetime64[s]").astype(float), one["price"], [days, edges[1]], weights=one["tonnes"])
            top = np.quantile(counts[counts > 0], 0.98) if (counts > 0).any() else 1
            shade = np.clip(np.log10(1 + 99 * np.minimum(counts / top, 1)) / 2, 0, 1).T
            image = np.zeros((*shade.shape, 4))
            image[..., :3] = [int(COLOURS[colour][i:i + 2], 16) / 255 for i in (1, 3, 5)]
            image[..., 3] = np.where(counts.T > 0, 0.1 + 0.9 * shade, 0)
            ax.imshow(image, origin="lower", aspect="auto", interpolation="nearest", extent=(*mdates.date2num(edges[0][[0, -1]]), *edges[1][[0, -1]]))
            ax.plot([], [], "s", color=COLOURS[colour], label=word(name, language))
        ax.plot(result.daily["day"], result.daily["close"].where((result.daily["close"] >= low) & (result.daily["close"] <= high)), color=COLOURS["ink"], lw=0.8, label=word("close", language))
        ax.set_ylim(low, high)
        ax.set_ylabel(word("per_t", language, currency=result.currency))
        ax.legend(ncols=3, loc="upper left")
        years_axis(ax)
        return figure

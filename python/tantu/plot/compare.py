"""Two runs side by side."""
import numpy as np

from .firms import PARTS, _labels, cells
from .style import COLOURS, axes, mark_deadlines, style, word, years_axis


def prices(base, other, ax=None, language="en", names=("A", "B")):
    """Closes of both."""
    with style(language):
        figure, ax = axes(ax)
        for result, colour, dash, name in ((base, "blue", "-", names[0]), (other, "orange", "--", names[1])):
            ax.plot(result.daily["day"], result.daily["close"], color=COLOURS[colour], ls=dash, lw=1.3, label=name)
        mark_deadlines(base, ax, language)
        ax.set_ylim(bottom=0)
        ax.set_ylabel(word("per_t", language, currency=base.currency))
        ax.legend()
        years_axis(ax)
        return figure


def winners(base, other, ax=None, language="en"):
    """Change of the net cost of compliance per tonne emitted, by sector and size: left of zero pays less."""
    with style(language):
        tables = [cells(result) for result in (base, other)]
        net = [sum(sign * t[name] for name, sign, _ in PARTS) / t["emissions"] for t in tables]
        merged = tables[0].assign(net=net[0]).merge(tables[1].assign(net=net[1])[["sector", "size", "net"]], on=["sector", "size"], suffixes=("", "_other"))
        change = (merged["net_other"] - merged["net"]).values
        figure, ax = axes(ax, (6.4, 0.4 * len(merged) + 1))
        at = np.arange(len(merged))
        ax.barh(at, change, 0.65, color=[COLOURS["orange" if v > 0 else "blue"] for v in change])
        ax.axvline(0, color=COLOURS["ink"], lw=0.8)
        ax.set_yticks(at, _labels(merged, language))
        ax.invert_yaxis()
        ax.set_xlabel(word("change", language, currency=base.currency))
        return figure

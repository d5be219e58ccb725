"""Best so far: what a search had found after each of its settings."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from export.cells import number
from export.figures.averages import Array
from export.figures.style import GREY, colour, page, styled
from export.figures.sweep import Sweep


def best_so_far(sweep: Sweep) -> tuple[Array, Array]:
    """Give each setting's value and the best up to it, in the order in which settings ended.

    A setting has ended when the last of its runs has.
    """
    ended: dict[object, float] = {}
    for run in sweep.finite:
        setting = run.setting.without(sweep.replicates)
        ended[setting] = max(run.stamp, ended.get(setting, run.stamp))
    order = np.argsort([ended[setting] for setting in sweep.settings], kind="stable")
    values = sweep.values[order]
    best = np.maximum.accumulate(values) if sweep.rising else np.minimum.accumulate(values)
    return values, best


@styled
def figure(sweep: Sweep) -> Figure:
    """Draw the settings as points and the best so far as a line of steps."""
    values, best = best_so_far(sweep)
    drawn = page(2.1)
    axes = drawn.add_subplot()
    places = np.arange(1, len(values) + 1)
    axes.plot(places, values, "o", ms=2.4, mew=0, color=GREY, alpha=0.6)
    steps, heights = np.r_[places, len(values) + 0.5], np.r_[best, best[-1]]
    axes.step(steps, heights, where="post", color=colour(0))
    found = int(np.argmax(best == best[-1]))
    axes.plot(found + 1, best[-1], "o", ms=4, color=colour(0))
    axes.annotate(
        number(float(best[-1]), sweep.precision),
        (found + 1, best[-1]),
        xytext=(0, 4 if sweep.rising else -4),
        textcoords="offset points",
        ha="center",
        va="bottom" if sweep.rising else "top",
        size=7,
    )
    axes.set(xlabel="settings, in the order in which they ended", ylabel=sweep.title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7, steps=[1, 2, 5, 10]))
    axes.margins(x=0.03, y=0.1)
    return drawn

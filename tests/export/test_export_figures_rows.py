"""Box and strip plots, and a metric against its cost."""

import math

import numpy as np
import pytest
from drawn import rows, texts

from core import Metric
from core.errors import ConfigError
from export.figures import cost, spread
from export.figures.cost import Point

SC = Metric("Sc", "score", float, higher_is_better=True, percent=True)


def test_points_are_runs_and_bars_are_means():
    drawn = spread.figure(rows(ce=[0.4, 0.5], scl=[0.6, math.nan]), SC)
    lines = drawn.axes[0].lines
    assert lines[0].get_xdata() == pytest.approx([45, 45])
    assert lines[1].get_xdata() == pytest.approx([40, 50])
    assert lines[3].get_xdata() == pytest.approx([60])  # NaN is no run
    assert {"ce", "scl", "Sc (%) ↑", "method (n = 2); points: runs, bar: mean"} <= {*texts(drawn)}


def test_a_box_is_drawn_where_runs_are_many():
    few = spread.figure(rows(ce=[0.1, 0.2, 0.3, 0.4]), SC)
    many = spread.figure(rows(ce=[0.1, 0.2, 0.3, 0.4, 0.5]), SC)
    assert len(few.axes[0].lines) == 2
    assert len(many.axes[0].lines) > 2
    box = many.axes[0].lines[0].get_xdata()
    assert (min(box), max(box)) == pytest.approx((20, 40))
    assert "box: quartiles" in " ".join(texts(many))


def test_points_that_would_touch_stand_beside_each_other():
    heights = spread.spread([1.0, 1.0, 1.0, 2.0], 0.1)
    assert sorted(heights[:3]) == [-1, 0, 1]
    assert heights[3] == 0


def test_one_run_and_equal_runs_are_drawn():
    assert "Sc (%) ↑" in texts(spread.figure(rows((), **{"": [0.5]}), SC))
    assert {"a", "b"} <= {*texts(spread.figure(rows(a=[0.5] * 8, b=[0.5] * 8), SC))}


def test_a_point_is_at_the_mean_cost_and_the_mean_value():
    drawn = cost.figure(rows(ce=[Point(1, 0.4), Point(3, 0.5)], scl=[Point(2, 0.6)]), SC, "hours")
    containers = drawn.axes[0].containers
    (x,), (y,) = containers[0].lines[0].get_data()
    assert (x, y) == pytest.approx((2, 45))
    across = containers[0].lines[2][0].get_segments()[0][:, 0]
    assert across == pytest.approx([2 - math.sqrt(2), 2 + math.sqrt(2)])
    assert not containers[1].lines[2]  # one run has no spread
    assert {"ce", "scl", "hours", "Sc (%) ↑"} <= {*texts(drawn)}


@pytest.mark.parametrize(("other", "tick"), [(5.2e6, "4.8M"), (8e7, "10M")])
def test_large_costs_are_written_short(other, tick):
    drawn = cost.figure(rows(a=[Point(4.7e6, 0.4)], b=[Point(other, 0.5)]), SC, "parameters")
    assert tick in texts(drawn)


def test_costs_of_several_magnitudes_are_logarithmic_and_written_plainly():
    drawn = cost.figure(rows(a=[Point(1, 0.4)], b=[Point(50, 0.5)]), SC, "GPU-hours")
    assert drawn.axes[0].get_xscale() == "log"
    assert {"1", "3", "10", "30"} <= {*texts(drawn)}


def test_too_many_rows_are_refused():
    with pytest.raises(ConfigError, match="41 rows"):
        spread.figure(rows(**{f"m{i}": [0.5] for i in range(41)}), SC)
    with pytest.raises(ConfigError, match="50 rows"):
        cost.figure(rows(**{f"m{i}": [Point(1, 0.5)] for i in range(50)}), SC, "s")


@pytest.mark.parametrize(
    ("seconds", "unit"), [([], "s"), ([50.0], "s"), ([600.0, 900.0], "min"), ([9000.0], "hours")]
)
def test_times_have_the_unit_that_reads_best(seconds, unit):
    assert cost.time_unit(seconds)[0] == unit
    assert np.isfinite(cost.time_unit(seconds)[1])

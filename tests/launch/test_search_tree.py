"""TPE: what optuna is told, and that it finds better settings than chance."""

import math
from itertools import islice
from statistics import mean

import pytest
import searched

from core import Experiment, Factor, Plan
from core.positions import shuffled
from core.setting import Setting
from core.space import Space
from launch.sweep.dimension import Dimension
from launch.sweep.history import Tried
from launch.sweep.tree import propose

BUDGET = 40


def score(point: Setting) -> float:
    """The smooth function, without noise."""
    value = searched.DEPTH[point.depth] - (math.log10(point.lr) + 3) ** 2 / 4
    return value - (point.dropout - 0.3) ** 2 - (point.get("layers", 7) - 7) ** 2 / 100


def smooth() -> Space:
    return Space(searched.experiment().select("sweep/"), {"run"})


def anything(point: Setting) -> bool:
    return True


def search(space: Space, seed: int, batch: int = 1, rising: bool = True) -> list[Tried]:
    tried: list[Tried] = []
    while len(tried) < BUDGET:
        for point in islice(propose(space, list(tried), rising, seed, anything), batch):
            value = score(point) if rising else -score(point)
            tried.append(Tried(point, value, len(tried), 1))
    return tried


def by_chance(space: Space, seed: int) -> list[float]:
    return [score(space.at(i)) for i in islice(shuffled(space.count, seed), BUDGET)]


@pytest.mark.parametrize("batch", [1, 4])
def test_it_finds_better_settings_than_chance_with_the_same_budget(batch):
    space = smooth()
    found = [[one.value for one in search(space, seed, batch)] for seed in range(4)]
    random = [by_chance(space, seed) for seed in range(4)]
    assert mean(map(mean, found)) > mean(map(mean, random)) + 0.2
    assert mean(map(max, found)) > mean(map(max, random))


def test_where_less_is_better_it_goes_down():
    space = smooth()
    found = mean(one.value for one in search(space, 0, 4, rising=False))
    assert found < mean(-value for value in by_chance(space, 0)) - 0.2


def test_no_point_is_drawn_twice_nor_one_that_was_tried_until_none_is_left():
    space = Space(searched.experiment().select("few/"), {"run"})
    known = Tried(space.at(2), 0.5, 0.0, 2)
    left = list(propose(space, [known], True, 0, anything))
    assert len(left) == len(set(left)) == 5
    assert known.point not in left
    refused = space.at(4)
    assert refused not in list(propose(space, [known], True, 0, lambda p: p != refused))


def test_the_same_history_gives_the_same_points_another_gives_others():
    space = smooth()
    tried = search(space, 1, 4)[:12]
    first = list(islice(propose(space, tried, True, 1, anything), 4))
    assert list(islice(propose(space, tried, True, 1, anything), 2)) == first[:2]
    assert not set(first) & set(islice(propose(space, tried[:8], True, 1, anything), 4))


def test_failed_points_are_no_guide_and_no_error():
    space = smooth()
    failed = [Tried(space.at(i), math.nan, i, 0) for i in range(15)]
    assert len(list(islice(propose(space, failed, True, 0, anything), 3))) == 3


def test_alternatives_with_factors_of_their_own_are_searched_together():
    experiment = Experiment(
        name="e",
        purpose="",
        plans=[
            Plan("p", lr=[0.1, 0.2], optimiser=["sgd", None], flag=True),
            Plan("q", lr=[0.2, 0.3, 0.4], momentum=Factor([0.5, 0.9]), flag=[True, False]),
        ],
        stages=[],
    )
    space = Space(experiment.select(), ())
    everything = {space.at(i) for i in range(space.count)}
    tried = [Tried(point, 0.0, i, 1) for i, point in enumerate(list(everything)[:9])]
    left = list(propose(space, tried, True, 0, anything))
    assert {*left, *(one.point for one in tried)} == everything


def test_numbers_are_ordered_and_all_else_is_a_choice():
    lr = Dimension("lr", (1e-2, 1e-4, 1e-3))
    assert lr.ordered
    assert lr.known == [1e-4, 1e-3, 1e-2]
    assert lr.drawn(1e-3) == 1
    units = Dimension("units", (None, 256, True))
    assert not units.ordered
    assert [units.drawn(m) for m in units.known] == ["none", "256", "true"]
    assert units.of(Setting({"units": 256.0})) == 256

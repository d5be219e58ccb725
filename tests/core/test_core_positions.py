from itertools import islice

import pytest

from core import Experiment, Factor, Plan
from core.plan import Plan as AnyPlan
from core.positions import Positions, shuffled
from core.setting import Setting
from core.space import Space

PLANS = {
    "plain": Plan("p", a=[1, 2, 3], b=["x", "y"]),
    "conditional": Plan(
        "p",
        method=["ce", "scl", "hybrid"],
        temperature=Factor([0.1, 0.2], when={"method": ["scl", "hybrid"]}),
        weight=Factor([1, 2, 3], when={"method": "hybrid"}),
        lr=[1e-3, 1e-4],
        tail=Factor([True, False], when=[{"weight": 3}, {"lr": 1e-4}]),
    ),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize(
    "allowed", [{}, {"b": ("y",)}, {"weight": (2, 3)}, {"method": ("ce", "scl"), "weight": (1,)}]
)
def test_positions_are_those_of_the_enumeration(plan, allowed):
    plan = plan.completed({}, {})
    positions = Positions(plan.factors, allowed)
    listed = list(plan.settings(allowed))
    assert positions.count == plan.count(allowed) == len(listed)
    assert [Setting(positions.at(i)) for i in range(positions.count)] == listed


def large() -> AnyPlan:
    deep = {f"x{i}": Factor(range(50), when={"on": True}) for i in range(12)}
    return Plan("p", on=[True, False], **deep, y=range(1000)).completed({}, {})


def test_a_plan_of_very_many_settings_is_counted_and_read_at_once():
    plan = large()
    positions = Positions(plan.factors, {})
    assert positions.count == plan.count() == 1000 * (50**12 + 1)
    assert positions.at(positions.count - 1) == {"on": False, "y": 999}
    assert positions.at(0)["x11"] == 0


def test_a_walk_is_offered_what_exists_and_leads_somewhere():
    plan = PLANS["conditional"].completed({}, {})
    offered = {}

    def choose(name, modalities):
        offered[name] = tuple(modalities)
        return modalities[-1]

    values = Positions(plan.factors, {"temperature": (0.1,), "lr": (1e-3,)}).walk(choose)
    assert offered == {"method": ("scl", "hybrid"), "weight": (1, 2, 3), "tail": (True, False)}
    assert Setting(values) in set(plan.settings())


def test_shuffled_positions_are_all_once_and_the_first_do_not_depend_on_how_many_are_taken():
    everything = list(shuffled(200, 3))
    assert sorted(everything) == list(range(200))
    assert list(islice(shuffled(200, 3), 20)) == everything[:20]
    assert everything != list(shuffled(200, 4))
    assert len(set(islice(shuffled(10**30, 0), 1000))) == 1000


def test_a_space_leaves_replicates_aside_and_gives_each_point_all_of_its_own():
    experiment = Experiment(
        name="e",
        purpose="",
        plans=[Plan("p", a=[1, 2]), Plan("q", a=[2, 3], run=range(2))],
        replicates={"run": range(5)},
        stages=[],
    )
    space = Space(experiment.select("run=1+4"), {"run"})
    assert space.count == 4  # the point that both plans have counts twice
    assert {str(space.at(i)) for i in range(4)} == {"a=1", "a=2", "a=3"}
    assert [str(s) for s in space.replicated(Setting({"a": 1}))] == ["a=1+run=1", "a=1+run=4"]
    assert [str(s) for s in space.replicated(Setting({"a": 3}))] == ["a=3+run=1"]
    assert space.replicated(Setting({"a": 9})) == []
    assert space.matching({"a": 2, "run": 7}) == 2

"""File names are read back exactly, however many settings there are."""

import time

import pytest

from launch.doce.choices import Choice
from launch.doce.naming import PlanNames
from launch.doce.old import Naming

OLD = Naming("_", "_", ("_",))
NEW = Naming("=", "+", ("->", "_"), sentinels=("-99999",))


def plan(**factors):
    """Make a plan of 0.1; a star marks the default of a factor."""
    return {
        name: [Choice(m.strip("*"), (m.strip("*"),), omitted=m.endswith("*")) for m in written]
        for name, written in factors.items()
    }


def readings(stem, factors, naming=OLD, others=(), outputs=()):
    names = PlanNames(factors, others, naming, outputs)
    return [(*r.values.values(), r.output) for r in names.readings(stem)]


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("a_1_b_2_acc", [("1", "2", "acc")]),
        ("a_10_b_2_acc", [("10", "2", "acc")]),
        ("b_2_acc", [("0", "2", "acc")]),
        ("b_2_model_acc", [("0", "2", "model_acc")]),
        ("a_1_b_2", []),
        ("a_1_b_2_", []),
        ("b_2_a_1_acc", []),
        ("a_1_b_3_acc", []),
        ("x_a_1_b_2_acc", []),
    ],
)
def test_the_whole_name_is_accounted_for(stem, expected):
    assert readings(stem, plan(a=["1", "10", "0*"], b=["2"])) == expected


def test_a_modality_that_is_gone_is_not_taken_for_an_output():
    factors = plan(a=["1"], norm=["none*", "batch"])
    assert readings("a_1_norm_layer_acc", factors) == []
    assert readings("a_1_norm_acc", factors, outputs=["norm_acc"]) == [("1", "none", "norm_acc")]


def test_a_factor_of_another_plan_may_have_its_sentinel():
    factors = plan(a=["1"])
    assert readings("a=1+c=-99999->acc", factors, NEW, others=["c"]) == [("1", "acc")]
    assert readings("a=1+c=2->acc", factors, NEW, others=["c"]) == []


def test_an_id_may_be_empty():
    assert readings("_acc", plan(a=["1*", "2"])) == [("1", "acc")]


def test_many_settings_cost_nothing():
    factors = plan(**{f"factor{i}": [f"{i}{j}" for j in range(10)] for i in range(8)})
    names = PlanNames(factors, (), NEW, ())
    stems = [
        "+".join(f"factor{i}={i}{(k // 10**i) % 10}" for i in range(8)) + "_acc"
        for k in range(2000)
    ]
    began = time.perf_counter()
    found = [list(names.readings(stem)) for stem in stems]
    assert time.perf_counter() - began < 1.0, "2 000 files of 10^8 settings took over a second"
    assert all(len(each) == 1 for each in found)

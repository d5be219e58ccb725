import itertools

import pytest

from core.errors import PlanError, UnknownName
from core.plan import Factor, Plan
from core.setting import Setting


def complete(plan: Plan, defaults=None, replicates=None) -> Plan:
    as_factors = lambda given: {n: Factor(v) for n, v in (given or {}).items()}  # noqa: E731
    return plan.completed(as_factors(defaults), as_factors(replicates))


@pytest.fixture
def conditional() -> Plan:
    return complete(
        Plan(
            "p",
            lr=[0.1, 0.01],
            temperature=Factor([0.05, 0.06], when={"method": ["scl", "hybrid"]}),
            method=["ce", "scl", "hybrid"],
            alpha=Factor([0.5, 0.9], when={"method": "hybrid", "temperature": 0.06}),
        ),
        {"batch": 128},
        {"run": range(2)},
    )


def test_values_come_back_exactly_as_declared():
    values = ["x", 1, 1.5, True, None]
    plan = complete(Plan("p", a=values))
    assert [(type(s.a), s.a) for s in plan.settings()] == [(type(v), v) for v in values]


def test_factor_exists_only_where_its_condition_holds(conditional):
    for setting in conditional.settings():
        assert ("temperature" in setting) == (setting.method != "ce")
        assert ("alpha" in setting) == (setting.method == "hybrid" and setting.temperature == 0.06)


def test_count_agrees_with_listing(conditional):
    listed = list(conditional.settings())
    assert conditional.count() == len(listed) == len(set(listed)) == 2 * 2 * (1 + 2 + 1 + 2)


def test_order_is_first_factor_slowest_and_replicates_fastest():
    plan = complete(Plan("p", a=[1, 2], b=["x", "y"]), replicates={"run": range(2)})
    expected = list(itertools.product([1, 2], ["x", "y"], [0, 1]))
    assert [(s.a, s.b, s.run) for s in plan.settings()] == expected


def test_restricting_equals_filtering(conditional):
    allowed = {"method": ("scl", "hybrid"), "temperature": (0.06,), "lr": (0.1,)}
    direct = list(conditional.settings(allowed))
    filtered = [
        s
        for s in conditional.settings()
        if all(n in s and s[n] in values for n, values in allowed.items())
    ]
    assert direct == filtered
    assert conditional.count(allowed) == len(direct)


def test_contains_knows_exactly_its_settings(conditional):
    assert all(conditional.contains(s) for s in conditional.settings())
    one = next(conditional.settings())
    assert not conditional.contains(one.without(["lr"]))
    assert not conditional.contains(Setting({**one, "extra": 1}))


def test_enumeration_is_lazy():
    plan = complete(Plan("p", **{f"f{i}": range(1000) for i in range(6)}))
    assert plan.count() == 10**18
    assert next(plan.settings()).f5 == 0


def test_a_plan_overrides_defaults_and_replicates():
    plan = complete(Plan("p", a=[1], batch=64, run=[7]), {"batch": 128}, {"run": range(10)})
    assert [dict(s) for s in plan.settings()] == [{"a": 1, "batch": 64, "run": 7}]


@pytest.mark.parametrize("values", [[], [1, 1.0], ["a", "a"]])
def test_modalities_are_at_least_one_and_each_only_once(values):
    with pytest.raises(PlanError, match="each only once"):
        Factor(values)


def test_condition_on_an_unknown_factor_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'method'"):
        complete(Plan("p", method="ce", alpha=Factor(1, when={"methid": "ce"})))


def test_conditions_in_a_circle_are_refused():
    with pytest.raises(PlanError, match="depend on each other"):
        complete(Plan("p", a=Factor(1, when={"b": 1}), b=Factor(1, when={"a": 1})))


@pytest.mark.parametrize("name", ["id", "state", "get", "_x"])
def test_names_that_selectors_and_settings_need_are_refused(name):
    with pytest.raises(PlanError, match="cannot be the name"):
        Plan("p", **{name: 1})

from core import Factor, Plan, Setting
from core.contrast import constants, varying


def test_a_factor_that_is_one_value_where_it_exists_is_no_contrast():
    plan = Plan(
        "p",
        method=["ce", "scl"],
        temperature=Factor(0.06, when={"method": "scl"}),
        lr=[1, 2],
        batch=64,
    ).completed({}, {})
    settings = list(plan.settings())
    assert varying(settings) == ["method", "lr"]
    assert constants(settings) == {"temperature": 0.06, "batch": 64}


def test_a_blank_is_shown_where_it_is_all_that_tells_two_apart():
    settings = [Setting({"a": 1}), Setting({"a": 1, "depth": 3})]
    assert varying(settings) == ["depth"]
    assert constants(settings) == {"a": 1}


def test_one_setting_has_no_contrast():
    assert varying([Setting({"a": 1})]) == []
    assert constants([]) == {}

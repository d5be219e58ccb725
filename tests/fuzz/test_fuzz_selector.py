"""Selectors of any form: understood as asked, or refused; never wider than asked, never slow."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import toy
from core.errors import SelectorError, SonoplanError
from core.plan import Factor, Plan
from core.selection import select
from core.selector_text import read_selector
from core.values import literal, text, token
from launch.columns import read_columns

MAIN = Plan(
    "main",
    backbone=["cnn6", "cnn10", "1e+5", "it's", "a,b:c/d"],
    lr=[1e-3, 1e-4, 1, 1e5],
    method=["ce", "scl", "1", ""],
    tau=Factor([0.06, 0.2, None, True], when={"method": "scl"}),
    run=range(3),
)
OTHER = Plan("other", backbone="cnn6", lr=[1e-3, 0.5], run=[0])
PLANS = (MAIN, OTHER)
ALL = list(select(PLANS, read_selector(None)))

WORDS = st.sampled_from(
    (
        *(
            "main",
            "other",
            "mian",
            "0",
            "7",
            "backbone",
            "lr",
            "method",
            "tau",
            "run",
            "id",
            "state",
        ),
        *(
            "cnn6",
            "cnn*",
            "[a-",
            "[!a]*",
            "ce",
            "1e+5",
            "1e-3",
            "0.001",
            "True",
            "none",
            "nan",
            "inf",
        ),
        *(
            "'it\\'s'",
            '"ce"',
            "''",
            "'",
            '"',
            "²",
            "9" * 400,
            "9" * 5000,
            "é",
            "\n",
            "\\",
            "{",
            "[0]",
        ),
    )
) | st.text(max_size=5)
MARKS = st.sampled_from(["/", ":", "+", ",", "=", "!=", "<", "<=", ">", ">=", "!", " ", "[", "]"])
TYPED = st.lists(WORDS | MARKS, max_size=12).map("".join) | st.text(max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["cnn6", "ce", 10**400, b"ce", 1j])
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["lr", "run", "method"]) | st.text(max_size=3), inner)
    ),
    max_leaves=6,
)


def picked(asked: Any) -> list[Any] | None:
    """Give the settings that something selects; None where it is refused."""
    try:
        return list(select(PLANS, read_selector(asked)))
    except SonoplanError as error:
        assert str(error)
        return None


@given(asked=TYPED)
@example(asked="backbone='1e+5'")
@example(asked="²/")
@example(asked="9" * 5000 + "/")
@example(asked="lr=" + "9" * 400)
@example(asked="lr<" + "9" * 400)
@example(asked="{'run': 0x" + "f" * 5000 + "}")
def test_any_text_selects_settings_or_is_refused(asked):
    found = picked(asked)
    assert found is None or found
    assert found is None or asked.strip() or len(found) == len(ALL)


@given(asked=VALUES | st.lists(VALUES, max_size=3))
@example(asked={"lr": 10**400})
def test_any_value_of_python_selects_settings_or_is_refused(asked):
    if isinstance(asked, str | list | dict | None):
        picked(asked)


@given(asked=st.lists(VALUES, max_size=3) | st.dictionaries(st.text(max_size=4), VALUES))
@example(asked={"run": 10**400})
def test_what_python_writes_selects_the_same_as_the_value(asked):
    """But for what Python writes and cannot read: nan, inf, and numbers of thousands of digits."""
    try:
        written = repr(asked)
    except ValueError:
        return
    if "nan" not in written and "inf" not in written:
        assert picked(written) == picked(asked)


def test_a_plan_inside_a_list_counts_more_than_the_one_before_it():
    assert picked("main/['other/lr=0.001']") == picked("other/lr=0.001")


@given(
    values=st.fixed_dictionaries({}, optional={n: st.just(n) for n in MAIN.factors}), pick=st.data()
)
def test_each_modality_typed_back_selects_just_itself(values, pick):
    chosen = {name: pick.draw(st.sampled_from(MAIN.factors[name].modalities)) for name in values}
    typed = "main/" + "+".join(f"{name}={text(value)}" for name, value in chosen.items())
    wanted = [
        s
        for s in MAIN.settings()
        if all(name in s and token(s[name]) == token(value) for name, value in chosen.items())
    ]
    assert (picked(typed) or []) == wanted


@given(asked=TYPED)
def test_one_more_condition_selects_no_more(asked):
    found, fewer = picked(asked), picked(f"{asked}+run<1")
    if found and fewer and ":" not in asked and "," not in asked:
        assert set(fewer) <= set(found)
        assert all(setting.run < 1 for setting in fewer)


@given(asked=TYPED)
def test_a_setting_pasted_back_selects_itself(asked):
    for setting in (picked(asked) or [])[:3]:
        again = picked(f"main/{setting}") or picked(f"other/{setting}")
        assert again == [setting]


@given(asked=TYPED)
def test_what_is_understood_can_be_told(asked):
    try:
        selector = read_selector(asked)
    except SelectorError as error:
        assert asked in str(error) or repr(asked)[1:-1] in str(error)
    else:
        assert selector.explain()


@pytest.mark.parametrize(
    "piece", [" ", "'", '"', "\\", "[", "a", "a+", "a=", "a/", "*a", "1e+", ":"]
)
def test_long_texts_are_answered_at_once(piece):
    for asked in (piece * 10_000, f"lr={piece * 10_000}", f"backbone={piece * 10_000}b"):
        picked(asked)


@given(word=st.text(max_size=8) | WORDS)
@example(word="9" * 400)
@example(word="-" + "9" * 400)
def test_a_word_is_the_number_that_python_reads_or_itself(word):
    value = literal(word)
    assert isinstance(value, str | int | float | bool | None)
    assert token(value)
    assert token(literal(text(value))) == token(value) or isinstance(value, str)


@given(factor=st.sampled_from(["method", "run", "gain", "x"]), words=st.lists(WORDS, min_size=1))
@example(factor="run", words=["9" * 400])
@example(factor="gain", words=["1e999"])
def test_modalities_set_for_a_call_are_taken_or_refused(factor, words):
    try:
        changed = toy.experiment().with_modalities({factor: words})
        settings = list(changed.select(None))
    except SonoplanError as error:
        assert str(error)
    else:
        assert {str(s.get(factor)) for s in settings}


@given(asked=st.lists(WORDS | MARKS | st.sampled_from(["mean", "spread"]), max_size=6).map("".join))
@example(asked="²")
@example(asked="9" * 5000)
@example(asked=":²")
def test_columns_of_a_table_are_understood_or_refused(asked):
    try:
        columns = read_columns(toy.experiment(), asked)
    except SonoplanError as error:
        assert str(error)
    else:
        assert columns.metrics

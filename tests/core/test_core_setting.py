import pickle

import pytest

from core.errors import UndeclaredFactor
from core.setting import Setting


def test_equality_and_hash_follow_modalities_not_their_order_or_type():
    assert Setting({"a": 1, "b": "x"}) == Setting({"b": "x", "a": 1.0})
    assert hash(Setting({"a": 1})) == hash(Setting({"a": 1.0}))
    assert Setting({"a": 1}) != Setting({"a": True})
    assert Setting({"a": 1}) != Setting({"b": 1})


def test_label_sorts_factors_and_quotes_only_what_needs_it():
    setting = Setting({"lr": 1e-05, "backbone": "cnn6", "name": "a+b", "ok": True, "digit": "1"})
    assert str(setting) == "backbone=cnn6+digit='1'+lr=1e-05+name='a+b'+ok=True"


def test_a_setting_is_immutable():
    with pytest.raises(AttributeError, match="immutable"):
        Setting({"a": 1}).a = 2


def test_a_stage_sees_only_what_it_declared():
    shown = Setting({"lr": 0.1, "seed": 1}).shown_to("cycles", frozenset({"lr", "pad"}))
    assert shown.lr == shown["lr"] == 0.1
    assert "pad" not in shown
    assert shown.get("pad", "blank") == "blank"
    for read in (
        lambda: shown.seed,
        lambda: shown["seed"],
        lambda: shown.get("seed"),
        lambda: "seed" in shown,
    ):
        with pytest.raises(UndeclaredFactor, match=r"stage 'cycles' reads factor 'seed'"):
            read()


def test_a_blank_factor_names_the_nearest():
    with pytest.raises(AttributeError, match="did you mean 'method'"):
        _ = Setting({"method": "ce"}).methods


def test_pickling_keeps_what_a_stage_may_see():
    shown = Setting({"lr": 0.1}).shown_to("cycles", frozenset({"lr"}))
    again = pickle.loads(pickle.dumps(shown))
    assert again == shown
    with pytest.raises(UndeclaredFactor):
        _ = again.other

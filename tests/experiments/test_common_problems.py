"""Problems gathered and told."""

import pytest

from core.errors import DataError
from experiments.common.problems import check_known, noted, refuse, some


def test_data_errors_are_noted_and_others_are_not():
    problems = []
    with noted(problems):
        raise DataError("a.wav is damaged")
    with noted(problems):
        pass
    with pytest.raises(ValueError, match="a bug"), noted(problems):
        raise ValueError("a bug")
    assert problems == ["a.wav is damaged"]


def test_the_first_problems_are_told_and_what_to_do():
    refuse([], "no matter")
    with pytest.raises(DataError) as caught:
        refuse([f"p{i}" for i in range(10)], "copy it")
    assert str(caught.value) == "p0; p1; p2; p3; p4; p5; p6; p7; 2 more like these; copy it"
    with pytest.raises(DataError, match=r"^p0$"):
        refuse(["p0"])


def test_the_first_names_are_listed():
    assert some("ab") == "a, b"
    assert some(range(8)) == "0, 1, 2, 3, 4, 5, 6, 7"
    assert some(range(10)) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"


def test_unknown_names_are_told_with_the_nearest():
    check_known("row 3", "scene", "tram", ("bus", "tram"))
    with pytest.raises(DataError, match=r"row 3: unknown scene 'tramm'; did you mean 'tram'"):
        check_known("row 3", "scene", "tramm", ("bus", "tram"))

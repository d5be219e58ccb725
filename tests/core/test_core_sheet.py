import pytest

import toy
from core import Experiment, Plan, Sheet, Stage
from core.errors import PlanError, UnknownName

SHEET = Sheet("answers", "toy:answers", ("score",), "every answer")


def make(*sheets: Sheet) -> Experiment:
    return Experiment("e", "", [Plan("a", x=1)], [Stage("score", "toy:nothing")], sheets=sheets)


def test_sheets_are_found_by_name():
    assert make(SHEET).sheet("answers") is SHEET
    with pytest.raises(UnknownName, match="did you mean 'answers'"):
        make(SHEET).sheet("answer")
    assert toy.experiment().sheets == ()


@pytest.mark.parametrize(("name", "rows"), [("two words", "toy:answers"), ("answers", "toy")])
def test_a_sheet_needs_a_name_and_a_function(name, rows):
    with pytest.raises(PlanError, match="need a name"):
        Sheet(name, rows, ("score",), "")


def test_what_cannot_work_is_refused_when_declared():
    with pytest.raises(PlanError, match="two sheets named 'answers'"):
        make(SHEET, SHEET)
    with pytest.raises(UnknownName, match="did you mean 'score'"):
        make(Sheet("answers", "toy:answers", ("scores",), ""))

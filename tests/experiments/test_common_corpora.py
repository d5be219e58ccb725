"""What makes a corpus whole, usable as a part, or neither."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from core import Finding, Inputs, Inspection, Record
from core.errors import DataError
from experiments.common.corpora import (
    Clip,
    Survey,
    corpus_folder,
    judge,
    measured,
    read_clips,
    surveying,
)

SAME, OTHER = Finding("rows", 3, 3), Finding("folds", 9, 10)


def test_a_clip_is_called_after_its_file():
    assert Clip(Path("audio/a.b.wav"), 1.0).name == "a.b"


def test_a_corpus_is_the_synthetic_one_of_a_stage_or_the_users(tmp_path):
    needs = {"corpus": Record(tmp_path)}
    assert corpus_folder(Inputs(needs), "corpus") == tmp_path / "corpus"
    assert corpus_folder(Inputs({"other": Record(tmp_path)}, data=Path("mine")), "corpus") == Path(
        "mine"
    )


def test_sounds_that_are_there_are_read_in_order_and_damage_is_noted(tmp_path):
    sounds = {name: tmp_path / f"{name}.wav" for name in ("a", "b", "unlisted")}
    soundfile.write(sounds["a"], np.zeros(500), 1000)
    sounds["b"].write_bytes(b"RIFF")
    problems = []
    assert read_clips(["absent", "b", "a"], sounds, measured, problems) == {
        "a": Clip(sounds["a"], 0.5)
    }
    (problem,) = problems
    assert "b.wav" in problem


def test_an_error_that_ends_a_survey_is_its_one_problem():
    @surveying
    def survey(name, part=False):
        if part:
            return Survey(name, Inspection())
        raise DataError(f"{name} is not there")

    assert survey("a", part=True) == Survey("a", Inspection())
    assert survey("a").inspection.problems == ["a is not there"]
    with pytest.raises(DataError, match="a is not there; look elsewhere"):
        survey("a").sound("look elsewhere")


def test_what_is_as_expected_is_given_as_it_is():
    survey = judge("corpus", [SAME], [], ["a", "b"], ["a", "b", "c"], part=False, remarks=["old"])
    assert survey.sound("unused") == "corpus"
    assert (survey.inspection.whole, survey.inspection.remarks) == (True, ["old"])


def test_the_whole_is_refused_for_what_a_part_may_lack():
    for part in (True, False):
        survey = judge("corpus", [SAME], [], ["a", "b"], ["b"], part)
        assert survey.inspection.whole == part
    with pytest.raises(DataError, match=r"of the table without a sound: a; get the rest"):
        survey.sound("get the rest")


def test_the_whole_is_refused_for_another_count():
    survey = judge("corpus", [SAME, OTHER], [], ["a"], ["a"], part=False)
    assert survey.inspection.problems == ["folds 9 instead of 10"]
    assert judge("corpus", [OTHER], [], ["a"], ["a"], part=True).inspection.whole


def test_nothing_excuses_damage_or_the_lack_of_every_sound():
    damaged = judge("corpus", [], ["a is cut short"], ["a", "b"], ["a"], part=True)
    with pytest.raises(DataError, match="a is cut short"):
        damaged.sound()
    empty = judge("corpus", [], [], ["a", "b"], ["c"], part=True)
    assert empty.inspection.problems == ["none of the 2 sounds of the table is there"]

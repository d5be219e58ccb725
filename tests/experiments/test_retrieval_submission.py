"""The challenge's answers, written, read and scored."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataError, UnknownName
from experiments.retrieval.submission import (
    HEADER,
    Answer,
    read_submission,
    score,
    write_submission,
)

NAMES = tuple(f' {place} of ten, "as it was".wav' for place in range(10))
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(captions=st.lists(TEXT, min_size=1), names=st.permutations(NAMES))
def test_what_is_read_is_what_was_written(tmp_path_factory, captions, names):
    path = tmp_path_factory.mktemp("answers") / "submission.csv"
    answers = [Answer(caption, tuple(names)) for caption in captions]
    write_submission(path, answers)
    assert read_submission(path) == answers


def test_the_form_is_the_challenges(tmp_path):
    write_submission(tmp_path / "a.csv", [Answer("Rain, on a roof", NAMES)])
    with (tmp_path / "a.csv").open(newline="") as file:
        header, row = csv.reader(file)
    assert header == list(HEADER) == ["caption", *(f"file_name_{k}" for k in range(1, 11))]
    assert row == ["Rain, on a roof", *NAMES]


def test_a_name_that_occurs_twice_is_refused_and_its_row_told(tmp_path):
    good, bad = Answer("Rain", NAMES), Answer("Wind", (NAMES[1], *NAMES[1:]))
    write_submission(tmp_path / "a.csv", [good, bad])
    with pytest.raises(DataError, match=r"a\.csv, row 3: a file name occurs twice"):
        read_submission(tmp_path / "a.csv")


def test_a_row_cut_short_is_refused(tmp_path):
    write_submission(tmp_path / "a.csv", [Answer("Rain", NAMES[:9])])
    with pytest.raises(DataError, match=r"a\.csv, row 2: 10 cells instead of 11"):
        read_submission(tmp_path / "a.csv")


def test_scores_by_name():
    truth = [(f"caption {place}", fname) for place, fname in enumerate(NAMES)]
    found = score([Answer("caption 3", NAMES), Answer("caption 0", NAMES)], truth)
    assert found["ap10"].tolist() == [1 / 4, 1]
    assert found["r1"].tolist() == [0, 1]


def test_a_caption_of_two_clips_has_two_relevant_ones():
    truth = [*((f"caption {place}", fname) for place, fname in enumerate(NAMES))]
    found = score([Answer("caption 3", NAMES)], [*truth, ("caption 3", NAMES[0])])
    assert found["ap10"].tolist() == [(1 + 2 / 4) / 2]
    assert found["r1"].tolist() == [1 / 2]


def test_names_and_captions_that_are_unknown_are_told():
    truth = [(f"caption {place}", fname) for place, fname in enumerate(NAMES)]
    with pytest.raises(UnknownName, match=r"clip of an answer 'other\.wav'"):
        score([Answer("caption 3", (*NAMES[:9], "other.wav"))], truth)
    with pytest.raises(UnknownName, match=r"caption of an answer 'captain 3'.*caption 3"):
        score([Answer("captain 3", NAMES)], truth)


def test_the_answers_of_the_2022_baseline_score_as_published(real_data, tmp_path):
    folder = real_data("retrieval-2022-baseline")
    answers = read_submission(folder / "test.output.csv")
    with (folder / "test.gt.csv").open(newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    found = score(answers, [(caption, fname) for fname, *captions in rows for caption in captions])
    assert len(answers) == len(found["ap10"]) == 5225
    means = [round(float(found[name].mean()), 2) for name in ("r1", "r5", "r10", "ap10")]
    assert means == [0.03, 0.11, 0.19, 0.07]
    write_submission(tmp_path / "again.csv", answers)
    assert read_submission(tmp_path / "again.csv") == answers
    assert np.isin(found["r10"], [0, 1]).all()

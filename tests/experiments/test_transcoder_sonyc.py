"""SONYC-UST: how annotators agree, parts of it, and spoiled copies."""

import numpy as np
import pytest
import soundfile
from inspected import values

from core.errors import DataError
from experiments.transcoder.sonyc import inspect_part, inspect_whole, load
from experiments.transcoder.sonyc_labels import CLASSES, COLUMNS, agree, read_annotations
from experiments.transcoder.targets import load_target

RATE = 1000
ABSENT, PRESENT, UNKNOWN = "0", "1", "-1"
# Answers for engine, of which the rest is absent: (part, recording, annotator, answer).
ROWS = [
    ("train", "half", 3, PRESENT),
    ("train", "half", 4, ABSENT),
    ("train", "third", 3, PRESENT),
    ("train", "third", 4, ABSENT),
    ("train", "third", -1, ABSENT),
    ("test", "agreed", 5, PRESENT),
    ("test", "agreed", 0, ABSENT),
    ("test", "agreed", 6, PRESENT),
    ("train", "one can tell", 3, UNKNOWN),
    ("train", "one can tell", 4, PRESENT),
    ("validate", "nobody can tell", 3, UNKNOWN),
    ("validate", "nobody can tell", 0, UNKNOWN),
    ("validate", "all count", 3, PRESENT),
    ("validate", "all count", 0, ABSENT),
    ("test", "not agreed", 3, PRESENT),
]
LABELLED = ["half", "third", "agreed", "one can tell", "nobody can tell", "all count"]


def write_table(folder, rows, columns=COLUMNS):
    order = [columns[1], columns[0], *columns[2:], "9_unused_presence"]
    lines = [
        ",".join([f"{name}.wav", part, str(who), answer, *[ABSENT] * 7, PRESENT])
        for part, name, who, answer in rows
    ]
    (folder / "annotations.csv").write_text("\n".join([",".join(order), *lines, ""]))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sonyc") / "sonyc"
    (folder / "audio-0").mkdir(parents=True)
    for name in {name for _, name, _, _ in ROWS}:
        soundfile.write(folder / "audio-0" / f"{name}.wav", np.full(10 * RATE, 0.1), RATE)
    write_table(folder, ROWS)
    return folder


def engines(target):
    return dict(zip([c.name for c in target.clips], target.labels[:, 0].tolist(), strict=True))


def test_half_of_those_who_can_tell_decide_and_the_agreed_row_in_the_test_part(written):
    found = load(written, part=True)
    assert engines(found) == {
        "half": 1,
        "third": 0,
        "agreed": 0,
        "one can tell": 1,
        "nobody can tell": 0,
        "all count": 1,
    }
    assert not found.labels[:, 1:].any()
    assert found.labels.dtype == np.float32
    assert found.classes == CLASSES
    assert found.folds.tolist() == ["train", "train", "test", "train", "validate", "validate"]
    assert {clip.seconds for clip in found.clips} == {10.0}


def test_as_published_what_nobody_can_tell_is_present(written):
    corrected, published = (load(written, True, way) for way in ("absent", "present"))
    assert engines(published) == {**engines(corrected), "nobody can tell": 1}
    assert engines(load_target("SONYC-UST-part", written, "present")) == engines(published)


def test_shares_are_of_those_who_can_tell(written):
    annotations = read_annotations(written / "annotations.csv")
    assert annotations.stems == (*LABELLED, "not agreed")
    shares = annotations.shares[:, 0]
    assert shares[:4].tolist() == pytest.approx([1 / 2, 1 / 3, 0, 1])
    assert np.isnan(shares[[4, 6]]).all()
    assert annotations.counted.tolist() == [2, 3, 1, 2, 2, 2, 0]
    assert agree(annotations, "absent")[:, 0].tolist() == [1, 0, 0, 1, 0, 1, 0]


def test_the_inspection_tells_counts_and_what_is_left_out(written):
    found = inspect_part(written)
    assert found.whole
    told = values(found)
    assert (told["recordings"], told["recordings with a sound and labels"]) == (7, 6)
    assert (told["train"], told["validate"], told["test"]) == (3, 2, 1)
    assert (told["engine"], told["dog"]) == (3, 0)
    assert found.remarks == [
        "of the test part, left out without agreed annotation: not agreed",
        "times that no annotator can tell whether a class is heard: 1",
    ]


def test_a_part_is_not_taken_for_the_whole(written):
    assert inspect_whole(written).problems == ["recordings 7 instead of 18510"]
    with pytest.raises(DataError, match="a part of it is SONYC-UST-part"):
        load(written)


def test_what_a_part_lacks_is_remarked(corpus):
    (corpus / "audio-0" / "half.wav").unlink()
    assert "of the table without a sound: half" in inspect_part(corpus).remarks
    assert "of the table without a sound: half" in inspect_whole(corpus).problems
    assert "half" not in engines(load(corpus, part=True))


def test_a_damaged_sound_is_a_problem(corpus):
    (corpus / "audio-0" / "half.wav").write_bytes(b"RIFF")
    (problem,) = inspect_part(corpus).problems
    assert "half.wav" in problem
    with pytest.raises(DataError, match=r"half\.wav"):
        load(corpus, part=True)


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (("training", "new", 3, PRESENT), "in part 'training'"),
        (("test", "half", 0, PRESENT), "in part 'test'"),
        (("train", "half", 9, "yes"), "answers are -1, 0 and 1"),
    ],
)
def test_a_row_of_something_else_is_refused(corpus, spoilt, told):
    write_table(corpus, [*ROWS, spoilt])
    (problem,) = inspect_part(corpus).problems
    assert f"annotations.csv, row {len(ROWS) + 2}" in problem
    assert told in problem


def test_a_missing_table_or_column_is_a_problem(corpus):
    write_table(corpus, ROWS, [c.replace("8_dog", "8_cat") for c in COLUMNS])
    assert "no column 8_dog_presence" in inspect_part(corpus).problems[0]
    (corpus / "annotations.csv").unlink()
    with pytest.raises(DataError, match=r"lacks annotations\.csv"):
        load(corpus, part=True)

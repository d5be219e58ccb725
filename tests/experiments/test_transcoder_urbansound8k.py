"""UrbanSound8K, the part at hand, and spoiled copies."""

import numpy as np
import pytest
import soundfile
from inspected import values

from core.errors import DataError, UnknownName
from experiments.transcoder.targets import CORPORA, load_target
from experiments.transcoder.urbansound8k import (
    CLASSES,
    FOLDS,
    OFFICIAL,
    inspect_part,
    inspect_whole,
    load,
)

RATE = 1000
TITLES = "slice_file_name,fsID,start,end,salience,fold,classID,class"
# number, seconds, fold, class
CLIPS = [(7, 2.0, 2, 3), (5, 0.999, 1, 8), (6, 1.0, 1, 0), (4, 4.0, 10, 3)]


def row(number, seconds, fold, label, name=None):
    stem = f"{number}-{label}-0-0.wav"
    return f"{stem},{number},1.5,{1.5 + seconds},1,{fold},{label},{name or CLASSES[label]}"


def write_table(folder, rows):
    (folder / "metadata").mkdir(exist_ok=True)
    (folder / "metadata" / "UrbanSound8K.csv").write_text("\n".join([TITLES, *rows, ""]))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("urbansound8k") / "UrbanSound8K"
    for number, seconds, fold, label in CLIPS:
        place = folder / "audio" / f"fold{fold}"
        place.mkdir(parents=True, exist_ok=True)
        sound = np.full(round(seconds * RATE), 0.1)
        soundfile.write(place / f"{number}-{label}-0-0.wav", sound, RATE)
    write_table(folder, [row(*clip) for clip in CLIPS])
    return folder


def test_the_official_counts_add_up():
    assert sum(OFFICIAL[f"fold {fold}"] for fold in FOLDS) == OFFICIAL["rows of 1 s or more"]
    assert sum(OFFICIAL[name] for name in CLASSES) == OFFICIAL["rows of 1 s or more"]


def test_a_perfect_copy_is_whole(tmp_path):
    folds = [fold for fold in FOLDS for _ in range(OFFICIAL[f"fold {fold}"])]
    labels = [i for i, name in enumerate(CLASSES) for _ in range(OFFICIAL[name])]
    rows = [row(i, 2, *pair) for i, pair in enumerate(zip(folds, labels, strict=True))]
    short = range(len(rows), OFFICIAL["rows"])
    write_table(tmp_path, [*rows, *(row(i, 0.5, 1, 0) for i in short)])
    sounds = {label: tmp_path / f"{label}.wav" for label in range(len(CLASSES))}
    for path in sounds.values():
        soundfile.write(path, np.full(2 * RATE, 0.1), RATE)
    for i, label in enumerate([*labels, *(0 for _ in short)]):
        (tmp_path / f"{i}-{label}-0-0.wav").hardlink_to(sounds[label])
    found = inspect_whole(tmp_path)
    assert found.whole
    assert {what: values(found)[what] for what in OFFICIAL} == OFFICIAL
    assert not any(finding.differs for finding in found.findings)


def test_clips_of_a_second_or_more_are_read_in_the_order_of_the_table(written):
    found = load(written, part=True)
    assert [clip.name for clip in found.clips] == ["7-3-0-0", "6-0-0-0", "4-3-0-0"]
    assert [clip.seconds for clip in found.clips] == [2.0, 1.0, 4.0]
    assert found.folds.tolist() == ["2", "1", "10"]
    assert found.classes == CLASSES
    assert found.labels.dtype == np.float32
    assert found.labels.argmax(1).tolist() == [3, 0, 3]
    assert found.labels.sum(1).tolist() == [1, 1, 1]


def test_length_is_that_of_the_sound_and_not_of_the_table(corpus):
    write_table(corpus, [row(7, 0.1, 2, 3), row(5, 4.0, 1, 8)])
    assert [clip.name for clip in load(corpus, part=True).clips] == ["7-3-0-0"]
    told = values(inspect_part(corpus))
    assert (told["rows of 1 s or more"], told["sounds of 1 s or more"]) == (1, 1)


def test_the_real_part_is_balanced(real_data):
    folder = real_data("urbansound8k-subset")
    found = load(folder, part=True)
    assert found.labels.sum(0).tolist() == [24] * 10
    assert sorted(set(found.folds)) == ["1", "10", "2"]
    assert {clip.seconds for clip in found.clips} == {4.0}
    assert {clip.path.parent.name for clip in found.clips} == {"fold1", "fold2", "fold10"}
    told = values(inspect_part(folder))
    assert {told[f"fold {fold}"] for fold in (1, 2, 10)} == {80}
    assert "fold 3" not in told


def test_a_part_is_not_taken_for_the_whole(real_data):
    folder = real_data("urbansound8k-subset")
    problems = inspect_whole(folder).problems
    assert problems[0] == "rows 240 instead of 8732"
    assert "fold 3 0 instead of 885" in problems
    with pytest.raises(DataError, match="a part of it is URBAN-SOUND-8K-part"):
        load(folder)


def test_what_a_part_lacks_is_remarked(corpus):
    (corpus / "audio" / "fold2" / "7-3-0-0.wav").unlink()
    found = inspect_part(corpus)
    assert found.whole
    assert found.remarks == ["of the table without a sound: 7-3-0-0"]
    assert "of the table without a sound: 7-3-0-0" in inspect_whole(corpus).problems
    assert [clip.name for clip in load(corpus, part=True).clips] == ["6-0-0-0", "4-3-0-0"]


def test_a_damaged_sound_is_a_problem(corpus):
    path = corpus / "audio" / "fold10" / "4-3-0-0.wav"
    path.write_bytes(path.read_bytes()[:1000])
    (problem,) = inspect_part(corpus).problems
    assert path.name in problem
    assert "cut short" in problem
    with pytest.raises(DataError, match=path.name):
        load(corpus, part=True)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (row(7, 2, 2, 3, "dog_barks"), "unknown class 'dog_barks'; did you mean 'dog_bark'"),
        (row(7, 2, 11, 3), "fold 11"),
        (row(7, 2, 2, 3, "siren"), "classID 3 of siren"),
        ("7-3-0-0.wav,7,now,later,1,2,3,dog_bark", "'now' to 'later' are not seconds"),
    ],
)
def test_a_row_of_something_else_is_a_problem_and_the_rest_is_counted(corpus, line, told):
    write_table(corpus, [row(*CLIPS[2]), line])
    found = inspect_part(corpus)
    (problem,) = found.problems
    assert "UrbanSound8K.csv, row 3" in problem
    assert told in problem
    assert values(found)["rows"] == 1


def test_a_missing_table_or_column_is_a_problem(corpus):
    table = corpus / "metadata" / "UrbanSound8K.csv"
    table.write_text(table.read_text().replace("classID", "class_id"))
    assert "no column classID" in inspect_part(corpus).problems[0]
    table.unlink()
    assert "lacks UrbanSound8K.csv" in inspect_part(corpus).problems[0]
    with pytest.raises(DataError, match="lacks"):
        load(corpus, part=True)


# By the name in a plan


def test_a_target_is_read_by_its_name_and_judged_as_such(written):
    found = load_target("URBAN-SOUND-8K-part", written)
    assert len(found.clips) == len(load_target("synthetic-urbansound8k", written).clips) == 3
    with pytest.raises(DataError, match="rows 4 instead of 8732"):
        load_target("URBAN-SOUND-8K", written)
    with pytest.raises(UnknownName, match="did you mean 'URBAN-SOUND-8K'"):
        load_target("URBANSOUND8K", written)
    assert set(CORPORA.values()) == {"URBAN-SOUND-8K", "SONYC-UST"}

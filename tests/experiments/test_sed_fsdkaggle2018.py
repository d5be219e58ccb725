"""FSDKaggle2018 as Zenodo and Kaggle publish it, parts of it, and spoiled copies."""

import shutil

import numpy as np
import pytest
import soundfile
from inspected import values

from core.errors import DataError
from experiments.sed.classes import CLASSES
from experiments.sed.fsdkaggle2018 import SOUNDS, VERIFIED, inspect_part, inspect_whole, load

RATE = 1000
ROWS = [
    ("00044347.wav", "Hi-hat", 0),
    ("001ca53d.wav", "Saxophone", 1),
    ("0033e230.wav", "Glockenspiel", 1),
    ("003b91e8.wav", "Saxophone", 1),
]


def write_sound(path, seconds=0.5):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.full(round(seconds * RATE), 0.1), RATE)


def write_table(folder, rows, name="train.csv"):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(map(str, row)) for row in rows]
    (folder / name).write_text("\n".join(["fname,label,manually_verified", *lines, ""]))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fsdkaggle2018") / "corpus"
    write_table(folder, ROWS)
    for seconds, (name, *_) in enumerate(ROWS, start=1):
        write_sound(folder / "audio_train" / name, seconds)
    return folder


def test_sounds_are_read_in_the_order_of_the_table(written):
    found = load(written, part=True)
    assert found.labels.fname.tolist() == [name for name, *_ in ROWS]
    assert [clip.path.name for clip in found.clips] == [name for name, *_ in ROWS]
    assert [clip.seconds for clip in found.clips] == [1, 2, 3, 4]
    told = values(inspect_part(written))
    assert (told["rows"], told["verified"], told["classes"], told["sounds"]) == (4, 3, 3, 4)
    assert (told["sounds to mix"], told["Saxophone"], told["Glockenspiel"]) == (3, 2, 1)
    assert "Hi-hat" not in told


def test_the_layout_of_zenodo_is_read_too(corpus):
    """Archives unpacked beside each other, more columns, and sounds of the test part."""
    (corpus / "audio_train").rename(corpus / "FSDKaggle2018.audio_train")
    (corpus / "train.csv").unlink()
    table = corpus / "FSDKaggle2018.meta" / "train_post_competition.csv"
    write_table(corpus, ROWS, table.relative_to(corpus))
    table.write_text(
        "".join(f"{line},{more}\n" for line, more in zip(
            table.read_text().splitlines(),
            ["freesound_id,license", *["1,Creative Commons 0"] * len(ROWS)],
            strict=True,
        ))
    )  # fmt: skip
    write_sound(corpus / "FSDKaggle2018.audio_test" / "fffcea91.wav")
    assert load(corpus, part=True).labels.label.tolist() == [
        CLASSES.index(label) for _, label, _ in ROWS
    ]
    assert values(inspect_part(corpus))["sounds"] == 4


def test_a_part_keeps_the_rows_of_what_it_lacks(corpus):
    """The published folds hang on them."""
    (corpus / "audio_train" / "001ca53d.wav").unlink()
    found = load(corpus, part=True)
    assert [clip is None for clip in found.clips] == [False, True, False, False]
    assert len(found.labels.fname) == 4
    assert inspect_part(corpus).remarks == ["of the table without a sound: 001ca53d"]
    assert values(inspect_part(corpus))["sounds to mix"] == 2


def test_a_part_is_not_taken_for_the_whole(written):
    problems = inspect_whole(written).problems
    assert problems == [
        "rows 4 instead of 9473",
        "verified 3 instead of 3710",
        "classes 3 instead of 41",
    ]
    with pytest.raises(DataError, match="a part of it is fsdkaggle2018-part"):
        load(written)


def test_the_real_table_with_sounds_is_whole(real_data, tmp_path):
    table = real_data("fsdkaggle2018") / "train_post_competition.csv"
    shutil.copy(table, tmp_path)
    write_sound(tmp_path / "audio" / "a.wav")
    for line in table.read_text().splitlines()[1:]:
        (tmp_path / "audio" / line.split(",")[0]).hardlink_to(tmp_path / "audio" / "a.wav")
    found = inspect_whole(tmp_path)
    assert found.whole
    told = values(found)
    assert (told["sounds"], told["sounds to mix"]) == (SOUNDS, VERIFIED)
    assert (told["Saxophone"], told["Scissors"]) == (256, 59)


def test_all_damage_is_a_problem_each(corpus):
    cut, empty = (corpus / "audio_train" / name for name in ("00044347.wav", "001ca53d.wav"))
    cut.write_bytes(cut.read_bytes()[:500])
    write_sound(empty, 0)
    for inspect in (inspect_part, inspect_whole):
        told = inspect(corpus).problems
        assert any("00044347.wav is cut short" in problem for problem in told)
        assert any("001ca53d.wav holds no sound" in problem for problem in told)
    with pytest.raises(DataError, match=r"cut short.*holds no sound"):
        load(corpus, part=True)


def test_a_folder_of_something_else_is_a_problem(tmp_path, corpus):
    assert "there is no folder" in inspect_whole(tmp_path / "none").problems[0]
    write_table(corpus, [("00044347.wav", "Hihat", 0)])
    assert "unknown label 'Hihat'; did you mean 'Hi-hat'" in inspect_part(corpus).problems[0]
    (corpus / "train.csv").unlink()
    assert "lacks train_post_competition.csv or train.csv" in inspect_part(corpus).problems[0]
    shutil.rmtree(corpus / "audio_train")
    assert "no .wav or .flac recording" in inspect_part(corpus).problems[0]

"""Clotho in both forms of its tables, parts of it, its captions alone, and spoiled copies."""

import shutil

import pytest
from captioned_clips import (
    SPLITS,
    five,
    write_clotho,
    write_long,
    write_sound,
    write_wide,
)
from inspected import values

from core.errors import DataError
from experiments.retrieval import clotho
from experiments.retrieval.clotho import (
    inspect_captions,
    inspect_part,
    inspect_whole,
    load,
    load_captions,
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clotho") / "corpus"
    write_clotho(folder)
    return folder


@pytest.fixture
def two_clips_are_whole(monkeypatch):
    monkeypatch.setattr(clotho, "WHOLE", clotho.Demand(counts=dict.fromkeys(SPLITS, 2)))
    monkeypatch.setitem(clotho.DEMANDS, "clotho", clotho.WHOLE)


def problem(folder, inspect=inspect_part):
    (told,) = inspect(folder).problems
    return told


def without_path(clips):
    return [(clip.split, clip.fname, clip.captions) for clip in clips]


def test_clips_are_read_by_split_in_the_order_of_the_tables(written):
    clips = load(written, "clotho-part")
    names = [f"{split} {name}.wav" for split in SPLITS for name in ("b", "a ")]
    assert [clip.fname for clip in clips] == names
    assert [clip.split for clip in clips] == [split for split in SPLITS for _ in range(2)]
    assert [caption.text for caption in clips[1].captions] == five("development a .wav")
    assert clips[1].captions[3].plain == "development a wav is heard 4 times"
    assert clips[3].path == written / "clotho_audio_validation" / "validation" / names[3]
    told = values(inspect_part(written))
    assert (told["development clips"], told["evaluation captions"]) == (2, 10)


def test_wide_and_long_tables_are_one_value(written, tmp_path):
    write_clotho(tmp_path, write_long, sounds=False)
    for split in SPLITS:
        shutil.copytree(written / f"clotho_audio_{split}" / split, tmp_path / "audio" / split)
    assert without_path(load(tmp_path, "clotho-part")) == without_path(load(written, "clotho-part"))


def test_spaces_around_names_do_not_count_and_are_told(corpus):
    folder = corpus / "clotho_audio_development" / "development"
    (folder / "development b.wav").rename(folder / " development b.wav")
    write_wide(corpus, "evaluation", {f" evaluation {n}.wav ": five(n) for n in ("b", "a ")})
    clips = load(corpus, "clotho-part")
    assert len(clips) == 6
    assert (clips[0].fname, clips[0].path.name) == ("development b.wav", " development b.wav")
    assert clips[4].fname == "evaluation b.wav"
    assert inspect_part(corpus).remarks == [
        "names with spaces around them, read without: ' evaluation a .wav ', ' evaluation b.wav '",
        "names with spaces around them, read without: ' development b.wav'",
    ]


def test_a_part_uses_what_is_there_and_tells_what_is_not(corpus):
    (corpus / "clotho_audio_development" / "development" / "development b.wav").unlink()
    write_sound(corpus / "clotho_audio_validation" / "validation" / "unheard of.wav")
    (corpus / "clotho_captions_evaluation.csv").unlink()
    shutil.rmtree(corpus / "clotho_audio_evaluation")
    clips = load(corpus, "clotho-part")
    assert [clip.fname for clip in clips] == [
        "development a .wav",
        "validation b.wav",
        "validation a .wav",
    ]
    found = inspect_part(corpus)
    assert found.whole
    assert found.remarks == [
        "sounds without captions: validation/unheard of",
        "of the table without a sound: development/development b",
    ]


def test_a_part_is_not_taken_for_the_whole(written):
    assert inspect_whole(written).problems == [
        "development clips 2 instead of 3839",
        "validation clips 2 instead of 1045",
        "evaluation clips 2 instead of 1045",
    ]
    with pytest.raises(DataError, match="a part of it is clotho-part"):
        load(written, "clotho")


@pytest.mark.usefixtures("two_clips_are_whole")
def test_the_whole_lacks_no_sound_and_no_caption(corpus):
    assert len(load(corpus, "clotho")) == 6
    write_sound(corpus / "clotho_audio_validation" / "validation" / "unheard of.wav")
    (corpus / "clotho_audio_development" / "development" / "development b.wav").unlink()
    assert inspect_whole(corpus).problems == [
        "sounds without captions: validation/unheard of",
        "of the table without a sound: development/development b",
        "development clips 1 instead of 2",
    ]


@pytest.mark.usefixtures("two_clips_are_whole")
def test_a_row_more_than_there_are_clips_is_remarked_only(corpus):
    """Zenodo's page counts 3,840 clips of development, where 3,839 are published."""
    names = ("development b.wav", "development a .wav", "development c.wav")
    write_wide(corpus, "development", {name: five(name) for name in names})
    assert len(load(corpus, "clotho")) == 6
    assert inspect_whole(corpus).remarks == [
        "of the table without a sound: development/development c"
    ]


def test_captions_alone_are_enough_for_captions_alone(tmp_path, monkeypatch):
    write_clotho(tmp_path, write_long, sounds=False)
    assert "no .wav or .flac recording in a folder development" in problem(tmp_path)
    assert len(inspect_captions(tmp_path).problems) == 3
    with pytest.raises(DataError, match="validation clips 2 instead of 1045"):
        load_captions(tmp_path)
    monkeypatch.setattr(clotho, "COUNTS", {"development": 1, "validation": 2, "evaluation": 2})
    assert len(load_captions(tmp_path)) == 6


def test_the_real_captions_are_whole(real_data):
    folder = real_data("clotho")
    found = inspect_captions(folder)
    assert found.whole
    assert not found.remarks
    assert [finding.found for finding in found.findings] == [3839, 19195, 1045, 5225, 1045, 5225]
    clips = load_captions(folder)
    assert clips[0].fname == "Distorted AM Radio noise.wav"
    assert clips[0].captions[1].text == "A television blares the rhythm of a static TV."
    assert clips[0].captions[1].plain == "a television blares the rhythm of a static tv"


def test_real_sounds_of_real_captions_are_whole(real_data, tmp_path):
    """Names as they are in the tables, each of a hard link to one sound."""
    write_sound(tmp_path / "sound.wav", 0.1)
    for split in SPLITS:
        shutil.copy(real_data("clotho") / f"{split}_captions.csv", tmp_path)
        (tmp_path / split).mkdir()
    for clip in load_captions(tmp_path):
        (tmp_path / clip.split / clip.fname).hardlink_to(tmp_path / "sound.wav")
    (tmp_path / "sound.wav").unlink()
    clips = load(tmp_path, "clotho")
    assert len(clips) == 5929
    assert all(clip.path.name == clip.fname for clip in clips)


@pytest.mark.parametrize(
    ("captions", "told"),
    [
        (["a", "b", "c", "d"], r"not 5 \(but so many\): a.wav \(4\)"),
        (["a", "b", "c", "d", "e", "f"], r"not 5 \(but so many\): a.wav \(6\)"),
        (["a", "b", " ", "d", "e"], "row 4: a caption of a.wav is empty"),
    ],
)
def test_clips_with_other_than_five_captions_are_named(tmp_path, captions, told):
    write_clotho(tmp_path)
    (tmp_path / "clotho_captions_validation.csv").unlink()
    write_long(tmp_path, "validation", {"a.wav": captions, "b.wav": five("b")})
    with pytest.raises(DataError, match=told):
        load(tmp_path, "clotho-part")


def test_all_empty_captions_are_named(corpus):
    texts = ["", "b", "c", "d", "\t"]
    write_wide(corpus, "development", {"a.wav": texts, "b.wav": five("b"), "c.wav": texts})
    told = problem(corpus)
    assert told.count("a caption of a.wav is empty") == 2
    assert "clotho_captions_development.csv, row 4: a caption of c.wav is empty" in told
    write_wide(corpus, "development", {"": five("a")})
    assert "row 2: the name of the sound is empty" in problem(corpus)


def test_a_clip_that_is_listed_twice_is_named(corpus):
    write_wide(corpus, "development", {"a.wav": five("a"), " a.wav": five("b")})
    assert "a.wav (10)" in problem(corpus)


def test_tables_that_are_none_are_problems(corpus):
    table = corpus / "clotho_captions_development.csv"
    content = table.read_bytes()
    table.write_bytes(content.replace(b"heard", b"h\xe9ard"))
    assert "clotho_captions_development.csv cannot be read ('utf-8' codec" in problem(corpus)
    table.write_bytes(content.replace(b"caption_5", b"keywords"))
    assert "has no column caption_5" in problem(corpus)
    table.write_bytes(b"name,words\na,b\n")
    assert "has no column fname, raw_text, text" in problem(corpus)
    table.unlink()
    assert "lacks *captions*development*.csv" in problem(corpus, inspect_whole)
    write_long(corpus, "evaluation", {"a.wav": five("a")})
    assert "several tables of evaluation captions" in problem(corpus)


def test_metadata_and_sounds_of_no_split_are_passed_over(corpus):
    (corpus / "clotho_metadata_development.csv").write_text("file_name,keywords\na,b\n")
    write_sound(corpus / "test" / "hidden.wav")
    assert len(load(corpus, "clotho-part")) == 6
    assert inspect_part(corpus).remarks == []


def test_one_recording_in_two_formats_is_refused(corpus):
    write_sound(corpus / "clotho_audio_development" / "development" / "development b.flac")
    assert "are the same recording; keep one" in problem(corpus)


def test_damaged_and_empty_sounds_are_each_a_problem(corpus):
    folder = corpus / "clotho_audio_development" / "development"
    cut = folder / "development b.wav"
    cut.write_bytes(cut.read_bytes()[:500])
    write_sound(folder / "development a .wav", 2 / 8000)
    told = inspect_part(corpus).problems
    assert "development b.wav is cut short" in told[0]
    assert "development a .wav lasts 0.00025 s, less than a frame of 0.04 s" in told[1]
    assert values(inspect_part(corpus))["hours"] == 0.0


def test_a_folder_of_something_else_is_a_problem(tmp_path, corpus):
    assert "there is no folder" in problem(tmp_path / "none")
    for table in corpus.glob("*.csv"):
        table.unlink()
    assert "lacks *captions*development*.csv, *captions*validation*.csv" in problem(corpus)

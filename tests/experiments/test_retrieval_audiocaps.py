"""AudioCaps with its sounds under either name, parts of it, and spoiled copies."""

import pytest
from captioned_clips import five, write_audiocaps, write_sound
from inspected import values

from core.errors import DataError
from experiments.retrieval.audiocaps import inspect_part, inspect_whole, load

CLIPS = {
    "train": {"-0SdAVK79lg": ["A motor runs."], "zz": ["Rain falls, and falls"]},
    "val": {"vv": five("v")},
    "test": {"t_1": five("t")},
}


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    write_audiocaps(folder, CLIPS)
    for name in ("train/-0SdAVK79lg.wav", "train/zz_30.wav", "vv.flac", "test/t_1_30.flac"):
        write_sound(folder / name)
    return folder


def problem(folder, inspect=inspect_part):
    (told,) = inspect(folder).problems
    return told


def test_sounds_are_found_by_id_with_and_without_start(corpus):
    clips = load(corpus)
    assert [(clip.split, clip.fname, clip.path.name) for clip in clips] == [
        ("development", "-0SdAVK79lg.wav", "-0SdAVK79lg.wav"),
        ("development", "zz.wav", "zz_30.wav"),
        ("validation", "vv.wav", "vv.flac"),
        ("evaluation", "t_1.wav", "t_1_30.flac"),
    ]
    assert [len(clip.captions) for clip in clips] == [1, 1, 5, 5]
    assert clips[1].captions[0] == ("Rain falls, and falls", "rain falls and falls")
    assert inspect_whole(corpus).whole
    assert values(inspect_whole(corpus))["development captions"] == 2


def test_a_part_uses_what_is_there_and_tells_what_is_not(corpus):
    (corpus / "vv.flac").unlink()
    write_sound(corpus / "other.wav")
    (corpus / "test.csv").unlink()
    assert [clip.fname for clip in load(corpus, part=True)] == ["-0SdAVK79lg.wav", "zz.wav"]
    assert inspect_part(corpus).remarks == [
        "sounds without captions, not used: other, t_1_30",
        "of the table without a sound: vv",
    ]


def test_the_whole_lacks_no_sound_and_no_table(corpus):
    (corpus / "vv.flac").unlink()
    with pytest.raises(DataError, match=r"without a sound: vv; .* is audiocaps-part"):
        load(corpus)
    (corpus / "val.csv").unlink()
    assert "lacks val.csv" in problem(corpus, inspect_whole)


@pytest.mark.parametrize(
    ("split", "captions", "told"),
    [
        ("train", {"zz": ["a", "b"]}, "captions are not 1 (but so many): zz (2)"),
        ("val", {"vv": five("v")[:4]}, "captions are not 5 (but so many): vv (4)"),
        ("test", {"t_1": [*five("t")[:4], ""]}, "test.csv, row 6: a caption of t_1 is empty"),
        ("train", {"": ["a"]}, "train.csv, row 2: the name of the sound is empty"),
    ],
)
def test_wrong_rows_are_named(corpus, split, captions, told):
    write_audiocaps(corpus, {split: captions})
    assert told in problem(corpus)


def test_tables_that_are_none_are_problems(corpus):
    (corpus / "train.csv").write_bytes(b"audiocap_id,youtube_id,start_time,caption\n1,a,0,\xff\n")
    assert "train.csv cannot be read" in problem(corpus)
    (corpus / "train.csv").write_text("youtube_id,caption\na,b\n")
    assert "has no column audiocap_id, start_time" in problem(corpus)


def test_sounds_that_are_none_are_problems(corpus):
    write_sound(corpus / "train" / "zz_30.wav", 2 / 8000)
    assert "zz_30.wav lasts 0.00025 s" in problem(corpus)
    for path in corpus.rglob("*.*a*"):
        path.unlink()
    assert "no .wav or .flac recording" in problem(corpus)

"""The stage that analyses clips: each in its rows, in shares, by threads, bad ones named."""

import numpy as np
import pytest
import soundfile
from captioned_clips import SPLITS, five, write_clotho, write_sound, write_wide
from small_icbhi import run_stage

from core import Record, Setting
from core.errors import DataError
from experiments.common.recordings import read_mono
from experiments.retrieval import captions, clips, clotho
from experiments.retrieval.front_ends import FRONT_ENDS
from experiments.retrieval.synthetic import write_corpus


def run(stage, work, dataset="clotho-part", front_end="published", **given):
    factors = {"dataset": dataset, "front_end": front_end, "corrections": "none"}
    return run_stage(stage, Setting(factors), work, **given)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A corpus whose clips have lengths of their own."""
    folder = tmp_path_factory.mktemp("clips") / "corpus"
    write_clotho(folder)
    for index, path in enumerate(sorted(folder.rglob("*.wav"))):
        write_sound(path, 0.5 + index / 10)
    return folder


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_a_clip_has_its_rows(corpus, tmp_path, front_end):
    record = run(clips.prepare, tmp_path, front_end=front_end, data=corpus, threads=2)
    assert record["logmel"].dtype == np.float32
    assert record["first"].shape == (7,)
    assert len(record["logmel"]) == record["first"][-1]
    for clip, (split, fname) in enumerate(zip(record["split"], record["fname"], strict=True)):
        path = corpus / f"clotho_audio_{split}" / split / fname
        first, last = record["first"][clip : clip + 2]
        wave, rate = read_mono(path)
        expected = FRONT_ENDS[front_end](wave, rate)
        np.testing.assert_array_equal(record["logmel"][first:last], expected)
        assert record["seconds"][clip] == soundfile.info(path).duration


def test_clips_are_those_of_the_captions(corpus, tmp_path):
    found = run(clips.prepare, tmp_path / "clips", data=corpus)
    read = run(captions.prepare, tmp_path / "captions", data=corpus)
    for of_clips, of_captions in (("fname", "fname"), ("split", "split"), ("id", "clip_id")):
        assert found[of_clips].tolist() == read[of_captions].tolist()


def test_shares_in_order_are_the_whole(corpus, tmp_path):
    whole = run(clips.prepare, tmp_path / "whole", data=corpus)
    shares = [run(clips.prepare, tmp_path / str(i), data=corpus, share=(i, 4)) for i in range(4)]
    assert [len(share["id"]) for share in shares] == [1, 2, 1, 2]
    for name in ("logmel", "seconds", "fname", "split", "id"):
        np.testing.assert_array_equal(np.concatenate([s[name] for s in shares]), whole[name])
    assert [share["first"][0] for share in shares] == [0, 0, 0, 0]
    assert sum(share["first"][-1] for share in shares) == whole["first"][-1]


def test_large_arrays_are_memory_mapped(corpus, tmp_path):
    assert isinstance(run(clips.prepare, tmp_path, data=corpus)["logmel"], np.memmap)


def test_a_synthetic_corpus_is_whole_and_analysed(tmp_path):
    write_corpus(tmp_path / "corpus", 0, 4)
    needed = {"corpus": Record(tmp_path / "corpus")}
    record = run(clips.prepare, tmp_path / "clips", "synthetic", "pann", needs=needed)
    assert record["split"].tolist() == ["development"] * 4 + ["validation", "evaluation"]
    assert np.isfinite(record["logmel"]).all()
    assert record["seconds"].min() >= 3
    read = run(captions.prepare, tmp_path / "captions", "synthetic", needs=needed)
    assert read["clip_id"].tolist() == record["id"].tolist()


def test_captions_alone_have_no_sounds_to_analyse(tmp_path, monkeypatch):
    monkeypatch.setattr(clotho, "COUNTS", dict.fromkeys(SPLITS, 2))
    write_clotho(tmp_path / "corpus", sounds=False)
    with pytest.raises(DataError, match=r"clotho-captions has captions without sounds; take"):
        run(clips.prepare, tmp_path, "clotho-captions", data=tmp_path / "corpus")


def test_all_sounds_of_two_samples_are_refused_by_name(tmp_path):
    folder = tmp_path / "corpus"
    write_clotho(folder)
    for split in SPLITS[:2]:
        write_wide(folder, split, {"short.wav": five("short"), "long.wav": five("long")})
        write_sound(folder / split / "short.wav", 2 / 8000)
        write_sound(folder / split / "long.wav")
    with pytest.raises(DataError) as caught:
        run(clips.prepare, tmp_path, data=folder)
    told = str(caught.value)
    for split in SPLITS[:2]:
        assert f"{folder / split / 'short.wav'} lasts 0.00025 s, less than a frame" in told
    assert "long.wav" not in told
    assert not (tmp_path / "record" / "logmel.npy").exists()

"""The stage that reads captions: every caption with its clip, and ids that stay the same."""

import numpy as np
import pytest
from captioned_clips import SPLITS, five, write_audiocaps, write_clotho, write_sound, write_wide
from small_icbhi import run_stage

from core import Record, Setting
from core.errors import DataError, UnknownName
from experiments.retrieval.captions import prepare
from experiments.retrieval.ids import caption_id, clip_id


def run(data, tmp_path, dataset="clotho-part", corrections="none", **needs):
    setting = Setting({"dataset": dataset, "corrections": corrections})
    folder = tmp_path / f"{dataset} {corrections}"
    record = run_stage(prepare, setting, folder, needs, data=data)
    return record, record.info


@pytest.fixture
def corpus(tmp_path):
    write_clotho(tmp_path / "corpus")
    return tmp_path / "corpus"


def test_every_caption_has_its_clip(corpus, tmp_path):
    record, info = run(corpus, tmp_path)
    assert record["clip"].tolist() == [clip for clip in range(6) for _ in range(5)]
    assert record["split"].tolist() == [split for split in SPLITS for _ in range(2)]
    for clip, fname in enumerate(record["fname"]):
        assert record["text"][record["clip"] == clip].tolist() == five(fname)
    assert info["words"]["splits"]["validation"]["captions"] == 10
    assert info["corrected"] == 0


def test_ids_are_hashes_of_what_they_name(corpus, tmp_path):
    record, _ = run(corpus, tmp_path)
    clip = clip_id("validation", "validation b.wav")
    assert (clip, record["clip_id"][2]) == ("41ecfe0b975cdf8c", clip)
    assert record["id"][11] == caption_id(clip, record["text"][11])
    assert len(set(record["clip_id"].tolist()) | set(record["id"].tolist())) == 36
    assert clip_id("evaluation", "a.wav") != clip_id("development", "a.wav")
    assert caption_id(clip, "a") != caption_id(clip, "b")


def test_corrections_change_captions_and_their_ids_only(corpus, tmp_path):
    texts = ["It  echos.", "the the rain", "c", "d", "e"]
    write_wide(corpus, "validation", {"validation b.wav": texts})
    before, _ = run(corpus, tmp_path)
    after, info = run(corpus, tmp_path, corrections="fork")
    changed = np.flatnonzero(before["text"] != after["text"])
    assert changed.tolist() == [10, 11]
    assert after["text"][changed].tolist() == ["It echoes.", "the rain"]
    assert np.flatnonzero(before["id"] != after["id"]).tolist() == [10, 11]
    assert before["clip_id"].tolist() == after["clip_id"].tolist()
    assert info["corrected"] == 2
    assert info["words"]["splits"]["validation"]["words"] == 2 + 2 + 3


def test_a_synthetic_corpus_is_that_of_its_stage(corpus, tmp_path):
    record, _ = run(None, tmp_path, "synthetic", corpus=Record(corpus))
    assert len(record["fname"]) == 6
    (corpus / "clotho_audio_validation" / "validation" / "validation b.wav").unlink()
    with pytest.raises(DataError, match="validation/validation b"):
        run(None, tmp_path / "again", "synthetic", corpus=Record(corpus))


def test_audiocaps_has_other_numbers_of_captions(tmp_path):
    folder = tmp_path / "audiocaps"
    write_audiocaps(folder, {"train": {"a": ["A motor runs."]}, "test": {"b": five("b")}})
    write_sound(folder / "a.wav")
    write_sound(folder / "b.wav")
    record, _ = run(folder, tmp_path, "audiocaps-part")
    assert record["clip"].tolist() == [0, 1, 1, 1, 1, 1]
    assert record["split"].tolist() == ["development", "evaluation"]


def test_another_corpus_or_correction_is_refused(corpus, tmp_path):
    with pytest.raises(UnknownName, match="did you mean 'clotho'"):
        run(corpus, tmp_path, "cloto")
    with pytest.raises(UnknownName, match="did you mean 'fork'"):
        run(corpus, tmp_path, corrections="forks")


def test_the_real_captions_are_read(real_data, tmp_path):
    record, info = run(real_data("clotho"), tmp_path, "clotho-captions")
    assert record["text"].shape == (29645,)
    assert record["fname"].shape == (5929,)
    assert np.array_equal(record["clip"], np.arange(5929).repeat(5))
    assert len(np.unique(record["id"])) == 29645
    assert info["words"]["types"] == 4360

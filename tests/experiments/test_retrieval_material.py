"""Clips and captions as a training reads them."""

import numpy as np
import pytest
import torch
from paired import DIM, clips_of, logmels, material_in
from small_icbhi import run_stage

from core import Inputs, Setting
from core.errors import DataError
from experiments.retrieval.material import Clips, load_part


def test_shares_of_clips_are_one_corpus(tmp_path):
    whole = Clips([material_in(tmp_path)["clips"]])
    cuts = [np.arange(0, 11), np.arange(11, 40)]
    shares = Clips(
        [run_stage(clips_of(rows), Setting({}), tmp_path / str(i)) for i, rows in enumerate(cuts)]
    )
    assert len(whole) == len(shares) == 40
    for index, logmel in enumerate(logmels()):
        assert np.array_equal(whole[index], logmel) and np.array_equal(shares[index], logmel)
    assert np.array_equal(whole.column("fname"), shares.column("fname"))


def part_of(records, split="validation"):
    return load_part(Inputs(records), split)


def test_a_split_is_its_captions_and_their_clips(tmp_path):
    """Clips are found by name, in whatever order they were prepared."""
    mixed = np.random.default_rng(0).permutation(40)
    records = material_in(tmp_path, clips=clips_of(mixed))
    part = part_of(records)
    assert len(part.clip) == 36 and len(part.rows) == 12
    for caption in (0, 17, 35):
        assert mixed[part.rows[part.clip[caption]]] == 16 + caption // 3
    embedding = records["embeddings"]["embedding"][48:84]
    assert np.array_equal(part.embeddings.numpy(), embedding)


def test_a_clip_with_several_captions_in_a_batch_is_read_once(tmp_path):
    part = part_of(material_in(tmp_path))
    batch = part.read(torch.tensor([4, 30, 3, 31, 9]))
    assert len(batch.logmel) == 3  # clips 1, 10 and 3
    assert part.clip[batch.captions].tolist() == [1, 10, 1, 10, 3]
    for place, caption in zip(batch.place, batch.captions, strict=True):
        logmel = logmels()[16 + int(caption) // 3]
        assert int(batch.lengths[place]) == len(logmel)
        assert np.array_equal(batch.logmel[place, : len(logmel)], logmel)
        assert not batch.logmel[place, len(logmel) :].any()


def test_captions_without_a_prepared_clip_are_named(tmp_path):
    records = material_in(tmp_path, clips=clips_of(np.arange(20)))
    with pytest.raises(DataError, match=r"8 clips have captions and have not been prepared: 4.wav"):
        part_of(records)


def test_a_split_without_captions(tmp_path):
    with pytest.raises(DataError, match="the split test has no caption"):
        part_of(material_in(tmp_path), "test")


def test_embeddings_of_other_captions(tmp_path):
    def fewer(setting, inputs, output):
        output["embedding"] = np.zeros((100, DIM), np.float32)

    with pytest.raises(DataError, match="100 embeddings of 120 captions"):
        part_of(material_in(tmp_path, embeddings=fewer))

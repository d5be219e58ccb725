"""Scores second by second: patches, the rest at the end, batches, sounds that are too short."""

import numpy as np
import pytest
import torch

from pann import PANN, LogMel, scores, tagger


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return tagger("cnn6", 1 / 32, classes=7).eval()


def noise(samples: int) -> np.ndarray:
    return np.random.default_rng(samples).standard_normal(samples, np.float32)


@pytest.mark.parametrize(
    ("samples", "patches"), [(9_920, 1), (32_000, 1), (41_919, 1), (41_920, 2), (100_000, 3)]
)
def test_one_row_a_second_and_one_for_a_rest_that_is_long_enough(network, samples, patches):
    assert scores(network, noise(samples)).shape == (patches, 7)


def test_every_second_is_scored_alone_whatever_the_batch(network):
    sound = noise(5 * 32_000 + 12_000)
    found = scores(network, sound, batch=2)
    with torch.no_grad():
        expected = [
            network(LogMel(PANN)(second[None]).squeeze(1).mT).sigmoid()
            for second in torch.from_numpy(sound).split(32_000)
        ]
    torch.testing.assert_close(found, torch.cat(expected), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(9_919,), (2, 32_000)])
def test_sound_that_is_too_short_or_has_channels_is_refused(network, shape):
    with pytest.raises(ValueError, match=r"at least 9920 samples, not \("):
        scores(network, np.zeros(shape, np.float32))


def test_doubles_and_mapped_sounds_are_read(network, tmp_path):
    np.save(tmp_path / "sound.npy", noise(70_000).astype(np.float64))
    mapped = np.load(tmp_path / "sound.npy", mmap_mode="r")
    torch.testing.assert_close(scores(network, mapped, batch=1), scores(network, noise(70_000)))

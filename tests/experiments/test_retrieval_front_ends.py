"""The two front ends: the published one to its definition, the other one PANNs' own."""

import numpy as np
import pytest
import soxr
import torch

from core.errors import UnknownName
from experiments.retrieval.front_ends import front_end, pann, published
from pann.frontend import PANN, LogMel


def noise(samples):
    return np.random.default_rng(samples).uniform(-0.5, 0.5, samples).astype(np.float32)


def slaney(hertz):
    """Linear below 1 kHz, logarithmic above: 27 steps to 6.4 times."""
    above = 15 + 27 * np.log(np.maximum(hertz, 1000) / 1000) / np.log(6.4)
    return np.where(hertz < 1000, 3 * hertz / 200, above)


def filters_of(rate, n_fft):
    """64 triangles of unit area, evenly spaced on Slaney's scale from 0 to half the rate."""
    fine = np.linspace(0, rate / 2, 2_000_001)
    edges = np.interp(np.linspace(0, slaney(rate / 2), 66), slaney(fine), fine)
    cells = np.arange(n_fft // 2 + 1) * rate / n_fft
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.minimum((cells - low) / (middle - low), (high - cells) / (high - middle))
    return np.maximum(triangles, 0) * 2 / (high - low)


def defined(wave, rate, window, hop, n_fft):
    """Frame by frame in double precision, silence before and after."""
    padded = np.pad(wave.astype(float), n_fft // 2)
    hann = np.zeros(n_fft)
    start = (n_fft - window) // 2
    hann[start : start + window] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    rows = [padded[i : i + n_fft] * hann for i in range(0, len(wave) + 1, hop)]
    power = np.abs(np.fft.rfft(rows)) ** 2
    return np.log(power @ filters_of(rate, n_fft).T + 2.2e-16)


@pytest.mark.parametrize(
    ("rate", "window", "hop", "n_fft"),
    [(44_100, 1764, 882, 2048), (48_000, 1920, 960, 2048), (16_000, 640, 320, 1024)],
)
def test_the_published_front_end_is_its_definition(rate, window, hop, n_fft):
    wave = noise(rate + 123)
    wave[rate // 2 :] *= 1e-3
    found = published(wave, rate)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, defined(wave, rate, window, hop, n_fft), atol=1e-4)


def test_a_published_clip_of_30_s_has_1501_frames():
    assert published(np.zeros(30 * 44_100, np.float32), 44_100).shape == (1501, 64)


def test_silence_is_the_logarithm_of_what_is_added():
    found = published(np.zeros(44_100, np.float32), 44_100)
    np.testing.assert_allclose(found, np.log(2.2e-16), rtol=1e-6)
    np.testing.assert_allclose(pann(np.zeros(32_000, np.float32), 32_000), -100.0)


def test_the_front_end_of_panns_is_theirs_at_32_khz():
    wave = noise(44_100)
    resampled = torch.from_numpy(soxr.resample(wave, 44_100, 32_000, "HQ"))
    found = pann(wave, 44_100)
    assert found.shape == (101, 64)
    assert found.flags["C_CONTIGUOUS"]
    np.testing.assert_array_equal(found, LogMel(PANN)(resampled[None])[0, 0].T.numpy())


def test_front_ends_are_found_by_name():
    assert front_end("pann") is pann
    assert front_end("published") is published
    with pytest.raises(UnknownName, match="did you mean 'pann'"):
        front_end("panns")

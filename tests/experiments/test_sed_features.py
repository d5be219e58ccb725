"""Log-mels as the published networks read them, and the ideal mask."""

import numpy as np
import pytest
import torch
from scipy.signal import spectrogram

from core.errors import DataError
from experiments.sed.features import BANDS, FLOOR, LogMel, frames_in, pack, unpack
from experiments.sed.mixer import SAMPLE_RATE

WAVE = np.random.default_rng(0).normal(0, 0.1, (2, 10 * SAMPLE_RATE)).astype(np.float32)


def slaney(frequency):
    """The mel scale of Slaney's Auditory Toolbox: linear up to 1 kHz, logarithmic above."""
    linear = np.asarray(frequency) * 3 / 200
    return np.where(
        linear < 15, linear, 15 + np.log(np.maximum(linear, 15) / 15) * 27 / np.log(6.4)
    )


def centres():
    """Edges and centres of the 64 filters in Hz, by searching the scale."""
    hz = np.linspace(50, 16_000, 200_001)
    return np.interp(np.linspace(slaney(50), slaney(16_000), BANDS + 2), slaney(hz), hz)


def reference(wave):
    """The recipe with SciPy: magnitudes of the density, triangular filters of area 2."""
    window = np.hamming(2048)
    _, _, density = spectrogram(
        wave, SAMPLE_RATE, window, 2048, 1024, detrend=False, mode="complex", scaling="density"
    )
    magnitudes = np.abs(density).T * np.sqrt(SAMPLE_RATE)
    bins, edges = np.linspace(0, 16_000, 1025), centres()
    low, mid, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rise, fall = (bins - low) / (mid - low), (high - bins) / (high - mid)
    filters = np.maximum(0, np.minimum(rise, fall)) * 2 / (high - low)
    return np.log(magnitudes @ filters.T + 1e-8)


def test_shape_and_scale_are_the_published_ones():
    log_mel = LogMel()
    assert log_mel.scale == pytest.approx(28.52164, abs=1e-5)
    assert log_mel(torch.from_numpy(WAVE)).shape == (2, 311, 64)


def test_log_mels_are_those_of_scipy():
    found = LogMel()(torch.from_numpy(WAVE)).numpy()
    expected = np.stack([reference(wave.astype(float)) for wave in WAVE])
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_silence_is_the_logarithm_of_the_floor():
    found = LogMel()(torch.zeros(1, 4096))
    assert torch.allclose(found, torch.tensor(FLOOR).log())


def test_a_clip_is_the_mean_of_its_channels():
    clip = (WAVE.T * 2**15).round().clip(-(2**15), 2**15 - 1).astype(np.int16)
    mixture, _ = LogMel().clips(torch.from_numpy(clip)[None])
    expected = LogMel()(torch.from_numpy(clip.mean(1, dtype=np.float32) / 2**15))
    assert torch.allclose(mixture[0], expected, atol=1e-4)


def test_the_mask_is_where_events_are_less_than_5_db_below_the_scene():
    quiet = [0.55, 0.57]  # -5.2 dB and -4.9 dB
    scene = WAVE[0, :4096]
    for gain, marked in zip(quiet, (False, True), strict=True):
        clip = (np.stack([gain * scene, scene], 1) * 2**15).astype(np.int16)
        _, mask = LogMel().clips(torch.from_numpy(clip)[None])
        assert (mask == marked).all()


def test_silent_events_have_no_mask_and_no_nan():
    clip = np.zeros((1, 4096, 2), np.int16)
    mixture, mask = LogMel().clips(torch.from_numpy(clip))
    assert mixture.isfinite().all()
    assert not mask.any()


def test_masks_come_back_from_their_bytes():
    mask = torch.rand(3, 11, BANDS) < 0.3
    packed = pack(mask)
    assert packed.shape == (3, 88)
    np.testing.assert_array_equal(unpack(packed), mask.numpy())


def test_frames_of_a_clip():
    assert [frames_in(s) for s in (10, 5, 0.064, 0.0959, 0.096)] == [311, 155, 1, 1, 2]
    with pytest.raises(DataError, match=r"0\.05 s is shorter than a frame of 0\.064 s"):
        frames_in(0.05)

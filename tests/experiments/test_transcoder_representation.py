"""Log-mels that classifiers read: shapes, definitions, and the same filters on any FFT."""

import numpy as np
import pytest
import torch

from core.errors import UnknownName
from experiments.transcoder.representation import REPRESENTATIONS, representation


def waves(rate: int, seconds: int = 1) -> torch.Tensor:
    """Two waveforms of noise (2, samples)."""
    return 0.1 * torch.randn(2, rate * seconds, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("classifier", "frames"), [("PANN", 101), ("YamNet", 96)])
def test_golden_shapes_of_a_second(classifier, frames):
    target = representation(classifier)
    log_mel = target.module()(waves(target.sample_rate))
    assert log_mel.shape == (2, target.frames, target.bands) == (2, frames, 64)
    assert log_mel.dtype == torch.float32


def test_golden_frames_of_ten_seconds_for_pann():
    assert representation("PANN").module()(waves(32_000, 10)).shape == (2, 1001, 64)


def frame_of(wave: np.ndarray, centre: int, n_fft: int, window: np.ndarray) -> np.ndarray:
    """Magnitudes of one frame of a wave, whose ends are reflected."""
    reach = len(window) // 2
    padded = np.pad(wave, reach, mode="reflect")
    return np.abs(np.fft.rfft(padded[centre : centre + len(window)] * window, n_fft))


@pytest.mark.parametrize("frame", [0, 50, 95])
def test_yamnet_reads_magnitudes_of_centred_frames(frame):
    target = representation("YamNet")
    wave = waves(16_000)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    magnitude = frame_of(wave[0].double().numpy(), 160 * frame, 512, window)
    expected = np.log(magnitude @ target.filters(512, 16_000).double().numpy() + 0.001)
    np.testing.assert_allclose(target.module()(wave)[0, frame], expected, atol=1e-4)


@pytest.mark.parametrize("frame", [0, 50, 100])
def test_pann_reads_power_of_centred_frames(frame):
    target = representation("PANN")
    wave = waves(32_000)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1024) / 1024)
    power = frame_of(wave[0].double().numpy(), 320 * frame, 1024, window) ** 2
    expected = 10 * np.log10(power @ target.filters(1024, 32_000).double().numpy())
    np.testing.assert_allclose(target.module()(wave)[0, frame], expected, atol=1e-3)


@pytest.mark.parametrize("classifier", REPRESENTATIONS)
def test_the_logarithm_is_the_one_of_the_front_end(classifier):
    target = representation(classifier)
    silence = target.module()(torch.zeros(1, target.sample_rate))
    expected = target.log(torch.zeros(target.frames, target.bands))
    torch.testing.assert_close(silence[0], expected)


@pytest.mark.parametrize("classifier", REPRESENTATIONS)
def test_filters_are_as_high_on_any_grid(classifier):
    target = representation(classifier)
    own = target.filters(target.n_fft, target.sample_rate)
    fine = target.filters(8 * target.n_fft, target.sample_rate)
    torch.testing.assert_close(fine[::8], own)


def test_an_unknown_classifier_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'YamNet'"):
        representation("Yamnett")

"""Third-octave levels: golden numbers of a tone, band cells, window, frames, gradients."""

import numpy as np
import pytest
import torch

from core.errors import DataError, UnknownName
from experiments.transcoder.third_octave import (
    BANDS,
    CENTRES,
    FLOOR,
    SENSITIVITY,
    ThirdOctave,
    membership,
)

CELLS = """3-3 3-4 4-5 5-6 6-8 8-10 10-12 12-15 15-19 19-23 23-29 29-37 37-46 46-58 58-72 72-91
91-115 115-144 144-181 181-228 228-287 287-361 361-455 455-572 572-720 720-907 907-1141 1141-1437
1437-1809"""


def tone(frequency: float = 1000, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """One second of a sine of amplitude 0.5, (1, 32000)."""
    time = torch.arange(32_000, dtype=torch.float64) / 32_000
    return (0.5 * torch.sin(2 * torch.pi * frequency * time))[None].to(dtype)


def plain(wave: np.ndarray) -> np.ndarray:
    """Levels (frames, 29) of one wave from their definition, frame by frame."""
    ramp = 0.5 * (1 - np.cos(np.pi * np.arange(410) / (0.1 * 4096)))
    window = np.concatenate([ramp, np.ones(4096 - 819), ramp[:0:-1]])
    frames = -(-(len(wave) - 96) // 4000)
    padded = np.append(wave, np.zeros(4000 * frames + 96 - len(wave)))
    levels = np.empty((frames, 29))
    for frame in range(frames):
        power = np.abs(np.fft.rfft(padded[4000 * frame : 4000 * frame + 4096] * window)) ** 2
        for band, cells in enumerate(CELLS.split()):
            first, last = map(int, cells.split("-"))
            amplitude = np.sqrt(power[first : last + 1].sum() / 2) / 2048
            levels[frame, band] = 20 * np.log10(amplitude / np.sqrt(np.mean(window**2))) + 26
    return levels


def test_golden_levels_of_a_tone_in_float64():
    levels = ThirdOctave(dtype=torch.float64)(tone())
    assert levels.shape == (1, 8, 29)
    assert levels[0, :, 17].tolist() == pytest.approx([16.9691] * 7 + [16.9684], abs=6e-5)
    golden = [-102.0958, -33.8348, 16.9691, -38.9207, -132.3683]
    assert levels[0, 0, [0, 16, 17, 18, 28]].tolist() == pytest.approx(golden, abs=6e-5)


def test_golden_levels_of_a_tone_in_float32():
    levels = ThirdOctave()(tone(dtype=torch.float32))
    assert levels.dtype == torch.float32
    assert levels[0, :, 17].tolist() == pytest.approx([16.9691] * 7 + [16.9684], abs=1e-4)
    assert levels[0, 0, [16, 18]].tolist() == pytest.approx([-33.8348, -38.9207], abs=1e-4)
    # Published in float32 as -102.0757 and -125.0358: rounding, at least as far from float64.
    assert levels[0, 0, 0].item() == pytest.approx(-102.0958, abs=0.05)
    assert -133 < levels[0, 0, 28].item() < -125


def test_golden_cells_of_the_bands():
    cells = [np.flatnonzero(band) for band in membership()]
    assert [f"{band[0]}-{band[-1]}" for band in cells] == CELLS.split()
    assert all(len(band) == band[-1] - band[0] + 1 for band in cells)


def test_golden_window():
    layer = ThirdOctave(dtype=torch.float64)
    window = layer.window / layer.window[2048]
    assert window[[0, 1, 204, 409]].tolist() == pytest.approx(
        [0, 1.470678e-5, 0.496932, 1], abs=1e-5
    )
    assert window[1].item() == pytest.approx(1.470678e-5, rel=1e-6)
    assert window.square().mean().rsqrt().item() == pytest.approx(1.0690449661, abs=3e-9)


def test_bands_are_named_by_the_nearest_nominal_frequency():
    assert (CENTRES[0], CENTRES[-1]) == pytest.approx((19.95, 12_589), abs=0.5)
    assert np.allclose(BANDS, CENTRES, rtol=0.02)


def test_levels_are_those_of_the_definition_for_any_length():
    for samples in (97, 4096, 4097, 32_000, 41_234):
        wave = np.random.default_rng(samples).normal(0, 0.1, samples)
        levels = ThirdOctave(dtype=torch.float64)(torch.from_numpy(wave)[None])
        np.testing.assert_allclose(levels[0], plain(wave), rtol=0, atol=1e-6)


@pytest.mark.parametrize(("samples", "frames"), [(97, 1), (4096, 1), (4097, 2), (32_000, 8)])
def test_the_end_is_padded_to_a_whole_hop(samples, frames):
    assert ThirdOctave()(torch.ones(3, samples)).shape == (3, frames, 29)


def test_a_batch_is_the_same_as_each_of_its_waveforms():
    waves = torch.randn(70, 32_000, generator=torch.Generator().manual_seed(0))
    layer = ThirdOctave()
    one_by_one = torch.cat([layer(wave[None]) for wave in waves[60:]])
    torch.testing.assert_close(layer(waves)[60:], one_by_one, rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", ["fast", "slow"])
def test_the_bands_of_noise_sum_up_to_its_mean_square(kind):
    spectrum = np.zeros(32_000 * 8 // 2 + 1, complex)
    generator = np.random.default_rng(0)
    spectrum[1_000 * 8 : 5_000 * 8] = np.exp(2j * np.pi * generator.random(4_000 * 8))
    wave = np.fft.irfft(spectrum)
    wave *= 0.1 / np.sqrt(np.mean(wave**2))
    levels = ThirdOctave(kind)(torch.from_numpy(wave).float()[None])
    total = 10 * torch.log10((10 ** (levels[0] / 10)).sum(dim=-1).mean())
    # Neighbours share a cell, which is counted twice.
    assert total.item() == pytest.approx(SENSITIVITY - 20, abs=0.15)


def test_slow_frames_are_a_second_apart():
    for kind in ("slow", "slow-published"):
        layer = ThirdOctave(kind)
        assert layer(tone(dtype=torch.float32).repeat(1, 10)).shape == (1, 10, 29)
    assert (ThirdOctave("slow").frame, ThirdOctave("slow-published").frame) == (32_768, 32_758)


def test_no_waveform_has_no_levels():
    assert ThirdOctave()(torch.zeros(0, 32_000)).shape == (0, 8, 29)


def test_silence_is_at_the_floor():
    levels = ThirdOctave()(torch.zeros(1, 32_000))
    assert levels.unique().item() == pytest.approx(10 * np.log10(FLOOR) + SENSITIVITY)
    assert levels.unique().item() == pytest.approx(-154)


def test_a_waveform_at_16_khz_lands_an_octave_too_high():
    """What the published code did for YamNet, and why the rate matters."""
    levels = ThirdOctave()(tone(2000, torch.float32)[:, :16_000])
    assert BANDS[int(levels[0, 0].argmax())] == 2000


def test_gradients_reach_the_waveform():
    wave = tone(dtype=torch.float32).requires_grad_()
    ThirdOctave()(wave).sum().backward()
    assert wave.grad.isfinite().all()
    assert wave.grad.abs().max() > 0


def test_too_short_a_waveform_is_refused():
    with pytest.raises(DataError, match="96 samples make no third-octave frame"):
        ThirdOctave()(torch.zeros(1, 96))


def test_an_unknown_kind_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'fast'"):
        ThirdOctave("fats")


def test_the_state_is_empty():
    assert not ThirdOctave().state_dict()

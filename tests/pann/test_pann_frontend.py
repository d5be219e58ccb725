"""Log-mel front ends: the ICBHI golden numbers, a filter bank from its definition, scaling."""

import numpy as np
import pytest
import torch

from pann import ICBHI, PANN, LogMel, normalise, standardise


def tones(dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Two clips of 8 s at 16 kHz, made in float64: float32 rounding lifts the far bands."""
    phase = 2 * np.pi * torch.arange(128_000, dtype=torch.float64) / 16_000
    first = 0.5 * torch.sin(440 * phase) + 0.1 * torch.sin(1500 * phase)
    return torch.stack([first, 0.05 * torch.sin(200 * phase)]).to(dtype)


def golden(values: torch.Tensor) -> list[float]:
    """Frame 100 of the first clip, bands 0, 10, 20 and 30."""
    return values[0, 0, [0, 10, 20, 30], 100].tolist()


@pytest.fixture(scope="module")
def logmel() -> torch.Tensor:
    return LogMel(ICBHI)(tones())


def test_golden_decibels(logmel):
    assert logmel.shape == (2, 1, 64, 251)
    assert logmel.dtype == torch.float32
    assert logmel.is_contiguous()
    assert golden(logmel) == pytest.approx([-61.6357, -41.3175, 41.9987, -42.9574], abs=6e-5)
    assert logmel.min().item() == -100
    assert logmel.max().item() == pytest.approx(41.9987, abs=6e-5)


def test_golden_decibels_in_float64():
    double = LogMel(ICBHI).double()(tones(torch.float64))
    assert golden(double) == pytest.approx([-61.6395, -41.3176, 41.9987, -42.9581], abs=6e-5)


def test_golden_normalised_and_standardised(logmel):
    normalised = normalise(logmel, over="batch")
    assert golden(normalised) == pytest.approx([0.270174, 0.413261, 1, 0.401712], abs=6e-7)
    expected = [-3.8755, 1.7357, 24.7451, 1.2828]
    assert golden(standardise(normalised)) == pytest.approx(expected, abs=6e-5)


def test_golden_filter_sums():
    bank = LogMel(ICBHI).filters
    sums = bank.sum(dim=0)[[0, 1, 10, 40, 63]].tolist()
    assert sums == pytest.approx([0.97046, 0.99107, 1.14816, 2.11919, 3.30211], abs=6e-6)
    assert bank.sum().item() == pytest.approx(122.6168, abs=6e-5)
    bins = (bank > 0).sum(dim=0)
    assert (bins.min(), bins.max()) == (2, 7)


def slaney_bank() -> np.ndarray:
    """The 64 triangles of PANN from their definition: linear below 1 kHz, logarithmic above."""
    top_mel = 15 + 27 * np.log(14) / np.log(6.4)
    mels = np.linspace(50 / (200 / 3), top_mel, 66)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * 6.4 ** ((mels - 15) / 27))
    bins = np.linspace(0, 16_000, 513)[:, None]
    rise = (bins - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - bins) / np.diff(edges)[1:]
    return np.maximum(0, np.minimum(rise, fall)) * 2 / (edges[2:] - edges[:-2])


def test_pann_front_end_has_slaney_filters_of_unit_area():
    front_end = LogMel(PANN)
    np.testing.assert_allclose(front_end.filters.numpy(), slaney_bank(), atol=2e-7)
    assert front_end(torch.zeros(1, 32_000)).shape == (1, 1, 64, 101)


def test_silence_is_the_floor():
    assert torch.all(LogMel(PANN)(torch.zeros(1, 3200)) == -100)


def test_waveforms_too_short_to_reflect_are_refused():
    assert LogMel(PANN)(torch.zeros(1, 513)).shape == (1, 1, 64, 2)
    with pytest.raises(ValueError, match="512 samples are too few: frames need 513"):
        LogMel(PANN)(torch.zeros(1, 512))


def test_batch_is_analysed_clip_by_clip(logmel):
    torch.testing.assert_close(LogMel(ICBHI)(tones()[1:]), logmel[1:])


def test_autocast_leaves_the_front_end_in_full_precision(logmel):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(LogMel(ICBHI)(tones()), logmel)


def test_each_example_spans_0_to_1_by_itself(logmel):
    normalised = normalise(logmel, over="example")
    assert normalised.amin(dim=(1, 2, 3)).tolist() == [0, 0]
    assert normalised.amax(dim=(1, 2, 3)).tolist() == [1, 1]
    torch.testing.assert_close(normalised[1:], normalise(logmel[1:], over="batch"))


def test_dataset_bounds_are_taken_as_given(logmel):
    normalised = normalise(logmel, over="dataset", bounds=(-100.0, 0.0))
    torch.testing.assert_close(normalised, (logmel + 100) / 100)
    assert normalised.max() > 1


@pytest.mark.parametrize(
    ("over", "bounds"), [("batch", None), ("example", None), ("dataset", (-7.0, -7.0))]
)
def test_constant_input_gives_zeros(over, bounds):
    constant = torch.full((2, 1, 64, 5), -7.0)
    assert torch.equal(normalise(constant, over, bounds), torch.zeros_like(constant))


def test_one_silent_clip_leaves_its_neighbour_alone(logmel):
    pair = torch.cat([logmel[:1], torch.full_like(logmel[:1], -100.0)])
    normalised = normalise(pair, over="example")
    assert torch.equal(normalised[0], normalise(logmel[:1], over="example")[0])
    assert torch.all(normalised[1] == 0)


@pytest.mark.parametrize(
    ("over", "bounds", "message"),
    [
        ("exemple", None, "did you mean 'example'"),
        ("dataset", None, "bounds go with over='dataset' only"),
        ("batch", (0.0, 1.0), "bounds go with over='dataset' only"),
        ("dataset", (1.0, 0.0), "the lowest and the highest"),
        ("dataset", (float("nan"), 0.0), "the lowest and the highest"),
    ],
)
def test_bounds_that_make_no_sense_are_refused(logmel, over, bounds, message):
    with pytest.raises(ValueError, match=message):
        normalise(logmel, over, bounds)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_gpu_gives_the_same_decibels(logmel):
    on_gpu = LogMel(ICBHI).cuda()(tones().cuda()).cpu()
    audible = logmel > -40  # below, the rounding of the transform shows
    torch.testing.assert_close(on_gpu[audible], logmel[audible], atol=1e-2, rtol=0)

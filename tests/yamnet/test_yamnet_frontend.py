"""Front ends: frames and bands from their definition, and Google's own filters; patches."""

import numpy as np
import pytest
import torch

from yamnet import LogMel, patches


def filters(scale) -> np.ndarray:
    """Triangles (257, 64) between points equally spaced in mel, straight on the scale given."""
    frequencies = np.linspace(0, 8000, 257)
    ends = 2595 * np.log10(1 + np.array([125, 7500]) / 700)
    points = 700 * (10 ** (np.linspace(*ends, 66) / 2595) - 1)
    bank = [np.interp(scale(frequencies), scale(points[b : b + 3]), [0, 1, 0]) for b in range(64)]
    return np.stack(bank, axis=1)


def log_mel(waveform: np.ndarray, scale) -> np.ndarray:
    """Frames that start at every 160th sample, one by one."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    starts = range(0, len(waveform) - 399, 160)
    frames = np.stack([np.fft.rfft(waveform[s : s + 400] * window, 512) for s in starts])
    return np.log(np.abs(frames) @ filters(scale) + 0.001)


def mel(frequency: np.ndarray) -> np.ndarray:
    return np.log1p(frequency / 700)


def hertz(frequency: np.ndarray) -> np.ndarray:
    return frequency


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return 0.1 * np.random.default_rng(0).normal(size=16_000)


def test_google_front_end_is_its_definition(noise):
    got = LogMel().double()(torch.from_numpy(noise)[None])
    assert got.shape == (1, 98, 64)
    np.testing.assert_allclose(got[0], log_mel(noise, mel), rtol=0, atol=2e-5)


def test_centred_front_end_is_its_definition(noise):
    got = LogMel(centred=True).double()(torch.from_numpy(noise)[None])
    assert got.shape == (1, 101, 64)
    extended = np.pad(noise, 200, mode="reflect")
    np.testing.assert_allclose(got[0], log_mel(extended, hertz), rtol=0, atol=2e-5)


def test_float32_is_close_to_float64(noise):
    double = LogMel().double()(torch.from_numpy(noise)[None])
    single = LogMel()(torch.from_numpy(noise).float()[None])
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), double, atol=2e-5, rtol=0)


@pytest.mark.parametrize(("centred", "frames"), [(False, 96), (True, 98)])
def test_a_patch_takes_15600_samples(centred, frames):
    silence = torch.zeros(2, 15_600)
    result = LogMel(centred)(silence)
    assert result.shape == (2, frames, 64)
    torch.testing.assert_close(result, torch.full_like(result, np.log(0.001)))


def test_the_filters_of_both_differ_by_half_a_percent():
    google, port = LogMel().filters, LogMel(centred=True).filters
    difference = (google - port).abs().max().item()
    assert difference == pytest.approx(0.0044, abs=5e-5)
    assert google.sum().item() == pytest.approx(230.9136, abs=1e-3)
    assert port.sum().item() == pytest.approx(230.9402, abs=1e-3)


def test_filters_and_window_are_those_in_googles_file(real_data):
    tflite = pytest.importorskip("tflite")
    content = (real_data("yamnet") / "yamnet_classification_int8.tflite").read_bytes()
    model = tflite.Model.GetRootAs(content)
    graph = model.Subgraphs(0)

    def constant(place: int) -> np.ndarray:
        tensor = graph.Tensors(place)
        data = model.Buffers(tensor.Buffer()).DataAsNumpy().view(np.float32)
        return data.reshape(tensor.ShapeAsNumpy())

    np.testing.assert_allclose(LogMel().filters.T, constant(22), atol=1e-7)
    np.testing.assert_allclose(LogMel().window, constant(11), atol=3e-7)


def test_autocast_leaves_the_front_end_in_full_precision(noise):
    waveform = torch.from_numpy(noise).float()[None]
    full = LogMel()(waveform)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(LogMel()(waveform), full)


def test_gradient_passes_even_through_silence():
    waveform = torch.zeros(1, 1600, requires_grad=True)
    LogMel()(waveform).sum().backward()
    assert torch.isfinite(waveform.grad).all()


def test_a_front_end_leaves_no_entries_in_a_state():
    assert LogMel().state_dict() == {}


@pytest.mark.parametrize("centred", [False, True])
def test_a_waveform_shorter_than_a_frame_is_refused(centred):
    with pytest.raises(ValueError, match="399 samples are shorter than a frame"):
        LogMel(centred)(torch.zeros(1, 399))


@pytest.mark.parametrize(
    ("hop", "frames", "starts"),
    [
        (0.48, 96, [0]),
        (0.48, 143, [0]),
        (0.48, 144, [0, 48]),
        (1.0, 401, [0, 100, 200, 300]),
        (0.96, 300, [0, 96, 192]),
    ],
)
def test_patches_start_at_every_hop(hop, frames, starts):
    numbered = torch.arange(float(frames)).reshape(1, -1, 1).expand(2, -1, 64)
    cut = patches(numbered, hop)
    assert cut.shape == (2, len(starts), 96, 64)
    assert cut[1, :, 0, 5].tolist() == starts
    assert cut[1, :, 95, 5].tolist() == [start + 95 for start in starts]


@pytest.mark.parametrize("hop", [0, -0.48, 0.005, 0.485, float("nan"), float("inf")])
def test_a_hop_of_no_whole_frames_is_refused(hop):
    with pytest.raises(ValueError, match=r"no multiple of a frame's, 0.01 s"):
        patches(torch.zeros(1, 96, 64), hop)


def test_too_few_frames_for_a_patch_are_refused():
    with pytest.raises(ValueError, match=r"95 frames are fewer than a patch.*15,600 samples"):
        patches(torch.zeros(1, 95, 64))

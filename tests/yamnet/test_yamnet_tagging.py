"""Scores along a recording: as one pass over all of it, whatever the pieces; refusals."""

import numpy as np
import pytest
import torch
from small_yamnet import small_yamnet

from yamnet import LogMel, YamNet, patches, scores


@pytest.fixture(scope="module")
def network() -> YamNet:
    """A small network, in training mode."""
    return small_yamnet().train()


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    noise = 0.1 * np.random.default_rng(0).normal(size=80_123)
    return (noise * np.linspace(0.01, 1, len(noise))).astype(np.float32)


@pytest.mark.parametrize("batch", [1, 3, 64])
@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("hop", [0.48, 1.0])
def test_pieces_give_what_one_pass_gives(network, noise, batch, centred, hop):
    got = scores(network, noise, hop, centred, batch)
    log_mel = LogMel(centred)(torch.from_numpy(noise)[None])
    expected = network.eval()(patches(log_mel, hop)[0]).sigmoid()
    network.train()
    assert got.shape == (9 if hop == 0.48 else 5, 7)
    torch.testing.assert_close(got, expected, atol=1e-4, rtol=0)
    assert got.std(dim=0).min() > 1e-3


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("more", range(-200, 700, 79))
def test_all_whole_patches_are_scored(network, more, centred):
    waveform = np.zeros(15_600 + 7680 + more, np.float32)
    frames = LogMel(centred)(torch.from_numpy(waveform)[None])
    assert len(scores(network, waveform, 0.48, centred)) == patches(frames, 0.48).shape[1]


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("samples", [0, 1, 399, 15_599])
def test_a_short_sound_is_extended_with_silence(network, noise, samples, centred):
    short = np.append(noise[:samples], np.zeros(15_600 - samples, np.float32))
    expected = scores(network, short, centred=centred)
    assert expected.shape == (1, 7)
    assert torch.equal(scores(network, noise[:samples], centred=centred), expected)


def test_a_memory_mapped_waveform_is_read_and_left_alone(network, noise, tmp_path):
    np.save(tmp_path / "waveform.npy", noise.astype(np.float64))
    mapped = np.load(tmp_path / "waveform.npy", mmap_mode="r")
    torch.testing.assert_close(scores(network, mapped), scores(network, noise))


def test_no_more_than_a_piece_is_held(network):
    """Rows that reach the network at once are as many as the batch."""
    seen = []
    hook = network.layer1.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    scores(network, np.zeros(16_000 * 30, np.float32), batch=8)
    hook.remove()
    assert max(seen) == 8
    assert sum(seen) == 61


def test_scores_carry_no_gradient_and_leave_the_mode(network, noise):
    result = scores(network, noise)
    assert not result.requires_grad
    assert network.training
    assert result.min() >= 0
    assert result.max() <= 1


@pytest.mark.parametrize(
    "waveform", [np.zeros((2, 16_000), np.float32), np.zeros(16_000, np.int16)]
)
def test_what_is_no_waveform_is_refused(network, waveform):
    with pytest.raises(ValueError, match=r"a waveform is an array \(samples,\) .* from -1 to 1"):
        scores(network, waveform)


def test_a_hop_of_no_whole_frames_is_refused(network, noise):
    with pytest.raises(ValueError, match=r"a hop of 0.485 s"):
        scores(network, noise, hop=0.485)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_gpu_gives_the_same_scores(network, noise):
    on_gpu = scores(network.cuda(), noise)
    assert on_gpu.device.type == "cpu"
    torch.testing.assert_close(on_gpu, scores(network.cpu(), noise), atol=1e-3, rtol=0)

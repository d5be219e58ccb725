"""The audio encoder: published sizes, and every clip as it is alone."""

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, batch_norm, conv2d, normalize
from torch.nn.utils.rnn import pad_sequence

from core.errors import DataError, UnknownName
from experiments.common.placement import place
from experiments.retrieval.encoder import AudioEncoder

SMALL = {"cnn14": 1 / 16, "cnn10": 1 / 16, "cnn6": 1 / 16}
NO_DROPOUT = {"conv_dropout": 0.0, "fc_dropout": 0.0}
LENGTHS = {"cnn14": [300, 129, 64, 200, 40, 1], "cnn10": [75, 33, 16, 50, 9, 1]}
LENGTHS["cnn6"] = LENGTHS["cnn10"]


def encoder(backbone="cnn6", **changed):
    """A small encoder that has seen something: its batch norms do not leave maps as they are."""
    torch.manual_seed(0)
    made = AudioEncoder(backbone, SMALL[backbone], **changed)
    for module in made.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(std=0.3)
            module.running_var.uniform_(0.5, 2)
            nn.init.normal_(module.bias, std=0.3)
    return place(made, "cpu").eval()


def clips(lengths, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(length, 64, generator=generator) for length in lengths]


def parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_golden_sizes():
    with torch.device("meta"):
        assert parameters(AudioEncoder("cnn14")) == 80_288_492
        extra = parameters(AudioEncoder("cnn14", fc_units=1457)) - 80_288_492
        cnn10, cnn6 = AudioEncoder("cnn10"), AudioEncoder("cnn6")
    assert extra == (2048 * 1457 + 1457) + (1457 * 300 + 300) - (2048 * 300 + 300)
    head = 2 * 64 + (512 * 512 + 512) + (512 * 300 + 300)
    assert parameters(cnn10) == parameters(cnn10.trunk) + head
    assert parameters(cnn6) == parameters(cnn6.trunk) + head


def test_weights_are_drawn_from_he_s_normal_distribution():
    torch.manual_seed(0)
    made = AudioEncoder("cnn14", 0.25)
    layers = [m for m in made.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    scaled = [m.weight.flatten() * (m.weight[0].numel() / 2) ** 0.5 for m in layers]
    assert len(layers) == 14
    assert all(each.std().item() == pytest.approx(1, rel=0.2) for each in scaled)
    assert torch.cat(scaled).std().item() == pytest.approx(1, rel=0.002)
    assert not any(m.bias.any() for m in layers if m.bias is not None)


@pytest.mark.parametrize("backbone", SMALL)
@pytest.mark.parametrize(("kind", "off"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_a_clip_in_a_batch_is_what_it_is_alone(backbone, kind, off):
    made, lengths = encoder(backbone).to(kind), LENGTHS[backbone]
    heard = [clip.to(kind) for clip in clips(lengths)]
    with torch.inference_mode():
        together = made(pad_sequence(heard, True, padding_value=70.0), torch.tensor(lengths))
        alone = torch.cat([made(clip[None]) for clip in heard])
    assert normalize(alone).std(0).mean() > 0.005, "clips differ"
    torch.testing.assert_close(normalize(together), normalize(alone), rtol=0, atol=off)


@pytest.mark.parametrize("lengths", [[75, 33, 16, 50], [40, 40, 40, 40]])
def test_what_is_behind_clips_does_not_train(lengths):
    """Neither numbers there, nor how far they go on: statistics and gradients are of the clips."""
    found = []
    for padding, more in ((0.0, 0), (50.0, 0), (50.0, 13)):
        made = encoder(**NO_DROPOUT).train()
        batch = pad_sequence(clips(lengths), batch_first=True, padding_value=padding)
        behind = torch.full((len(batch), more, 64), padding)
        made(torch.cat([batch, behind], 1), torch.tensor(lengths)).square().sum().backward()
        gradients = torch.cat([p.grad.flatten() for p in made.parameters()])
        buffers = torch.cat([b.flatten().float() for b in made.buffers()])
        found.append((gradients, buffers))
    for gradients, buffers in found[1:]:
        scale = float(found[0][0].abs().max())
        torch.testing.assert_close(gradients, found[0][0], rtol=1e-3, atol=1e-5 * scale)
        torch.testing.assert_close(buffers, found[0][1], rtol=1e-5, atol=1e-6)


def test_batch_norm_of_bands_is_of_the_clips_own_frames():
    made, lengths = encoder(), [75, 33, 16]
    made.train().bn0.momentum = 1.0
    made(pad_sequence(clips(lengths), batch_first=True), torch.tensor(lengths))
    frames = torch.cat(clips(lengths))
    torch.testing.assert_close(made.bn0.running_mean, frames.mean(0))
    torch.testing.assert_close(made.bn0.running_var, frames.var(0))


@torch.inference_mode()
def test_the_layers_written_out():
    made = encoder("cnn14").double()
    logmel = torch.stack(clips([150, 150])).double()

    def norm(x, layer):
        return batch_norm(x, layer.running_mean, layer.running_var, layer.weight, layer.bias)

    x = norm(logmel.transpose(1, 2), made.bn0).transpose(1, 2)[:, None]
    for number in range(1, 7):
        block = getattr(made.trunk, f"conv_block{number}")
        for convolve, after in ((block.conv1, block.bn1), (block.conv2, block.bn2)):
            x = norm(conv2d(x, convolve.weight, padding=1), after).relu()
        x = avg_pool2d(x, 2)
    assert x.shape[2:] == (2, 1)  # 150 frames / 64, 64 bands / 64
    x = x.mean(3)
    x = made.fc1(x.amax(2) + x.mean(2)).relu()
    torch.testing.assert_close(made(logmel), made.projection(x))


def test_a_short_clip_is_lengthened_by_the_mean_of_each_band():
    made = encoder()
    (clip,) = clips([9])
    longer = torch.cat([clip, made.bn0.running_mean.expand(7, 64)])
    made.bn0.bias.data.zero_()
    with torch.inference_mode():
        torch.testing.assert_close(made(clip[None]), made(longer[None]), rtol=1e-5, atol=1e-5)


def test_dropout_is_where_it_was_asked_for():
    batch = torch.stack(clips([32, 32]))
    for changed, varies in (
        (NO_DROPOUT, False),
        ({**NO_DROPOUT, "conv_dropout": 0.2}, True),
        ({**NO_DROPOUT, "fc_dropout": 0.5}, True),
    ):
        made = encoder(**changed).train()
        assert torch.equal(made(batch), made(batch)) != varies
        made.eval()
        assert torch.equal(made(batch), made(batch))


def test_an_extra_layer_has_nothing_between_it_and_the_last():
    made = encoder(fc_units=7)
    assert [type(layer) for layer in made.projection] == [nn.Linear, nn.Linear]
    assert made.projection[0].out_features == 7
    assert made(torch.stack(clips([32]))).shape == (1, 300)


def test_what_cannot_be_read():
    made = encoder()
    with pytest.raises(DataError, match=r"must be \(clips, frames, 64 bands\), not \(2, 30, 40\)"):
        made(torch.zeros(2, 30, 40))
    with pytest.raises(DataError, match="a clip has no frame"):
        made(torch.zeros(2, 30, 64), torch.tensor([30, 0]))


def test_what_cannot_be_built():
    with pytest.raises(UnknownName, match="did you mean 'cnn14'"):
        AudioEncoder("cnn41")
    with pytest.raises(ValueError, match="width"):
        AudioEncoder("cnn6", 0.01)

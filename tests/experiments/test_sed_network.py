"""The networks: published sizes, the published answers, any length of clips, repairs."""

import pytest
import torch
from mixed import setting_of

from core.errors import DataError, UnknownName
from experiments.common.placement import place
from experiments.common.precision import precision_of
from experiments.sed.material import Shape
from experiments.sed.network import HEADS, build

PUBLISHED = Shape(311, 64, 41)
SHORT = Shape(20, 16, 5)


def parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


def network(shape=SHORT, seed=1, **changed):
    return build(setting_of(**changed), shape, seed)


def clips(shape=SHORT, count=3):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(count, shape.frames, shape.bands, generator=generator)


@pytest.mark.parametrize(
    ("model", "changed", "size"),
    [
        ("att2_ae", {"decoder": "published"}, 1_967_366),
        ("att2_ae", {"decoder": "linear"}, 1_967_354),  # 301 parameters of a block become 289
        ("att2", {}, 1_183_177 + 202_384),
        ("att1", {}, 1_183_177 + 2 * (64 * 64 + 64)),
        ("gmp", {}, 587_593),
        ("gap", {}, 587_593),
        ("gwrp", {}, 587_593),
        ("atrous_att", {"atrous": "published"}, 1_047_570),
        ("atrous_att", {"atrous": "repaired"}, 1_047_570),
    ],
)
def test_golden_sizes(model, changed, size):
    with torch.device("meta"):
        assert parameters(network(PUBLISHED, model=model, width=1, **changed)) == size


def test_golden_sizes_of_the_parts():
    with torch.device("meta"):
        whole = network(PUBLISHED, width=1, decoder="published")
    assert parameters(whole.trunk) + parameters(whole.maps) == 1_183_177
    assert parameters(whole.decoder) == 581_805
    assert parameters(whole.head) == 202_384


@pytest.mark.parametrize("model", HEADS)
@pytest.mark.parametrize("shape", [SHORT, Shape(33, 16, 5)])
def test_what_every_network_says(model, shape):
    answer = network(shape, model=model)(clips(shape))
    size = (3, shape.classes, shape.frames, shape.bands)
    assert answer.clips.shape == size[:2]
    assert answer.frames.shape == size[:3]
    assert answer.cells.shape == size
    for said in (answer.clips, answer.frames, answer.cells):
        assert said.min() >= 0 and said.max() <= 1 + 1e-6
    assert (answer.reconstruction is None) == (model != "att2_ae")
    attentive = answer.frequency_attention is not None
    assert attentive == (answer.time_attention is not None) == ("att" in model)
    if attentive:
        torch.testing.assert_close(answer.frequency_attention.sum(-1), torch.ones(size[:3]))
        torch.testing.assert_close(answer.time_attention.sum(-1), torch.ones(size[:2]))


@pytest.mark.parametrize("model", HEADS)
@pytest.mark.parametrize("variant", ["published", "other"])
def test_every_parameter_learns(model, variant):
    if variant == "published":
        made = network(model=model, decoder="published", atrous="published")
    else:
        made = network(model=model)
    answer = made(clips())
    loss = answer.clips[:, 1:].square().sum()
    if answer.reconstruction is not None:
        loss = loss + answer.reconstruction.square().mean()
    loss.backward()
    for name, parameter in made.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name


def test_clips_of_another_length_are_refused():
    with pytest.raises(DataError, match=r"\(19, 16\).*for \(20, 16\).*this length"):
        network()(clips()[:, 1:])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model": "att3"}, "unknown model 'att3'.*att2"),
        ({"decoder": "linaer"}, "unknown decoder 'linaer'.*linear"),
        ({"model": "atrous_att", "atrous": "fixed"}, "variant of the atrous network.*repaired"),
    ],
)
def test_what_is_not_known_is_told(changed, message):
    with pytest.raises(UnknownName, match=message):
        network(**changed)


def test_a_width_that_cuts_a_channel_is_told():
    with pytest.raises(ValueError, match="multiple of 1/32"):
        network(width=0.1)


def test_weights_are_the_seed_and_the_decoder_changes_no_other():
    torch.manual_seed(5)
    whole, alone = network(seed=2).state_dict(), network(seed=2, model="att2").state_dict()
    assert set(alone) < set(whole)
    assert all(torch.equal(whole[name], alone[name]) for name in alone)
    other = network(seed=3, model="att2").state_dict()
    assert not torch.equal(other["maps.weight"], alone["maps.weight"])


def test_convolutions_start_he_uniform():
    made = network(Shape(4, 4, 41), width=1, model="att2")
    weight = made.trunk[3][1][0].weight.detach()  # 256 → 256, 3 × 3
    bound = (6 / (256 * 9)) ** 0.5
    assert weight.abs().max() == pytest.approx(bound, rel=1e-3)
    assert weight.std() == pytest.approx(bound / 3**0.5, rel=1e-2)
    assert not made.maps.bias.any()


def test_log_mels_are_standardised_by_the_state_of_the_network():
    made, x = network().eval(), clips()
    with torch.no_grad():
        expected = made(x)
        made.standardise(torch.arange(16.0), torch.full((16,), 2.0))
        answer = made(2 * x + torch.arange(16.0))
    torch.testing.assert_close(answer.features, x)
    torch.testing.assert_close(answer.clips, expected.clips)
    fresh = network(seed=9)
    fresh.load_state_dict(made.state_dict())
    assert fresh.std.tolist() == [2.0] * 16


def test_only_the_linear_decoder_goes_below_zero():
    published, linear = (
        network(decoder=d)(clips()).reconstruction for d in ("published", "linear")
    )
    assert published.min() >= 0
    assert linear.min() < 0


@pytest.mark.parametrize("model", HEADS)
def test_channels_last_and_bfloat16_say_the_same(model):
    made = network(model=model).train()
    expected = made(clips())
    placed = place(network(model=model).train(), "cpu")
    torch.testing.assert_close(placed(clips()).clips, expected.clips, rtol=1e-4, atol=1e-5)
    with precision_of("bfloat16", "cpu"):
        rough = placed(clips())
    assert {rough.clips.dtype, rough.frames.dtype, rough.cells.dtype} == {torch.float32}
    assert (rough.clips - expected.clips).abs().max() < 0.05

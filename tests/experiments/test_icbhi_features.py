import numpy as np
import pytest
import torch
from small_icbhi import RATE, setting_of

from experiments.icbhi.features import Features, analyse, load_features

TRAIN = torch.arange(30)


def load(cycles, **changed):
    return load_features(cycles, TRAIN, setting_of("encoder", **changed), "cpu")


def test_log_mels_are_those_of_each_waveform_alone(cycles):
    logmels = analyse(cycles["waveforms"], RATE, "cpu")
    assert logmels.shape == (len(cycles["label"]), 1, 64, 1 + RATE // 512)
    alone = analyse(np.array(cycles["waveforms"][5:6]), RATE, "cpu")
    assert torch.allclose(logmels[5:6], alone, atol=1e-3)


def test_over_a_batch_a_cycle_depends_on_its_neighbours(cycles):
    features = load(cycles, normalise="batch")
    with_one, with_other = (
        features.batch(torch.tensor([0, 1])),
        features.batch(torch.tensor([0, 9])),
    )
    assert not torch.equal(with_one[0], with_other[0])
    assert with_one.amin() == 0 and with_one.amax() == 1


@pytest.mark.parametrize("normalise", ["dataset", "example"])
def test_otherwise_it_does_not(cycles, normalise):
    features = load(cycles, normalise=normalise)
    with_one, with_other = (
        features.batch(torch.tensor([0, 1])),
        features.batch(torch.tensor([0, 9])),
    )
    assert torch.equal(with_one[0], with_other[0])


def test_bounds_are_measured_over_the_training_cycles(cycles):
    train = load(cycles, normalise="dataset").batch(TRAIN)
    assert train.amin() == 0 and train.amax() == 1


@pytest.mark.parametrize("normalise", ["dataset", "example", "batch"])
def test_measured_scale_centres_the_training_cycles(cycles, normalise):
    features = load(cycles, normalise=normalise, standardise="measured")
    values = features.finish(features.batch(TRAIN))
    assert float(values.mean()) == pytest.approx(0, abs=1e-3)
    assert float(values.std()) == pytest.approx(1, abs=1e-3)


def test_published_scale_is_constant(cycles):
    features = load(cycles, standardise="published")
    assert features.finish(torch.zeros(1)).item() == pytest.approx(-14.47, abs=5e-3)


def test_masks_are_the_mean_or_as_published_the_lowest_value():
    features = Features(torch.zeros(0), over_batch=False, scale=(0.5, 0.25))
    ones = torch.ones(64, 1, 64, 251)
    for kind, blank in (("always", 0.0), ("published", -2.0)):
        seen = features.view(ones, kind, torch.Generator().manual_seed(1))
        assert set(seen.unique().tolist()) == {blank, 2.0}


def test_published_coin_leaves_some_views_as_they_are():
    features = Features(torch.zeros(0), over_batch=False)
    ones = torch.ones(2, 1, 64, 32)
    generator = torch.Generator().manual_seed(0)
    whole = [
        bool((features.view(ones, "published", generator).unique().numel()) == 1)
        for _ in range(300)
    ]
    assert np.mean(whole) == pytest.approx(0.16, abs=0.06)
    always = [features.view(ones, "always", generator).unique().numel() == 1 for _ in range(50)]
    assert not any(always)


def test_shorter_cycles_have_narrower_masks():
    features = Features(torch.zeros(0), over_batch=False, scale=(0.0, 1.0))
    seen = features.view(torch.ones(500, 1, 64, 25), "always", torch.Generator().manual_seed(0))
    frames_blank = (seen == 0).all(dim=2).sum(dim=-1)
    assert frames_blank.max() <= 2 * (round(40 * 25 / 251) - 1)

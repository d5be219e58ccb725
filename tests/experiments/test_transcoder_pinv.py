"""PINV: its definition step by step, golden factors, published parity, gradients."""

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from core.errors import UnknownName
from experiments.transcoder.pinv import Pinv
from experiments.transcoder.recording import read
from experiments.transcoder.representation import representation
from experiments.transcoder.third_octave import ThirdOctave, membership

GOLDEN_FACTORS = {"PANN": 0.0156708, "YamNet": 0.00393299}


def levels(n: int = 3) -> torch.Tensor:
    """Levels (n, 8, 29) of noise that rises and falls."""
    shape = torch.linspace(-60, 20, 8 * 29 * n).reshape(n, 8, 29)
    return shape + torch.randn(shape.shape, generator=torch.Generator().manual_seed(0))


def plain(classifier: str, given: torch.Tensor, variant: str) -> torch.Tensor:
    """PINV from its definition, cell by cell, in float64."""
    target = representation(classifier)
    band = (10 ** ((given.double() - 26) / 20) * 4096 * 2**0.5 / 2) ** 2
    spread = np.linalg.pinv(membership(), rcond=1e-15).clip(min=0)
    cells = GOLDEN_FACTORS[classifier] * band @ torch.from_numpy(spread).T
    cells = interpolate(cells.transpose(1, 2), target.frames, mode="linear").transpose(1, 2)
    if variant == "magnitude" and classifier == "YamNet":
        cells = cells.sqrt() / 4
    return target.log(cells @ target.filters(4096, 32_000).double())


@pytest.mark.parametrize(
    ("classifier", "variant"), [("PANN", "power"), ("YamNet", "power"), ("YamNet", "magnitude")]
)
def test_it_is_its_definition(classifier, variant):
    found = Pinv(classifier, variant)(levels())
    expected = plain(classifier, levels(), variant).float()
    assert found.shape == (3, representation(classifier).frames, 64)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-4)


def test_pann_reads_power_in_either_variant():
    assert torch.equal(Pinv("PANN", "power")(levels()), Pinv("PANN", "magnitude")(levels()))


def test_magnitudes_are_the_default_for_yamnet():
    assert torch.equal(Pinv("YamNet")(levels()), Pinv("YamNet", "magnitude")(levels()))


def test_a_part_of_a_second_is_stretched_to_one():
    assert Pinv("PANN")(levels()[:, :3]).shape == (3, 101, 64)


@pytest.mark.parametrize("classifier", ["PANN", "YamNet"])
def test_gradients_reach_every_band_that_the_classifier_hears(classifier):
    given = levels().requires_grad_()
    Pinv(classifier)(given).sum().backward()
    assert given.grad.isfinite().all()
    heard = given.grad.abs().sum(dim=(0, 1)) > 0
    assert heard[9:28].all()  # 160 Hz to 10 kHz; YamNet ends at 7.5 kHz


def test_gradients_are_finite_for_silence():
    given = torch.full((1, 8, 29), -154.0, requires_grad=True)
    Pinv("YamNet")(given).sum().backward()
    assert given.grad.isfinite().all()


def test_autocast_changes_nothing():
    pinv = Pinv("PANN")
    with torch.autocast("cpu", torch.bfloat16):
        half = pinv(levels())
    assert torch.equal(half, pinv(levels()))


def test_nothing_is_trained_or_stored():
    assert not list(Pinv("PANN").parameters())
    assert not Pinv("PANN").state_dict()


def test_unknown_names_are_refused():
    with pytest.raises(UnknownName, match="variant of PINV"):
        Pinv("YamNet", "powers")
    with pytest.raises(UnknownName, match="classifier"):
        Pinv("Pan")


def errors_of(path, classifier: str) -> dict[str, float]:
    """Mean squared difference of each variant from the log-mels of a recording of ten seconds."""
    target = representation(classifier)
    waves = read(path)
    given = ThirdOctave()(torch.from_numpy(waves[32_000]).view(10, -1))
    truth = target.module()(torch.from_numpy(waves[target.sample_rate]).view(10, -1))
    return {
        variant: float((Pinv(classifier, variant)(given) - truth).square().mean())
        for variant in ("power", "magnitude")
    }


@pytest.mark.parametrize(("classifier", "golden"), [("PANN", 20.620), ("YamNet", 2.545)])
def test_published_errors_on_a_real_scene(real_data, classifier, golden):
    path = real_data("tau-clips") / "street_pedestrian-paris-152-4607-a.flac"
    assert errors_of(path, classifier)["power"] == pytest.approx(golden, abs=5e-4)


def test_magnitudes_have_a_fifth_of_the_error_of_powers(real_data):
    errors = [errors_of(path, "YamNet") for path in real_data("tau-clips").glob("*.flac")]
    power, magnitude = (np.mean([e[variant] for e in errors]) for variant in errors[0])
    assert magnitude < 0.5
    assert power > 4.5 * magnitude

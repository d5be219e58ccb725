import pytest
import torch
from golden_icbhi import LABELS, LOGITS, VIEWS, WEIGHTS
from small_icbhi import setting_of

from experiments.icbhi.methods import METHODS
from experiments.icbhi.network import Answer


def loss_of(method, **changed):
    answer = Answer(logits=LOGITS, projections=VIEWS)
    setting = setting_of("encoder", method, **changed)
    return METHODS[method].loss(setting, answer, LABELS, WEIGHTS).item()


def test_hybrid_as_coded():
    assert loss_of("hybrid") == pytest.approx(9.013868, abs=2e-5)


@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_alpha_is_the_share_of_the_contrast(alpha):
    mixed = alpha * loss_of("scl") + (1 - alpha) * loss_of("ce")
    assert loss_of("hybrid", alpha=alpha) == pytest.approx(mixed)


def test_temperature_and_denominator_reach_the_loss():
    assert loss_of("scl", denominator="negatives") == pytest.approx(15.502002, abs=2e-5)
    assert loss_of("scl", temperature=0.2) < loss_of("scl")


def test_a_method_has_the_heads_that_its_loss_reads():
    for method in METHODS.values():
        answer = Answer(LOGITS if method.classifier else None, VIEWS if method.projector else None)
        setting = setting_of("encoder", "hybrid")
        assert torch.isfinite(method.loss(setting, answer, LABELS, WEIGHTS))

import pytest
import torch
from golden_icbhi import LABELS, LOGITS, VIEWS, WEIGHTS
from small_icbhi import setting_of

from core import Setting
from core.errors import UnknownName
from experiments.icbhi.methods import METHODS
from experiments.icbhi.network import Answer

OTHERS = torch.tensor([0, 1, 0, 1, 0, 1])  # a label that goes across the classes
NAMED = {"class": LABELS, "sa": OTHERS, "sex": OTHERS}


def loss_of(method, projections=(VIEWS, VIEWS), **changed):
    heads = METHODS[method].projectors
    answer = Answer(LOGITS if METHODS[method].classifier else None, projections[:heads])
    setting = setting_of("encoder", method, **changed)
    return METHODS[method].loss(setting, answer, NAMED, WEIGHTS).item()


def test_hybrid_as_coded():
    assert loss_of("hybrid") == pytest.approx(9.013868, abs=2e-5)


def test_simclr_attracts_the_other_view_alone():
    assert loss_of("simclr") == pytest.approx(15.687779, abs=2e-5)


@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_alpha_is_a_share_of_the_contrast_as_coded_or_of_the_classification_as_printed(alpha):
    mixed = alpha * loss_of("scl") + (1 - alpha) * loss_of("ce")
    assert loss_of("hybrid", alpha=alpha) == pytest.approx(mixed)
    swapped = loss_of("hybrid", alpha=1 - alpha, alpha_on="classification")
    assert swapped == pytest.approx(mixed)


def test_a_sense_of_alpha_that_nobody_has_is_told():
    setting = Setting({**setting_of("encoder", "hybrid"), "alpha_on": "both"})
    with pytest.raises(UnknownName, match="alpha_on"):
        METHODS["hybrid"].loss(setting, Answer(LOGITS, (VIEWS,)), NAMED, WEIGHTS)


def test_scl_attracts_by_the_label_named():
    assert loss_of("scl", label="sa") != pytest.approx(loss_of("scl"))
    assert loss_of("scl", label="sa") == pytest.approx(loss_of("scl", label="sex"))


@pytest.mark.parametrize("lam", [0.0, 0.75, 1.0])
def test_mscl_weighs_class_on_one_projector_and_metadata_on_the_other(lam):
    other = VIEWS.flip(-1) ** 2  # cosines of its own, so that heads cannot be taken for each other
    by_class = loss_of("scl")
    by_metadata = loss_of("scl", projections=(other,), label="sa")
    mixed = lam * by_class + (1 - lam) * by_metadata
    assert loss_of("mscl", projections=(VIEWS, other), lam=lam) == pytest.approx(mixed)


def test_temperature_and_denominator_reach_the_loss():
    assert loss_of("scl", denominator="negatives") == pytest.approx(15.502002, abs=2e-5)
    for method in ("scl", "simclr", "mscl"):
        assert loss_of(method, temperature=0.2) < loss_of(method)


def test_a_method_has_the_heads_that_its_loss_reads():
    for name in METHODS:
        assert loss_of(name) > 0

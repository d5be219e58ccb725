import pytest
import torch
from golden_icbhi import LABELS, LOGITS, VIEWS, WEIGHTS

from core.errors import UnknownName
from experiments.icbhi.losses import class_weights, cross_entropy, supervised_contrastive

COUNTS = (2063, 1215, 501, 363)  # normal, crackle, wheeze, both in the official training part


def test_supcon_as_coded():
    assert supervised_contrastive(VIEWS, LABELS).item() == pytest.approx(16.415483, abs=2e-5)


def test_simclr_is_supcon_with_every_example_its_own_class():
    found = supervised_contrastive(VIEWS, torch.arange(6))
    assert found.item() == pytest.approx(15.687779, abs=2e-5)


def test_equation_2_has_negatives_only_below():
    mean = supervised_contrastive(VIEWS, LABELS, denominator="negatives")
    assert mean.item() == pytest.approx(15.502002, abs=2e-5)
    assert 12 * mean.item() == pytest.approx(186.024025, abs=2e-4)


def test_supcon_term_by_term():
    """The definition, written as loops in float64."""
    rows = torch.nn.functional.normalize(VIEWS.double().reshape(12, 8), dim=1)
    label = LABELS.repeat(2)
    similarity = rows @ rows.T / 0.2
    total = 0.0
    for i in range(12):
        others = [a for a in range(12) if a != i]
        below = torch.stack([similarity[i, a] for a in others]).exp().sum().log()
        positives = [p for p in others if label[p] == label[i]]
        total -= sum(float(similarity[i, p] - below) for p in positives) / len(positives)
    found = supervised_contrastive(VIEWS, LABELS, temperature=0.2)
    assert found.item() == pytest.approx(total / 12, rel=1e-5)


def test_only_directions_are_compared():
    assert torch.allclose(
        supervised_contrastive(VIEWS, LABELS), supervised_contrastive(100 * VIEWS, LABELS)
    )


@pytest.mark.parametrize("denominator", ["all", "negatives"])
def test_gradients_are_finite_at_low_temperature_and_without_negatives(denominator):
    for labels in (LABELS, torch.zeros(6, dtype=torch.long)):
        views = VIEWS.clone().requires_grad_()
        supervised_contrastive(views, labels, 1e-3, denominator).backward()
        assert views.grad.isfinite().all()


def test_a_batch_without_negatives_teaches_nothing_by_equation_2():
    loss = supervised_contrastive(VIEWS, torch.zeros(6, dtype=torch.long), 0.06, "negatives")
    assert loss.item() == 0


def test_an_unknown_denominator_is_told():
    with pytest.raises(UnknownName, match="did you mean 'negatives'"):
        supervised_contrastive(VIEWS, LABELS, 0.06, "negative")


def test_class_weights_are_the_published_constants():
    labels = torch.repeat_interleave(torch.arange(4), torch.tensor(COUNTS))
    assert torch.allclose(class_weights(labels, 4), WEIGHTS, atol=5e-9)
    assert class_weights(labels, 4, "none").tolist() == [0.25] * 4
    with pytest.raises(UnknownName, match="weighting"):
        class_weights(labels, 4, "inverted")


def test_weighted_cross_entropy_over_both_views():
    found = cross_entropy(LOGITS, LABELS, WEIGHTS)
    assert found.item() == pytest.approx(1.612253, abs=2e-6)

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.metrics.pairwise import cosine_similarity

from experiments.transcoder.agreement import NAMES, agreement, top_by_class

RANDOM = np.random.default_rng(0)
SCORES, ORACLE = (RANDOM.uniform(0.01, 0.99, (3, 10, 5)) for _ in range(2))


def test_the_oracle_agrees_with_itself():
    found = agreement(ORACLE, ORACLE)
    assert tuple(found) == NAMES
    for name in ("excess", "kl", "mse"):
        np.testing.assert_allclose(found[name], 0, atol=1e-12)
    np.testing.assert_allclose(found["cos"], 1)
    assert found["top"].all()
    entropy = -(ORACLE * np.log(ORACLE) + (1 - ORACLE) * np.log(1 - ORACLE)).mean((1, 2))
    np.testing.assert_allclose(found["bce"], entropy)


def test_cross_entropy_is_that_of_each_score():
    hard = (ORACLE > 0.5).astype(float)
    found = agreement(SCORES, hard)["bce"]
    expected = [log_loss(hard[i].ravel(), SCORES[i].ravel()) for i in range(3)]
    np.testing.assert_allclose(found, expected)


def test_scores_are_averaged_over_a_file_before_they_are_compared():
    found = agreement(SCORES, ORACLE)
    model, truth = SCORES.mean(1), ORACLE.mean(1)
    np.testing.assert_allclose(found["mse"], ((model - truth) ** 2).mean(1))
    np.testing.assert_allclose(found["cos"], np.diag(cosine_similarity(model, truth)))
    np.testing.assert_allclose(found["kl"], (truth * np.log(truth / model)).mean(1), atol=1e-8)
    assert found["top"].tolist() == (model.argmax(1) == truth.argmax(1)).tolist()


def test_sure_scores_cost_no_more_than_the_longest():
    found = agreement(np.array([[[0.0, 1.0]]]), np.array([[[1.0, 1.0]]]))
    assert found["bce"] == pytest.approx(50)


def test_without_classes_nothing_is_known():
    found = agreement(SCORES[..., :0], ORACLE[..., :0])
    assert all(np.isnan(values).all() and len(values) == 3 for values in found.values())


def test_a_rare_top_class_counts_as_much_as_a_frequent_one():
    oracle = np.eye(3)[[0, 0, 0, 1]][:, None]
    found = np.eye(3)[[0, 0, 2, 2]][:, None]
    assert top_by_class(found, oracle) == pytest.approx((2 / 3 + 0) / 2)

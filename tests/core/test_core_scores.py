import numpy as np
import pytest

from core.scores import score, sensitivity, sensitivity_two_class, specificity

CONFUSION = np.array([[6, 2, 1, 1], [1, 3, 1, 0], [2, 0, 1, 1], [0, 0, 1, 0]])


def test_scores_follow_their_definitions():
    assert specificity(CONFUSION) == pytest.approx(6 / 10)
    assert sensitivity(CONFUSION) == pytest.approx((3 + 1 + 0) / 10)
    assert sensitivity_two_class(CONFUSION) == pytest.approx((10 - 3) / 10)
    assert score(CONFUSION) == pytest.approx((0.6 + 0.4) / 2)


def test_two_class_sensitivity_forgives_a_wrong_abnormal_class():
    always_wheeze = np.array([[0, 0, 9, 0], [0, 0, 4, 0], [0, 0, 3, 0], [0, 0, 2, 0]])
    assert sensitivity_two_class(always_wheeze) == 1
    assert sensitivity(always_wheeze) == pytest.approx(3 / 9)


def test_a_constant_normal_scores_one_half():
    always_normal = np.array([[9, 0, 0, 0], [4, 0, 0, 0], [3, 0, 0, 0], [2, 0, 0, 0]])
    assert (specificity(always_normal), sensitivity(always_normal)) == (1, 0)
    assert score(always_normal) == 0.5


def test_epochs_are_scored_at_once():
    curve = np.stack([CONFUSION, np.eye(4, dtype=int), 2 * CONFUSION])
    np.testing.assert_allclose(score(curve), [0.5, 1, 0.5])


def test_no_score_without_a_cycle_of_the_kind():
    only_normal = np.zeros((4, 4), dtype=int)
    only_normal[0, 0] = 3
    assert np.isnan(sensitivity(only_normal)) and np.isnan(score(only_normal))
    assert specificity(only_normal) == 1

"""Classes of a target by groups of a teacher's classes."""

import numpy as np
import pytest

import pann
import yamnet
from experiments.transcoder.aggregation import among_highest, group_maxima, highest
from experiments.transcoder.groups import group_indices, read_groups

GROUPS = [np.array([0, 2]), np.array([3]), np.array([], int)]


def test_a_group_scores_as_its_highest_class_and_one_without_classes_zero():
    scores = np.array([[0.1, 0.9, 0.4, 0.3, 0.0], [0.5, 0.0, 0.2, 0.6, 0.7]], np.float32)
    found = group_maxima(scores, GROUPS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [[0.4, 0.3, 0], [0.5, 0.6, 0]])


def test_the_highest_group_wins_and_of_equals_the_last():
    maxima = np.array([[0.4, 0.3, 0.2], [0.1, 0.5, 0.5], [0.2, 0.2, 0.2], [0.3, 0.1, 0.3]])
    assert highest(maxima).tolist() == [0, 2, 2, 2]


def test_groups_compete_with_the_classes_of_no_group():
    scores = np.array([[0.1, 0.9, 0.4, 0.3, 0.0], [0.5, 0.0, 0.2, 0.6, 0.7]])
    # Rivals of the two clips: 0.4 0.3 0 | 0.9 0 and 0.5 0.6 0 | 0 0.7.
    assert among_highest(scores, GROUPS, 1).tolist() == [[False] * 3, [False] * 3]
    assert among_highest(scores, GROUPS, 2).tolist() == [[True, False, False], [False, True, False]]
    assert among_highest(scores, GROUPS, 3).tolist() == [[True, True, False]] * 2
    assert among_highest(scores, GROUPS, 5).all()


def test_being_among_the_highest_is_a_place_in_the_sorted_list_with_later_ones_first():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 12, (50, 40)) / 12  # many equal
    groups = [np.arange(5), np.array([7, 9]), np.arange(20, 28)]
    found = among_highest(scores, groups)
    alone = [i for i in range(40) if not any(i in group for group in groups)]
    for clip, present in zip(scores, found, strict=True):
        rivals = [*(clip[group].max() for group in groups), *clip[alone]]
        order = sorted(range(len(rivals)), key=lambda i: (rivals[i], i), reverse=True)
        assert present.tolist() == [i in order[:8] for i in range(3)]


@pytest.mark.parametrize("classes", [pann.class_names(), yamnet.class_names()])
@pytest.mark.parametrize(
    ("heard", "corrected", "published"),
    [
        ("Jackhammer", "jackhammer", "jackhammer"),
        ("Guitar", "street_music", "street_music"),
        ("Siren", "siren", None),
        ("Honk", None, "car_horn"),
    ],
)
def test_what_a_sure_teacher_hears_becomes_its_class(classes, heard, corrected, published):
    scores = np.full((1, len(classes)), 0.01)
    scores[0, classes.index(heard)] = 0.99
    for variant, wanted in (("corrected", corrected), ("published", published)):
        groups = read_groups("URBAN-SOUND-8K", variant)
        maxima = group_maxima(scores, group_indices(groups, classes))
        # Where no group holds it, all are equal, and the last is told.
        assert list(groups)[highest(maxima)[0]] == (wanted or "street_music")
        assert (maxima.max() > 0.5) == (wanted is not None)

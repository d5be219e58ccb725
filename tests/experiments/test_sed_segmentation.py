"""Scores of time-frequency maps, and of clips."""

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

from experiments.sed.clip_scores import (
    area_under_roc,
    average_precision,
    micro_average_precision,
)
from experiments.sed.segmentation import Segmentation

SHAPE = CLIPS, CLASSES, FRAMES, BANDS = 6, 3, 20, 16


def make(seed=0):
    """Maps in which marked cells are higher, the ideal masks, and when classes are active."""
    rng = np.random.default_rng(seed)
    mask = rng.random((CLIPS, FRAMES, BANDS)) < 0.3
    active = rng.random((CLIPS, CLASSES, FRAMES)) < 0.4
    active[:, 2] = False
    marked = mask[:, None] & active[..., None]
    maps = rng.random(SHAPE) ** np.where(marked, 2, 6)
    return maps.astype(np.float32), mask, active, marked


def scores(maps, mask, active, batch=4):
    segmentation = Segmentation(CLASSES)
    for start in range(0, CLIPS, batch):
        parts = (values[start : start + batch] for values in (maps, mask, active))
        segmentation.add(*map(torch.from_numpy, parts))
    return segmentation.scores()


def test_areas_are_those_of_scikit_learn_over_all_cells():
    maps, mask, active, marked = make()
    found = scores(maps, mask, active)
    for label in range(2):
        answers = (marked[:, label].ravel(), maps[:, label].ravel())
        assert found["auc"][label] == pytest.approx(roc_auc_score(*answers), abs=2e-3)
        assert found["ap"][label] == pytest.approx(average_precision_score(*answers), abs=2e-3)
    assert 0.1 < found["ap"][0] < 0.9


def test_decisions_at_the_threshold_are_exact():
    maps, mask, active, marked = make()
    near = np.float32(0.1)
    maps[0, 0, 0, :3] = near, np.nextafter(near, np.float32(1)), np.nextafter(near, np.float32(0))
    found = scores(maps, mask, active)
    above = maps > near
    hits = (above & marked).sum((0, 2, 3))[:2]
    np.testing.assert_allclose(found["precision"][:2], hits / above.sum((0, 2, 3))[:2])
    np.testing.assert_allclose(found["recall"][:2], hits / marked.sum((0, 2, 3))[:2])
    both = (above.sum((0, 2, 3)) + marked.sum((0, 2, 3)))[:2]
    np.testing.assert_allclose(found["f1"][:2], 2 * hits / both)


def test_a_class_that_is_absent_has_no_score():
    found = scores(*make()[:3])
    assert all(np.isnan(values[2]) for values in found.values())


def test_batches_do_not_matter():
    parts = make()[:3]
    one, other = scores(*parts, batch=1), scores(*parts, batch=6)
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name])


def test_the_ends_of_the_range_are_probabilities():
    maps = torch.tensor([0.0, 1.0, 1.0, 0.0]).view(1, 1, 2, 2)
    segmentation = Segmentation(1)
    segmentation.add(maps, maps[:, 0] > 0, torch.ones(1, 1, 2, dtype=torch.bool))
    for values in segmentation.scores().values():
        assert values.tolist() == [1]


PRESENT = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [1, 0, 0, 1]], bool)
SAID = np.array([[0.9, 0.1, 0.3, 0.5], [0.8, 0.7, 0.2, 0.5], [0.2, 0.7, 0.1, 0.5]])


def test_average_precision_by_hand():
    # Class 0: right, wrong, right. Class 1: one right among two that are as sure.
    expected = [(1 + 2 / 3) / 2, 1 / 2, np.nan, 1]
    np.testing.assert_allclose(average_precision(PRESENT, SAID), expected)


def test_area_under_roc_by_hand():
    np.testing.assert_allclose(area_under_roc(PRESENT, SAID), [0.5, 0.75, np.nan, np.nan])


def test_micro_average_precision_takes_all_decisions_together():
    expected = average_precision_score(PRESENT.ravel(), SAID.ravel())
    assert micro_average_precision(PRESENT, SAID) == pytest.approx(expected)


def test_a_fold_without_any_class_has_no_score():
    nothing = np.zeros((3, 2), bool)
    said = np.full((3, 2), 0.5)
    assert np.isnan(micro_average_precision(nothing, said))
    assert np.isnan(average_precision(nothing, said)).all()
    assert np.isnan(area_under_roc(nothing, said)).all()

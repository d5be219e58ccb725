"""ROC and precision-recall, against cases that can be worked out by hand."""

import numpy as np
import pytest
from drawn import rows, texts
from sklearn.metrics import average_precision_score, roc_auc_score

from export.figures.detection import GRID, PRECISION_RECALL, ROC, figure, precision_recall, roc

TRUE = np.array([True, False, True, False])
SCORES = np.array([0.9, 0.8, 0.7, 0.1])


def test_roc_of_four_examples():
    curve, area = roc(TRUE, SCORES)
    assert area == pytest.approx(0.75)  # of four pairs, one is in the wrong order
    at = dict(zip(GRID.round(3), curve, strict=True))
    assert (at[0.25], at[0.75], at[1.0]) == pytest.approx((0.5, 1, 1))


def test_precision_at_a_recall_is_that_of_the_next_threshold():
    curve, area = precision_recall(TRUE, SCORES)
    at = dict(zip(GRID.round(3), curve, strict=True))
    assert np.isnan(at[0.0])
    assert (at[0.25], at[0.5], at[0.55], at[1.0]) == pytest.approx((1, 1, 2 / 3, 2 / 3))
    assert area == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def answers(seed, classes=3, number=90):
    """Labels, and scores that are right more often than not."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, classes, number)
    return labels, generator.normal(size=(number, classes)) + 1.5 * np.eye(classes)[labels]


@pytest.mark.parametrize(
    ("kind", "score", "called"),
    [(ROC, roc_auc_score, "AUC"), (PRECISION_RECALL, average_precision_score, "AP")],
)
def test_areas_in_the_legend_are_means_over_runs(kind, score, called):
    runs = [answers(0), answers(1)]
    drawn = figure(rows((), **{"": runs}), ("a", "b", "c"), kind)
    for place, label in enumerate("abc"):
        area = np.mean([score(labels == place, scores[:, place]) for labels, scores in runs])
        assert f"{label} ({called} {area:.2f})" in texts(drawn)


@pytest.mark.parametrize("kind", [ROC, PRECISION_RECALL])
def test_several_rows_have_a_panel_for_each_class(kind):
    drawn = figure(rows(ce=[answers(0)], scl=[answers(1)]), ("a", "b", "c"), kind)
    assert [axes.get_title() for axes in drawn.axes] == ["a", "b", "c"]
    assert all(len(axes.lines) == 3 for axes in drawn.axes)  # two rows, and chance
    assert {"ce", "scl"} <= {*texts(drawn)}


def test_several_classes_can_be_true_at_once():
    labels, scores = answers(0)
    drawn = figure(rows((), **{"": [(np.eye(3)[labels], scores)]}), ("a", "b", "c"), ROC)
    same = figure(rows((), **{"": [(labels, scores)]}), ("a", "b", "c"), ROC)
    assert texts(drawn) == texts(same)


def test_a_class_that_never_occurs_has_no_curve_and_costs_no_other():
    labels, scores = answers(0)
    padded = np.column_stack([scores, np.zeros(len(scores))])
    drawn = figure(rows((), **{"": [(labels, padded)]}), ("a", "b", "c", "never"), ROC)
    assert np.isnan(drawn.axes[0].lines[3].get_ydata()[1:]).all()
    assert "never (AUC nan)" not in texts(drawn)

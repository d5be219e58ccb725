"""What the figures of ICBHI read from records."""

import numpy as np
import pytest

from core import Confusion, Curve, Scores
from experiments.icbhi.metadata import CLASSES
from plans.icbhi import experiment

EVALUATION = {
    "label": np.array([0, 3]),
    "logits": np.array([[1.0, 0, 0, 0], [900, 900, 0, 0]], dtype=np.float32),
    "confusion": np.eye(4, dtype=int),
}


def found(kind):
    return [figure for figure in experiment.figures if isinstance(figure, kind)]


def test_classes_are_those_of_the_network():
    for figure in (*found(Confusion), *found(Scores)):
        assert figure.classes == CLASSES


def test_scores_are_probabilities_and_the_confusion_counts():
    labels, scores = found(Scores)[0].read(EVALUATION)
    assert labels.tolist() == [0, 3]
    assert scores.sum(axis=1) == pytest.approx([1, 1])
    assert scores[0, 0] == pytest.approx(np.e / (np.e + 3))
    assert scores[1] == pytest.approx([0.5, 0.5, 0, 0])  # large logits do not overflow
    assert found(Confusion)[0].read(EVALUATION).trace() == 4


def test_curves_have_a_value_for_each_epoch():
    confusion = np.stack([np.eye(4, dtype=int), np.ones((4, 4), dtype=int)])
    training = {
        "loss": np.array([2.0, 1.0]),
        "confusion_test": confusion,
        "confusion_held_out": confusion[::-1],
    }
    curves = {curve.name: curve.read(training) for curve in found(Curve)}
    assert curves["loss"].tolist() == [2, 1]
    assert curves["Sc_test"].tolist() == [1, 0.25]
    assert curves["Sc_held_out"].tolist() == [0.25, 1]

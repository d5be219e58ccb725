"""Declarations of figures: what an experiment can get wrong, and how it is told."""

import pytest

from core import Confusion, Curve, Experiment, Plan, Scores, Stage
from core.errors import PlanError, UnknownName


@pytest.mark.parametrize(
    "figure",
    [
        Curve("loss", ("trainin",), lambda record: record["loss"]),
        Confusion("trainin", lambda record: record["confusion"], ("a", "b")),
        Scores("trainin", lambda record: (record["label"], record["logits"]), ("a", "b")),
    ],
)
def test_a_figure_of_an_unknown_stage_is_refused_with_the_nearest(figure):
    with pytest.raises(UnknownName, match="did you mean 'training'"):
        Experiment("toy", "A toy", [Plan("p", x=1)], [Stage("training", "a:b")], figures=[figure])


def test_the_stages_of_a_curve_are_a_tuple():
    # A single name would be read letter by letter.
    with pytest.raises(PlanError, match="no tuple of names"):
        Curve("loss", "training", lambda record: record["loss"])

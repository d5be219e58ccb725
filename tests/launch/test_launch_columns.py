"""What -d asks for."""

import pytest

from core import Experiment, Metric, Plan, Stage
from core.errors import UnknownName
from launch.columns import read_columns

EXPERIMENT = Experiment(
    "toy",
    "A toy",
    [Plan("main", lr=[1, 2], net=["p", "q"], Sc=[1, 2])],
    [Stage("score", "any:function")],
    [Metric(name, "score", float) for name in ("Sp", "Se", "Sc")],
)


@pytest.mark.parametrize(
    ("asked", "metrics", "over"),
    [
        ("", "Sp Se Sc", ""),
        ("Sc", "Sc", ""),
        ("Sc,Se,Sc", "Sc Se", ""),
        ("0, 2", "Sp Sc", ""),
        ("[0,2]", "Sp Sc", ""),
        ("Sc:lr", "Sc", "lr"),
        ("Sc,Se:lr:net", "Sc Se", "lr net"),
        ("Sc:lr,net:lr", "Sc", "lr net"),
        ("[0,1]:net", "Sp Se", "net"),
        (":lr", "Sp Se Sc", "lr"),
        ("0:lr", "Sp", "lr"),
        ("lr:0", "Sp", "lr"),
        ("net:Se", "Se", "net"),
        ("0,lr", "Sp", "lr"),
        ("lr", "Sp Se Sc", "lr"),
        ("lr:net", "Sp Se Sc", "lr net"),
        ("Sc:Sc", "Sc", "Sc"),
    ],
)
def test_metrics_and_factors(asked, metrics, over):
    found = read_columns(EXPERIMENT, asked)
    assert [metric.name for metric in found.metrics] == metrics.split()
    assert list(found.over) == over.split()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Sd", "unknown metric or factor 'Sd'; did you mean 'S"),
        ("7", "unknown metric or factor '7'"),
        ("Sc:nett", "unknown factor 'nett'; did you mean 'net'"),
        ("Sc:0", "unknown factor '0'"),
        ("lr:7", "unknown factor '7'"),
    ],
)
def test_other_words_are_refused_with_the_nearest(asked, told):
    with pytest.raises(UnknownName, match=told):
        read_columns(EXPERIMENT, asked)

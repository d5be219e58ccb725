"""What tests of tables share: a small experiment, and what a table says."""

from core.experiment import Experiment
from core.stage import Stage


def experiment(plans, metrics, **more):
    """A toy with one stage."""
    return Experiment("toy", "A toy", plans, [Stage("score", "any:function")], metrics, **more)


def texts(table, place):
    """The texts of a column."""
    return [line.cells[place].text for line in table.lines]


def said(table):
    """The footnotes, one after the other."""
    return " | ".join(map(str, table.notes))

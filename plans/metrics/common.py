"""Metrics and figures that several experiments have."""

from collections.abc import Callable

from core import Curve, Metric, Record

EPOCH = Metric(
    "epoch",
    "training",
    "epoch",
    precision=0,
    description="the epoch that was kept, counted from 1",
    aside=True,
)
LOSS = Curve("loss", ("training",), "loss", description="training loss")
VALID_LOSS = Curve("valid_loss", ("training",), "valid_loss", description="validation loss")
LR = Curve("lr", ("training",), "lr", description="learning rate")


def over_classes(array: str) -> Callable[[Record], float]:
    """Make a mean over the classes that are there; the others are NaN in the record's array."""

    def mean(record: Record) -> float:
        values = record[array]
        known = values[values == values]  # math.isnan without numpy, for all at once
        return float(known.mean()) if len(known) else float("nan")

    return mean

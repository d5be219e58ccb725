"""Reads the metrics of doce 0.1: lists of directives such as 'mean', 'std%' or 0."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from launch.doce.old import OldMetric

_PRUNING = (
    "doce 0.1 never carried out the prunings -0, -1 and -2 of its metrics: 'mean-0' is the mean of "
    "all values, here as there"
)


# doce has no types: its objects are Any here.
def read_metrics(
    experiment: Any,  # noqa: ANN401
    script: Mapping[str, object],
) -> tuple[list[OldMetric], list[str]]:
    """Read the directives of every metric, in the order of doce's columns; with what to say."""
    found: dict[tuple[str, bool], OldMetric] = {}
    remarks: dict[str, None] = {}
    for output in experiment.metric.name():
        directives = getattr(experiment.metric, output)
        for directive in directives if isinstance(directives, list | tuple) else [directives]:
            metric = _metric(output, directive, script)
            if metric is None:
                remarks[_unknown(output, directive)] = None
                continue
            if re.search("-[012]", str(directive)) and isinstance(directive, str):
                remarks[_PRUNING] = None
            found.setdefault((metric.name, metric.percent), _dressed(metric, experiment))
    both = {name for name, percent in found if percent and (name, False) in found}
    metrics = [
        replace(metric, name=f"{name}%") if percent and name in both else metric
        for (name, percent), metric in found.items()
    ]
    return metrics, list(remarks)


def _metric(output: str, directive: str | int, script: Mapping[str, object]) -> OldMetric | None:
    """Read one directive: a position, or a function and then `%`, and `-`, `-0`, `-1` or `-2`."""
    if isinstance(directive, int):
        return OldMetric(f"{output}{directive}", output, reduce=directive)
    word = directive.replace("%", "").partition("-")[0]
    metric = OldMetric(
        name=output + word.capitalize(),
        output=output,
        reduce=word,
        percent="%" in directive,
        # 0.1 highlights the smallest of a column whose title has a minus.
        higher_is_better=False if directive.rstrip("%").endswith("-") else None,
    )
    own, known = script.get(word), getattr(np, word, None)
    if callable(own) and own is not known:
        return replace(metric, reduce=None, function=own)
    if not word or word.isdigit():
        return replace(metric, reduce=int(word or 0))
    return metric if callable(known) else None


def _dressed(metric: OldMetric, experiment: Any) -> OldMetric:  # noqa: ANN401
    """Add what doce knows of the output, and the number of decimals it shows."""
    precision = int(experiment._display.metricPrecision)
    return replace(
        metric,
        precision=max(0, precision - 2) if metric.percent else precision,
        unit=str(getattr(experiment.metric._unit, metric.output, "")),
        description=str(getattr(experiment.metric._description, metric.output, "")),
    )


def _unknown(output: str, directive: object) -> str:
    return (
        f"metric {output!r}: {directive!r} names a function neither of numpy nor of the script; "
        "it is left out (doce 0.1 showed NaN)"
    )

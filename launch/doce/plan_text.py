"""Writes the plan of an experiment that came from doce, as a person would have written it."""

from collections.abc import Sequence
from textwrap import shorten

from launch.doce.choices import OldPlan, modalities
from launch.doce.layout import Group, Node, assigned, call, lay_out, mapping, several, value
from launch.doce.old import STAGE, OldExperiment, OldMetric, stage_path

# Reductions that arrays have themselves; for others the plan asks numpy.
_METHODS = ("mean", "std", "var", "min", "max", "sum", "prod", "argmin", "argmax", "any", "all")

_READ = '''

def _read(array: str, reduce: Callable[[Any], float]) -> Callable[[Record], float]:
    """Reduce one array of a record; NaN where the setting left none of that name."""
    return lambda record: float(reduce(record[array])) if array in record.arrays else nan
'''

_NUMPY = """

def _{name}(values: Sequence[float]) -> float:
    import numpy as np  # listing settings must not pay for it

    return float(np.{name}(values))
"""

_ABOUT_PLANS = """\
# The settings are those of all plans together, where doce would multiply the plans.
"""

_ABOUT_STEP = """\
# These results came from doce. To compute what is missing, write the function that is named here:
# step(setting, inputs, output), which keeps as output["name"] = array what doce's step saved.
"""


def plan_text(name: str, old: OldExperiment) -> str:
    """Write `plans/NAME.py`; the same experiment always gives the same text."""
    plans = [_plan(plan, factors) for plan, factors in old.plans.items()]
    step = call("Stage", value(STAGE), value(stage_path(name)), uses=several(old.factors))
    parts = [f'"""Results that came from doce: {name}."""\n\n', _preamble(old)]
    parts += [_ABOUT_PLANS if len(plans) > 1 else "", _statement("PLANS", _tall(plans)), "\n"]
    parts += [_ABOUT_STEP, _statement("STEP", step), "\n"]
    if old.metrics:
        parts += [_statement("METRICS", _tall([_metric(m) for m in old.metrics])), "\n"]
    parts.append(_statement("experiment", _experiment(name, old)))
    return "".join(parts)


def _preamble(old: OldExperiment) -> str:
    """Write the imports, and the functions that the metrics use."""
    if not old.metrics:
        return "from core import Experiment, Plan, Stage\n\n"
    numpys = sorted({str(m.reduce) for m in old.metrics if _asks_numpy(m)})
    sequence = ", Sequence" if numpys else ""
    return (
        f"from collections.abc import Callable{sequence}\n"
        "from math import nan\n"
        "from typing import Any\n\n"
        "from core import Experiment, Metric, Plan, Record, Stage\n"
        + _READ
        + "".join(_NUMPY.format(name=function) for function in numpys)
        + "\n\n"
    )


def _plan(name: str, factors: OldPlan) -> Node:
    named = {
        factor: several(values) if len(values) > 1 else value(values[0])
        for factor, values in modalities(factors).items()
    }
    return call("Plan", value(name), **named)


def _metric(metric: OldMetric) -> Node:
    named: dict[str, Node] = {}
    if metric.higher_is_better is not None:
        named["higher_is_better"] = value(metric.higher_is_better)
    if metric.percent:
        named["percent"] = "True"
    if metric.unit:
        named["unit"] = value(metric.unit)
    if metric.precision != 2:
        named["precision"] = value(metric.precision)
    if metric.description:
        named["description"] = value(_line(metric.description))
    read = call("_read", value(metric.array), _reduction(metric))
    return call("Metric", value(metric.name), value(STAGE), read, **named)


def _reduction(metric: OldMetric) -> str:
    if metric.reduce is None:
        return "float"
    if isinstance(metric.reduce, int):
        at = metric.reduce
        enough = max(at, -at - 1)
        guard = f" if values.size > {enough} else nan" if enough else ""
        return f"lambda values: values.flat[{at}]{guard}"
    if _asks_numpy(metric):
        return f"_{metric.reduce}"
    return f"lambda values: values.{metric.reduce}()"


def _asks_numpy(metric: OldMetric) -> bool:
    return isinstance(metric.reduce, str) and metric.reduce not in _METHODS


def _experiment(name: str, old: OldExperiment) -> Node:
    named: dict[str, Node] = {
        "name": value(name),
        "purpose": value(_line(old.purpose) or f"Results of {name}, from doce"),
        "plans": "PLANS",
    }
    if old.defaults:
        named["defaults"] = mapping(old.defaults)
    named["stages"] = "[STEP]"
    if old.metrics:
        named["metrics"] = "METRICS"
    return Group("Experiment(", [assigned(n, v) for n, v in named.items()], ")", tall=True)


def _line(written: str) -> str:
    return shorten(written, 80, placeholder=" …")


def _tall(items: Sequence[Node]) -> Node:
    return Group("[", items, "]", tall=True)


def _statement(name: str, node: Node) -> str:
    return lay_out(assigned(name, node, " = ")) + "\n"

"""What a run costs: the time of its tasks, the parameters of its network, or a metric."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from core.errors import RecordError, UnknownName
from core.experiment import Experiment
from core.metric import Metric
from core.task import Task
from export.figures.cost import time_unit
from export.figures.reading import Source

# From the tasks of a setting by stage to a cost.
Read: TypeAlias = Callable[[Mapping[str, Task]], float]
# What a stage that trains a network calls the number of them in `output.info`.
PARAMETERS = "parameters"


def check_cost(experiment: Experiment, name: str) -> None:
    """Raise UnknownName for what is neither a metric nor a stage, nor `parameters`."""
    stages = [stage.name for stage in experiment.stages]
    known = [*(metric.name for metric in experiment.metrics), *stages, PARAMETERS]
    if name not in known:
        raise UnknownName("cost (a metric, a stage, or parameters)", name, known)


def cost_reader(source: Source, name: str = "") -> tuple[Read, str]:
    """Give what reads a run's cost, and what stands at the axis.

    A metric is a cost; so are the parameters of the network that a setting's last stage with one
    trained, and the time of a stage; without a name, that of the stages which ask for a GPU, or of
    all where none does. Where all of them had a GPU, the cost is in GPU-hours.
    """
    for metric in source.experiment.metrics:
        if metric.name == name:
            return _metric_reader(source, metric), metric.title
    if name == PARAMETERS:
        return _parameters_reader(source), "parameters"
    asking = [s.name for s in source.experiment.stages if s.resources.gpus]
    stages = [name] if name else asking or [s.name for s in source.experiment.stages]
    return _time_reader(source, stages)


def _metric_reader(source: Source, metric: Metric) -> Read:
    index = source.status.indexes[metric.stage]
    return lambda by_stage: metric.scale * index.value(by_stage[metric.stage].id, metric)


def _parameters_reader(source: Source) -> Read:
    def parameters(by_stage: Mapping[str, Task]) -> float:
        done = [task for task in by_stage.values() if source.status.of(task) == "done"]
        for task in reversed(done):
            found = source.store.record(task).info.get(PARAMETERS)
            if found is not None:
                return float(found)
        judged = done[-1]
        raise RecordError(
            f"no stage up to {judged.stage.name} {judged.id} noted the parameters of a network; "
            "records from before this was noted have to be computed anew (-R STAGE, then -c)"
        )

    return parameters


def _time_reader(source: Source, stages: Sequence[str]) -> tuple[Read, str]:
    indexes = source.status.indexes

    def seconds(by_stage: Mapping[str, Task]) -> float:
        tasks = [by_stage[name] for name in stages if name in by_stage]
        return sum(indexes[task.stage.name].entries[task.id].seconds for task in tasks)

    done = [by for _, by in source.tasks.by_setting if _whole(source, by, stages)]
    used = [by[name] for by in done for name in stages if name in by]
    if used and all(_had_gpu(source, task) for task in used):
        gpus = max(task.stage.resources.gpus for task in used)
        return lambda by: gpus * seconds(by) / 3600, f"GPU-hours of {' + '.join(stages)}"
    unit, length = time_unit([seconds(by) for by in done])
    return lambda by: seconds(by) / length, f"time of {' + '.join(stages)} ({unit})"


def _whole(source: Source, by_stage: Mapping[str, Task], stages: Sequence[str]) -> bool:
    return all(source.status.of(by_stage[n]) == "done" for n in stages if n in by_stage)


def _had_gpu(source: Source, task: Task) -> bool:
    return task.stage.resources.gpus > 0 and source.store.record(task).meta["device"] != "cpu"

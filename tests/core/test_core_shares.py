"""Stages whose work is divided into several tasks."""

import json
from collections import Counter

import numpy as np
import pytest

from core import Experiment, Inputs, Metric, Output, Plan, Setting, Stage
from core.errors import PlanError, UnknownName
from core.store import Store
from engine import run_all, tasks_of

# Stage functions of these tests are reached by dotted path, as a plan's are.
HERE = "test_core_shares"


def count_up(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Give this share of the numbers below `size`."""
    index, count = inputs.share
    output["numbers"] = np.array_split(np.arange(setting.size), count)[index]


def add(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Add up what the shares hold, in their order."""
    shares = [record["numbers"] for record in inputs.shares("numbers")]
    output["all"] = np.concatenate(shares)


def divided(shares: object, **options: object) -> Experiment:
    return Experiment(
        name="divided",
        purpose="",
        plans=[Plan("p", size=10, shares=shares)],
        stages=[
            Stage("numbers", f"{HERE}:count_up", uses=["size"], shares="shares"),
            Stage("sum", f"{HERE}:add", needs=["numbers"]),
        ],
        **options,
    )


def test_work_is_divided_and_gathered_in_order(tmp_path):
    experiment = divided([1, 3, 12])
    store = Store(tmp_path, experiment.name)
    tasks = tasks_of(experiment)
    assert Counter(task.stage.name for task in tasks) == {"numbers": 1 + 3 + 12, "sum": 3}
    run_all(tasks, store)
    for task in tasks:
        record = store.record(task)
        if task.stage.name == "sum":
            assert record["all"].tolist() == list(range(10))
        else:
            meta = json.loads((record.folder / "record.json").read_text())
            assert meta["share"] == list(task.share)


def test_each_share_is_a_task_that_says_which_it_is():
    of_three = list(tasks_of(divided(3)))
    assert [task.name for task in of_three] == [
        *[f"numbers {share} of 3" for share in (1, 2, 3)],
        "sum",
    ]
    assert list(of_three[-1].needs) == [task.name for task in of_three[:3]]
    assert len({task.id for task in of_three}) == 4


def test_undivided_work_keeps_its_name_and_id():
    plain = Experiment(
        name="divided",
        purpose="",
        plans=[Plan("p", size=10, shares=1)],
        stages=[Stage("numbers", f"{HERE}:count_up", uses=["size", "shares"])],
    )
    whole, alone = next(iter(tasks_of(divided(1)))), next(iter(tasks_of(plain)))
    assert (whole.name, whole.id) == (alone.name, alone.id)


@pytest.mark.parametrize("shares", [0, -1, 1.5, "two", True])
def test_a_number_of_shares_that_is_none_is_refused(shares):
    with pytest.raises(PlanError, match=r"into how many tasks stage 'numbers' is divided"):
        tasks_of(divided(shares))


def test_a_metric_of_divided_work_is_refused():
    with pytest.raises(PlanError, match=r"metric 'm' reads stage 'numbers', whose work is divided"):
        divided(3, metrics=[Metric("m", "numbers", lambda record: 0.0)])


def test_records_that_a_stage_does_not_need_are_not_there():
    with pytest.raises(UnknownName, match=r"needed stage 'other'"):
        Inputs().shares("other")

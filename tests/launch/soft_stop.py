"""Runs tasks as a Slurm job does: `python soft_stop.py RESULTS WORKERS STAGE GRACE [ALARMS]`.

Workers are forked or served (by a fork server). USR2 stops the run softly and ends the process
with status 7; the first ALARMS of them do not.
"""

import signal
import sys
import time
from pathlib import Path

from core import Experiment, Inputs, Output, Plan, Setting, Stage
from core.errors import Stopped
from core.execute import Machine
from core.store import Store
from engine import Silent, tasks_of
from launch.runner import Runner


def heed(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Count to what stopped it last time and one more, until asked to stop."""
    mark = output.checkpoint / "attempts"
    attempts = int(mark.read_text()) if mark.exists() else 0
    if attempts:
        output.info["attempts"] = attempts + 1
        return
    print("begun")
    (output.checkpoint / "begun").touch()
    while not output.stopping:
        time.sleep(0.01)
    mark.write_text(str(attempts + 1))
    raise Stopped("saved")


def deaf(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Never look at `stopping`."""
    (output.checkpoint / "begun").touch()
    time.sleep(60)


def experiment(stage: str) -> Experiment:
    return Experiment(
        name="soft",
        purpose="",
        plans=[Plan("p", x=range(4))],
        stages=[Stage("one", f"soft_stop:{stage}", uses=["x"])],
    )


def main(results: str, workers: str, stage: str, grace: str, alarms: str = "0") -> None:
    store = Store(Path(results), "soft")
    runner = Runner(store, Machine(), jobs=2, isolated=workers == "forked")
    left = int(alarms)

    def handle(number: int, frame: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            runner.soft_stop(float(grace))
            sys.exit(7)

    signal.signal(signal.SIGUSR2, handle)
    report = runner.run(list(tasks_of(experiment(stage))), Silent())
    print(f"done {len(report.done)} failed {len(report.failed)} left {len(report.left)}")


if __name__ == "__main__":
    main(*sys.argv[1:])

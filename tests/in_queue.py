"""Puts arrays into the stand-in for Slurm and into the ledger, as a submission does."""

import getpass
from collections.abc import Sequence
from dataclasses import replace

from core.task import Task
from launch.slurm.ledger import Ledger, Submitted
from stand_in_slurm import StandIn


def list_array(slurm: StandIn, ledger: Ledger, entry: Submitted, job: str, count: int) -> None:
    """Let Slurm have an array of the entry's name with `count` waiting elements."""
    fresh = {"state": "PENDING", "reason": "Priority", "restarts": 0}
    with slurm.edit() as state:
        state["jobs"][job] = {
            "name": ledger.job_name(entry),
            "user": getpass.getuser(),
            "partition": "cpu",
            "dependency": "",
            "options": {},
            "script": "",
            "elements": {str(index): dict(fresh) for index in range(count)},
        }


def queue(
    slurm: StandIn, ledger: Ledger, tasks: Sequence[Task], job: str = "1001", pack: int = 1
) -> Submitted:
    """Submit tasks of one stage as an array, `pack` in each element."""
    ids = [task.id for task in tasks]
    elements = tuple(tuple(ids[i : i + pack]) for i in range(0, len(ids), pack))
    token = f"{int(job):08x}"
    folder = str(ledger.folder / "arrays" / token)
    entry = Submitted(token, job, tasks[0].stage.name, elements, "default", folder)
    entry = replace(entry, user=getpass.getuser())
    ledger.write(entry)
    list_array(slurm, ledger, entry, job, len(elements))
    return entry

"""Gives arrays to Slurm through submitit: one sbatch each, and none twice."""

import getpass
import logging
import math
import re
import secrets
import shlex
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from submitit.helpers import DelayedSubmission
from submitit.slurm.slurm import SlurmExecutor

from core.errors import SonoplanError
from core.execute import Machine
from core.stage import Stage
from core.store import Store
from launch.slurm.arrays import Array
from launch.slurm.command import SlurmError, call
from launch.slurm.element import Element
from launch.slurm.frozen import import_path
from launch.slurm.ledger import Ledger, Submitted
from launch.slurm.profile import Options, Profile

# A controller that is busy or starting again answers before long.
PAUSES = (2.0, 5.0, 10.0)
_PASSING = re.compile("timed out|unable to contact|temporarily|connection|did not answer|zero byte")
PICKLE = "element.pkl"
# How often a job starts again is the profile's business, not submitit's.
_NO_LIMIT = 1_000_000

_log = logging.getLogger(__name__)


class SubmissionError(SonoplanError, RuntimeError):
    """An array could not be submitted; the message holds sbatch's own words."""


class ArrayExecutor(SlurmExecutor):
    """submitit's executor, of which one array is written here and sent by `Sender`."""

    @classmethod
    def affinity(cls) -> int:
        """Be there without Slurm too: a dry run shows what would be submitted."""
        return 2

    def text(self, count: int) -> str:
        """Write the script that sbatch is given for an array of `count` jobs."""
        self.parameters["map_count"] = count
        return self._make_submission_file_text(self._submitit_command_str, "")


@dataclass(frozen=True)
class Order:
    """How to submit: a profile, and the flags that go over it.

    Attributes
    ----------
    parallel:
        How many jobs may run at once, in place of the profile's number.
    pack:
        How many tasks a job computes side by side.
    """

    profile: Profile
    parallel: int | None = None
    pack: int = 1

    def options(self, stage: Stage) -> Options:
        """What a stage's jobs ask for."""
        options = self.profile.options(stage)
        return options if self.parallel is None else replace(options, parallel=self.parallel)


@dataclass(frozen=True)
class Sender:
    """What is the same for all arrays of one submission."""

    store: Store
    machine: Machine
    ledger: Ledger
    order: Order
    code: Path
    cluster: str = ""
    user: str = field(default_factory=getpass.getuser)

    def entry(self, array: Array) -> Submitted:
        """Write down what is about to be submitted, under a token of its own."""
        token = secrets.token_hex(4)
        return Submitted(
            token=token,
            job=None,
            stage=array.stage.name,
            elements=tuple(tuple(task.id for task in tasks) for tasks in array.elements),
            profile=self.order.profile.name,
            folder=str(self.ledger.folder / "arrays" / token),
            user=self.user,
            cluster=self.cluster,
            code=self.code.name,
        )

    def script(self, array: Array, entry: Submitted, after: Sequence[str] = ()) -> str:
        """Write the script that sbatch is given; `after` are jobs that have to end before."""
        folder = Path(entry.folder)
        options = self.order.options(array.stage)
        executor = ArrayExecutor(folder, _NO_LIMIT, python=options.python or None)
        executor.update_parameters(
            **parameters(array, options, self.order.pack),
            job_name=self.ledger.job_name(entry),
            dependency=f"afterany:{':'.join(after)}" if after else None,
            setup=setup(options, folder, import_path(self.code)),
        )
        return executor.text(len(array.elements))

    def send(self, array: Array, after: Sequence[str] = ()) -> Submitted:
        """Submit an array; it is in the ledger before sbatch is called, and after.

        Raises SubmissionError where Slurm does not take it. Where it is not known whether Slurm
        has, the ledger's entry stays, and the job is found by its name.
        """
        entry = self.entry(array)
        script = self._write(array, entry, after)
        self.ledger.write(entry)
        try:
            job = _sbatch(script, self.ledger.job_name(entry))
        except Refused as error:
            self.ledger.remove(entry.token)
            shutil.rmtree(entry.folder, ignore_errors=True)
            raise SubmissionError(f"Slurm does not take stage {entry.stage!r}: {error}") from error
        except SlurmError as error:
            raise SubmissionError(
                f"it is not known whether Slurm took stage {entry.stage!r}: {error}; "
                "--status will tell when it answers"
            ) from error
        known = replace(entry, job=job)
        self.ledger.write(known)
        return known

    def _write(self, array: Array, entry: Submitted, after: Sequence[str]) -> Path:
        """Write what the jobs read: one pickle for the whole array, and the script."""
        options = self.order.options(array.stage)
        folder = Path(entry.folder)
        folder.mkdir(parents=True)  # before sbatch: Slurm drops a job that has no place for its log
        element = Element(
            array.elements, self.store, self.machine, options.grace_seconds, options.requeues
        )
        delayed = DelayedSubmission(element)
        delayed.set_timeout(_minutes(array, options), _NO_LIMIT)
        delayed.dump(folder / PICKLE)
        script = folder / "submission.sh"
        script.write_text(self.script(array, entry, after))
        return script


class Refused(SlurmError):
    """Slurm has said no: nothing was submitted."""


def parameters(array: Array, options: Options, pack: int) -> dict[str, object]:
    """Translate what a stage and a profile ask for into submitit's parameters."""
    wanted = array.stage.resources
    gpus = wanted.gpus if options.use_gpus else 0
    cpus = (options.cpus or wanted.cpus) * pack
    if gpus and options.cpus_per_gpu:
        cpus = options.cpus_per_gpu * gpus
    memory = (wanted.memory_gb if options.memory_gb is None else options.memory_gb) * pack
    asked = {
        "partition": options.partition,
        "account": options.account,
        "qos": options.qos,
        "constraint": options.constraint,
        "mem": f"{math.ceil(memory * 1024)}M" if memory else "",
    }
    return {
        **{name: value for name, value in asked.items() if value},
        "time": _minutes(array, options),
        "nodes": 1,
        "ntasks_per_node": 1,
        "cpus_per_task": cpus,
        "array_parallelism": options.parallel or len(array.elements),
        "signal_delay_s": options.signal_seconds,
        "stderr_to_stdout": True,
        "wckey": None,
        # srun takes neither the job's environment nor its cores for granted everywhere, and
        # would begin the log anew after a requeue.
        "srun_args": ["--export=ALL", f"--cpus-per-task={cpus}", "--open-mode=append"],
        "additional_parameters": {
            **_gpu_request(gpus, options),
            **{name: value for name, value in options.extra.items() if value is not False},
        },
    }


def setup(options: Options, folder: Path, path: Sequence[str]) -> list[str]:
    """Write the shell lines that run before Python starts.

    Each job takes the array's pickle under the name that submitit looks for: nothing remains to
    be done after sbatch, and a submitter that dies meanwhile leaves working jobs.
    """
    own = '"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}_submitted.pkl"'
    return [
        *options.setup,
        *(f"export {key}={shlex.quote(value)}" for key, value in options.environment.items()),
        f"export PYTHONPATH={shlex.quote(':'.join(path))}${{PYTHONPATH:+:$PYTHONPATH}}",
        "export PYTHONSAFEPATH=1  # the folder of submission is not the frozen copy",
        f"pickle={shlex.quote(str(folder))}/{own}",
        f'[ -e "$pickle" ] || ln -s {PICKLE} "$pickle"',
    ]


def _gpu_request(gpus: int, options: Options) -> Mapping[str, str]:
    if not gpus:
        return {}
    count = f"{options.gpu_type}:{gpus}" if options.gpu_type else str(gpus)
    if options.gpu_request == "gres":
        return {"gres": f"gpu:{count}"}
    return {options.gpu_request: count}


def _minutes(array: Array, options: Options) -> int:
    hours = array.stage.resources.hours if options.hours is None else options.hours
    return max(1, math.ceil(hours * 60))


def _sbatch(script: Path, name: str) -> str:
    """Submit a script; gives the job's id.

    What sbatch answers says little of what was done: before it is called again, and before it is
    believed that it has refused, the queue is asked for a job of this name. Raises Refused where
    there is none, SlurmError where the queue does not answer either.
    """
    refusal: SlurmError | None = None
    for pause in PAUSES:
        try:
            if refusal is not None and (found := _find(name)):
                return found
            return _job_id(call("sbatch", str(script)))
        except SlurmError as error:
            refusal = error
        if not _PASSING.search(str(refusal).lower()):
            break
        _log.warning("%s; trying again in %g s", refusal, pause)
        time.sleep(pause)
    if found := _find(name):
        return found
    raise Refused(str(refusal))


def _job_id(answer: str) -> str:
    found = re.search(r"job (\d+)", answer)
    if found is None:
        raise SlurmError(f"sbatch did not answer with a job's id but with {answer.strip()!r}")
    return found[1]


def _find(name: str) -> str:
    """Give the id of the job of a name; empty where there is none."""
    listed = call("squeue", "--noheader", "--states=all", f"--name={name}", "--format=%F")
    return listed.partition("\n")[0].strip()

"""A stand-in for Slurm: sbatch, squeue, scontrol, scancel, srun and sacct over one JSON file.

A test makes a `StandIn`, calls the program, looks at what was asked for and decides what happens:

    slurm = StandIn(tmp_path / "slurm")          # then slurm.bin goes first on PATH
    slurm.fail_next("sbatch", "Socket timed out")
    slurm.set_state("1001", "RUNNING", index=3)
    slurm.run("1001", 0)                         # runs the element's script, here and now
    assert len(slurm.calls("squeue")) == 1

Answers have the form of Slurm 22.05. Only the standard library is imported: each command is a
Python process of its own, started without site-packages.
"""

import contextlib
import fcntl
import getpass
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

COMMANDS = ("sbatch", "squeue", "scontrol", "scancel", "srun", "sacct")
WAITING = ("PENDING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUED")
SHORT = {"PENDING": "PD", "RUNNING": "R", "COMPLETING": "CG", "COMPLETED": "CD", "FAILED": "F"}
DOWN = "Unable to contact slurm controller (connect failure)"

State = dict[str, Any]


class StandIn:
    """The stand-in as a test sees it; its folder holds the commands and the state."""

    def __init__(self, folder: Path, max_array: int = 1001, accounting: bool = False) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        self.file = folder / "slurm.json"
        empty = {"next": 1001, "jobs": {}, "calls": [], "fail": {}, "down": False}
        config = {"MaxArraySize": str(max_array), "ClusterName": "stand-in"}
        self.file.write_text(json.dumps({**empty, "config": config, "accounting": accounting}))
        for name in COMMANDS:
            script = self.bin / name
            script.write_text(
                f"#!{sys.executable} -SE\n"
                f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
                f"import stand_in_slurm\n"
                f"sys.exit(stand_in_slurm.main({name!r}, {str(self.file)!r}, sys.argv[1:]))\n"
            )
            script.chmod(0o755)

    @property
    def jobs(self) -> dict[str, State]:
        """Every job by its id: name, options, script and its elements' states."""
        with opened(self.file) as state:
            return state["jobs"]

    def edit(self) -> contextlib.AbstractContextManager[State]:
        """Give the whole state for changes, which are kept."""
        return opened(self.file)

    def calls(self, command: str) -> list[list[str]]:
        """List the arguments of each call of a command so far."""
        with opened(self.file) as state:
            return [words for name, *words in state["calls"] if name == command]

    def set_state(
        self, job: str, state: str, index: int | None = None, reason: str = "None"
    ) -> None:
        """Set the state of one element of a job, or of all."""
        with self.edit() as known:
            for key, element in known["jobs"][job]["elements"].items():
                if index is None or key == str(index):
                    element.update(state=state, reason=reason)

    def forget(self, job: str) -> None:
        """Lose a job, as a controller does that was killed right after it had answered."""
        with self.edit() as state:
            del state["jobs"][job]

    def fail_next(
        self, command: str, text: str, times: int = 1, after_submitting: bool = False
    ) -> None:
        """Let the next calls fail with this text, sbatch perhaps only after it has submitted."""
        with self.edit() as state:
            failure = {"text": text, "done": after_submitting}
            state["fail"].setdefault(command, []).extend([failure] * times)

    def down(self, really: bool = True) -> None:
        """Let every command fail, as when the controller cannot be reached."""
        with self.edit() as state:
            state["down"] = really

    def ready(self) -> list[tuple[str, int | None]]:
        """List the elements that wait for nothing but a node."""
        return [
            (job, int(index) if index else None)
            for job, known in self.jobs.items()
            for index, element in known["elements"].items()
            if element["state"] == "PENDING" and not _holds(self.jobs, known, element)
        ]

    def run(
        self, job: str, index: int | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run an element's script to its end, as its node would."""
        process = self.start(job, index)
        out, err = process.communicate(timeout=timeout)
        self.ended(job, index, process.returncode)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def start(self, job: str, index: int | None = None) -> subprocess.Popen[str]:
        """Start an element's script; `ended` tells the stand-in how it went."""
        self.set_state(job, "RUNNING", index)
        known = self.jobs[job]
        element = known["elements"]["" if index is None else str(index)]
        environment = {**os.environ, "SLURM_JOB_ID": job, "SLURM_JOB_NAME": known["name"]}
        if index is not None:
            environment |= {"SLURM_ARRAY_JOB_ID": job, "SLURM_ARRAY_TASK_ID": str(index)}
            environment["SLURM_JOB_ID"] = str(int(job) + 500_000 + index)
        if element["restarts"]:
            environment["SLURM_RESTART_COUNT"] = str(element["restarts"])
        return subprocess.Popen(
            ["bash", "-c", known["script"]],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ended(self, job: str, index: int | None, status: int) -> None:
        """Take note of how an element ended, unless it was requeued or cancelled meanwhile."""
        with self.edit() as state:
            element = state["jobs"][job]["elements"]["" if index is None else str(index)]
            if element["state"] == "RUNNING":
                element["state"] = "COMPLETED" if status == 0 else "FAILED"

    def run_all(self, limit: int = 1000) -> int:
        """Run what is ready until nothing is; tells how many elements ran."""
        for count in range(limit):
            ready = self.ready()
            if not ready:
                return count
            self.run(*ready[0])
        raise AssertionError(f"still something to run after {limit} elements")


@contextlib.contextmanager
def opened(file: Path) -> Iterator[State]:
    """Read the state, and write it back where it was changed; one process at a time."""
    with file.open("r+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        before = handle.read()
        state = json.loads(before)
        yield state
        after = json.dumps(state)
        if after != before:
            handle.seek(0)
            handle.truncate()
            handle.write(after)


def main(name: str, file: str, words: list[str]) -> int:
    """Be one of Slurm's commands."""
    if name == "srun":
        return _srun(words)
    with opened(Path(file)) as state:
        state["calls"].append([name, *words])
        if state["down"]:
            return _refuse(f"{name}: error: {DOWN}")
        failures = state["fail"].get(name, [])
        failure = failures.pop(0) if failures else None
        if failure is None or failure["done"]:
            status = {
                "sbatch": _sbatch,
                "squeue": _squeue,
                "scontrol": _scontrol,
                "scancel": _scancel,
                "sacct": _sacct,
            }[name](state, words, silent=failure is not None)
        return status if failure is None else _refuse(f"{name}: error: {failure['text']}")


def _sbatch(state: State, words: list[str], silent: bool) -> int:
    files = [word for word in words if not word.startswith("-")]
    script = Path(files[0]).read_text() if files else sys.stdin.read()
    written = re.findall(r"^#SBATCH (.*)$", script, re.MULTILINE)
    given = [*(word for line in written for word in shlex.split(line)), *words]
    options = _options([word for word in given if word.startswith("-")])
    indices = _indices(options["array"]) if "array" in options else [""]
    top = max((int(i) for i in indices if i), default=0)
    if top >= int(state["config"]["MaxArraySize"]):
        return _refuse("sbatch: error: Batch job submission failed: Invalid job array")
    job = str(state["next"])
    state["next"] += 1
    fresh = {"state": "PENDING", "reason": "Priority", "restarts": 0}
    state["jobs"][job] = {
        "name": options.get("job-name", Path(files[0]).name if files else "sbatch"),
        "user": getpass.getuser(),
        "partition": options.get("partition", "cpu"),
        "dependency": options.get("dependency", ""),
        "options": options,
        "script": script,
        "elements": {index: dict(fresh) for index in indices},
    }
    return 0 if silent else _say(job if "parsable" in options else f"Submitted batch job {job}")


def _squeue(state: State, words: list[str], silent: bool) -> int:
    options = _options(words, h="noheader", r="array", u="user", o="format", t="states", n="name")
    shape = options.get("format", "%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R")
    everything = options.get("states", "").lower() == "all"
    lines = []
    for job, known in state["jobs"].items():
        if options.get("user", known["user"]) != known["user"]:
            continue
        if "name" in options and known["name"] not in options["name"].split(","):
            continue
        for index, element in known["elements"].items():
            if everything or element["state"] in WAITING:
                lines.append(_line(shape, job, index, known, _shown(state["jobs"], known, element)))
    if "noheader" not in options:
        lines.insert(0, "JOBID PARTITION NAME USER ST TIME NODES NODELIST(REASON)")
    return _say("\n".join(lines))


def _line(shape: str, job: str, index: str, known: State, element: State) -> str:
    running = element["state"] == "RUNNING"
    fields = {
        "i": f"{job}_{index}" if index else job,
        "A": str(int(job) + 500_000 + int(index)) if index else job,
        "F": job,
        "K": index or "N/A",
        "j": known["name"],
        "u": known["user"],
        "P": known["partition"],
        "T": element["state"],
        "t": SHORT.get(element["state"], "??"),
        "r": element["reason"],
        "R": "c1" if running else f"({element['reason']})",
        "N": "c1" if running else "",
        "E": known["dependency"] or "(null)",
        "k": known["options"].get("comment", "(null)"),
        "M": "0:00",
        "D": "1",
        "V": "2024-01-01T00:00:00",
        "S": "N/A",
        "Q": "1",
    }
    return re.sub(r"%\.?\d*([A-Za-z])", lambda found: fields[found[1]], shape)


def _scontrol(state: State, words: list[str], silent: bool) -> int:
    verb, *rest = [word for word in words if not word.startswith("-")]
    if verb == "show" and rest[0] == "config":
        return _say("\n".join(f"{key:<24}= {value}" for key, value in state["config"].items()))
    for job, index, element in _named(state, rest):
        if element is None:
            return _refuse(f"Invalid job id specified for job {job}{'_' * bool(index)}{index}")
        if verb == "hold":
            element["reason"] = "JobHeldUser"
        elif verb == "release":
            element["reason"] = "Priority"
        elif verb == "requeue":
            element["restarts"] += 1
            element.update(state="PENDING", reason="BeginTime")
        else:
            return _refuse(f"invalid keyword: {verb}")
    return 0


def _scancel(state: State, words: list[str], silent: bool) -> int:
    if any(word.startswith(("--signal", "-s")) for word in words):
        return 0
    status = 0
    for job, _, element in _named(state, [word for word in words if not word.startswith("-")]):
        if element is None:
            status = _refuse(f"scancel: error: Kill job error on job id {job}: Invalid job id")
        elif element["state"] in WAITING:
            element.update(state="CANCELLED", reason="None")
    return status


def _sacct(state: State, words: list[str], silent: bool) -> int:
    if not state["accounting"]:
        return _refuse("Slurm accounting storage is disabled")
    options = _options(words, o="format", j="jobs", n="noheader", P="parsable2", X="allocations")
    fields = options.get("format", "JobID,State").split(",")
    asked = {job.partition("_")[0] for job in options.get("jobs", "").split(",") if job}
    lines = [] if "noheader" in options else ["|".join(fields)]
    for job, known in state["jobs"].items():
        for index, element in known["elements"].items():
            if not asked or job in asked:
                values = {
                    "jobid": f"{job}_{index}" if index else job,
                    "state": element["state"],
                    "jobname": known["name"],
                }
                lines.append("|".join(values.get(field.lower(), "") for field in fields))
    return _say("\n".join(lines))


def _srun(words: list[str]) -> int:
    """Run a command with its output where srun was told to put it."""
    files, rest = {}, iter(words)
    command: list[str] = []
    for word in rest:
        if not word.startswith("-"):
            command = [word, *rest]
        elif word in ("--output", "--error"):
            files[word] = next(rest)
    out, err = (_log(files.get(name)) for name in ("--output", "--error"))
    return subprocess.run(command, stdout=out, stderr=err or out, check=False).returncode


def _log(pattern: str | None) -> Any:
    if pattern is None:
        return None
    job = os.environ.get("SLURM_ARRAY_JOB_ID", os.environ["SLURM_JOB_ID"])
    names = {"A": job, "j": os.environ["SLURM_JOB_ID"], "t": "0"}
    names["a"] = os.environ.get("SLURM_ARRAY_TASK_ID", "")
    return Path(re.sub(r"%([Ajta])", lambda found: names[found[1]], pattern)).open("a")


def _options(words: list[str], **short: str) -> dict[str, str]:
    """Read `--key=value`, `--key value`, `--flag` and the given short names."""
    found: dict[str, str] = {}
    last = None
    for word in words:
        if word.startswith("--"):
            last, _, value = word[2:].partition("=")
            found[last] = value
        elif word.startswith("-"):
            for letter in word[1:]:
                last = short.get(letter, letter)
                found[last] = ""
        elif last is not None and not found[last]:
            found[last] = word
    return found


def _indices(written: str) -> list[str]:
    """Expand `0-3,7%2`."""
    found: list[str] = []
    for part in written.partition("%")[0].split(","):
        first, _, last = part.partition("-")
        found += map(str, range(int(first), int(last or first) + 1))
    return found


def _named(state: State, words: list[str]) -> Iterator[tuple[str, str, State | None]]:
    """Find the elements that ids such as 12, 12_3, 12_[1-4] and lists of them name."""
    for word in re.findall(r"\d+(?:_\[[^]]*\]|_\d+)?", " ".join(words)):
        job, _, index = word.partition("_")
        known = state["jobs"].get(job)
        indices = _indices(index.strip("[]")) if index else list(known["elements"] if known else "")
        for one in indices or [""]:
            yield job, one, known["elements"].get(one) if known else None


def _holds(jobs: dict[str, State], known: State, element: State) -> str:
    """Say what keeps an element from running, if anything."""
    if element["reason"] in ("JobHeldUser", "JobHeldAdmin"):
        return str(element["reason"])
    before = [jobs[job] for job in re.findall(r"\d+", known["dependency"]) if job in jobs]
    waits = any(e["state"] in WAITING for job in before for e in job["elements"].values())
    return "Dependency" if waits else ""


def _shown(jobs: dict[str, State], known: State, element: State) -> State:
    held = element["state"] == "PENDING" and _holds(jobs, known, element)
    return {**element, "reason": held} if held else element


def _say(text: str) -> int:
    if text:
        sys.stdout.write(text + "\n")
    return 0


def _refuse(text: str) -> int:
    sys.stderr.write(text + "\n")
    return 1

"""A real cluster on this machine, and a project whose settings run on it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from copied import copy_code

HERE = Path(__file__).parent
# Two cores do the work of four nodes, and other programs may be at work as well.
PATIENCE = 90.0
ID = "[0-9a-f]" * 16  # how the folders of records are named

Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """Look until something is found; what was waited for is told when it is not."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.1)
    return found


@dataclass
class Cluster:
    """Slurm's daemons in a folder of their own."""

    folder: Path
    options: tuple[str, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """What the commands of Slurm need to know."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM", "SBATCH"))}
        return plain | {"SLURM_CONF": str(self.folder / "etc" / "slurm.conf")}

    def start(self) -> None:
        """Start it, or bring back what has been killed."""
        self._script("start-cluster", *self.options, str(self.folder))

    def stop(self) -> None:
        """Stop it and delete its folder."""
        self._script("stop-cluster", str(self.folder))

    def ask(self, *words: str) -> str:
        """Run one of Slurm's commands."""
        done = subprocess.run(
            words, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
        return done.stdout

    def queue(self, shape: str = "%i %T") -> list[str]:
        """List what waits and runs."""
        return self.ask("squeue", "--noheader", "--array", f"--format={shape}").splitlines()

    def empty(self) -> bool:
        """Tell whether nothing waits or runs."""
        return not self.queue()

    def clear(self) -> None:
        """Cancel everything, so that the next test finds free nodes."""
        if jobs := {line.partition("_")[0] for line in self.queue("%i")}:
            self.ask("scancel", *jobs)
            wait_for("the queue to be empty", self.empty)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Take jobs, but start none."""
        self.ask("scontrol", "update", "partitionname=cpu", "state=down")
        try:
            yield
        finally:
            self.ask("scontrol", "update", "partitionname=cpu", "state=up")

    def kill_node(self, name: str, daemon_only: bool = False) -> None:
        """Let a node lose its power, or its network."""
        self._script("kill-node", *["--daemon-only"] * daemon_only, str(self.folder), name)

    def declare_down(self, name: str) -> None:
        """Let the controller know of a dead node at once instead of after its patience."""
        self.ask("scontrol", "update", f"nodename={name}", "state=down", "reason=test")

    def end_controller(self, how: signal.Signals) -> None:
        """Let slurmctld go, in order or not."""
        file = self.folder / "run" / "slurmctld.pid"
        pid = int(file.read_text())
        os.kill(pid, how)
        wait_for("slurmctld to end", lambda: not _runs(pid))

    def _script(self, name: str, *words: str) -> None:
        done = subprocess.run(
            [str(HERE / name), *words], capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, f"{name} {' '.join(words)}:\n{done.stderr}"


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


@dataclass
class Project:
    """A clone of the project with the naps in it, and a profile for the cluster."""

    folder: Path
    cluster: Cluster
    profile: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        copy_code(self.folder)
        shutil.copy(HERE / "naps_plan.py", self.folder / "plans" / "naps.py")
        shutil.copy(HERE / "naps_stages.py", self.folder / "experiments" / "naps.py")
        (self.folder / "sonoplan.toml").write_text('results = "results"\n')
        self.write_profile()

    def write_profile(self, **changes: object) -> None:
        """Write the user's profile `test`: no memory asked for, a short notice before the end."""
        plain = {
            "memory_gb": 0,
            "signal_seconds": 8,
            "grace_seconds": 4,
            "use_gpus": False,
            "environment": {"NAPS_DIARY": str(self.folder / "diary")},
        }
        self.profile = plain | changes
        file = self.folder / "config" / "sonoplan" / "clusters" / "test.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(f"{k} = {_toml(v)}" for k, v in self.profile.items()))

    @property
    def results(self) -> Path:
        """The folder of the naps' records."""
        return self.folder / "results" / "naps"

    @property
    def environment(self) -> dict[str, str]:
        """The environment that a user would have."""
        return self.cluster.environment | {
            "PYTHONPATH": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "COLUMNS": "120",
        }

    def start(
        self, *words: str, path: Path | None = None, experiment: str = "naps"
    ) -> subprocess.Popen[str]:
        """Start `sonoplan naps WORDS`; `path` goes before all others on PATH."""
        environment = self.environment
        if path is not None:
            environment["PATH"] = f"{path}{os.pathsep}{environment['PATH']}"
        return subprocess.Popen(
            [sys.executable, "-m", "launch.cli", experiment, *words],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def sonoplan(
        self,
        *words: str,
        status: int = 0,
        path: Path | None = None,
        experiment: str = "naps",
        seconds: float = 120,
    ) -> str:
        """Run `sonoplan naps WORDS` to its end; gives what it said."""
        process = self.start(*words, path=path, experiment=experiment)
        out, err = process.communicate(timeout=seconds)
        told = f"exit status {process.returncode}\n{out[-3000:]}\n{err[-3000:]}"
        assert process.returncode == status, told
        assert "Traceback" not in err, err
        return out + err

    def submit(self, *words: str) -> str:
        """Submit what is selected."""
        return self.sonoplan(*words, "-c", "--slurm", "test")

    def status(self, *words: str, experiment: str = "naps") -> dict[str, Any]:
        """Ask for the status, in the words for scripts."""
        told = self.sonoplan(*words, "--status", "--json", experiment=experiment)
        return json.loads(told)["status"]

    def states(self, *words: str, experiment: str = "naps") -> dict[str, int]:
        """Count the tasks by state, over all stages."""
        return Counter(
            task["state"] for task in self.status(*words, experiment=experiment)["tasks"]
        )

    def done(self, stage: str = "*", experiment: str = "naps") -> dict[str, Path]:
        """Find the records, whole ones only; fails where one is not whole."""
        folders = (self.results.parent / experiment).glob(f"{stage}/{ID}")
        found = {folder.name: folder for folder in folders}
        for task, folder in found.items():
            assert json.loads((folder / "record.json").read_text())["id"] == task
        return found

    def values(self, stage: str = "train") -> dict[str, list[float]]:
        """Read the numbers of every record of a stage, by the task's id."""
        found = {}
        for task, folder in self.done(stage).items():
            with np.load(folder / "arrays.npz") as arrays:
                found[task] = arrays[arrays.files[0]].tolist()
        return found

    def diary(self, stage: str, what: str) -> list[dict[str, Any]]:
        """Read what the stages have noted."""
        file = self.folder / "diary"
        lines = map(json.loads, file.read_text().splitlines() if file.exists() else [])
        return [n for n in lines if n["stage"] == stage and n["what"].startswith(what)]

    def ledger(self) -> list[dict[str, Any]]:
        """Read what was noted of submitted arrays, the earliest first."""
        entries = [json.loads(f.read_text()) for f in (self.results / ".slurm/jobs").glob("*.json")]
        return sorted(entries, key=lambda entry: entry["submitted"])

    def wait_until_done(
        self, count: int, seconds: float = PATIENCE, experiment: str = "naps"
    ) -> None:
        """Wait for a number of records, as long as there is something in the queue."""
        deadline = time.monotonic() + seconds

        def enough() -> bool:
            return len(self.done(experiment=experiment)) >= count

        while not enough() and time.monotonic() < deadline and not self.cluster.empty():
            time.sleep(0.3)
        try:
            wait_for(f"{count} records", enough, 3)
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.told()}") from None

    def told(self) -> str:
        """Gather what could explain a failure: the queue, and what the jobs have said."""
        logs = sorted(self.results.parent.glob("*/.slurm/**/*_log.*"))
        lines = [f"--- {log.name}\n{log.read_text()[-1500:]}" for log in logs[-12:]]
        return "\n".join([f"{len(self.done())} done", *self.cluster.queue("%i %T %r"), *lines])


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)

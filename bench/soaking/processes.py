"""Calls of sonoplan as real processes, on this machine or on one that passes for another."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import gethostname

ROOT = Path(__file__).parents[2]
CLOCK = Path(__file__).parent / "clock"
# As on a cluster: another name, other process ids; the file system keeps its own clock.
ELSEWHERE = [
    *("unshare", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child"),
    *("sh", "-c", 'hostname "$0"; "$@"; exit $?'),
]


@dataclass
class Call:
    """A call of sonoplan and all that it starts; `signals` are those that it was sent."""

    words: Sequence[str]
    host: str
    process: "subprocess.Popen[bytes]"
    output: Path
    signals: set[int] = field(default_factory=set)

    @property
    def elsewhere(self) -> bool:
        """Tell whether it believes to be on another machine."""
        return self.host != gethostname()

    def text(self) -> str:
        """Give what it has printed."""
        return self.output.read_text(errors="replace")

    def pids(self) -> list[int]:
        """Give the processes it has started and that live, itself included."""
        self.process.poll()
        return [pid for pid in _pids() if _stat(pid, 3) == str(self.process.pid)]

    def workers(self) -> list[int]:
        """Give the processes that compute for it."""
        served = [pid for pid in self.pids() if "forkserver" in _command(pid)]
        return [pid for pid in served if int(_stat(pid, 1) or 0) in served]

    def runner(self) -> list[int]:
        """Give the process that leads the workers, while it lives."""
        return [pid for pid in self.pids() if _arguments(pid)[1:3] == ["-m", "launch.cli"]]

    def send(self, what: signal.Signals, pids: Sequence[int]) -> None:
        """Send a signal to some of its processes."""
        self.signals.add(what)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def owners(self, pids: Sequence[int]) -> set[tuple[str, int]]:
        """Give how claims name some of its processes: by host, and by pid as seen from there."""
        return {(self.host, inner) for pid in pids if (inner := _inner(pid)) is not None}


def start(
    words: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    host: str | None = None,
    clock: float = 0.0,
) -> Call:
    """Start a call; with `host` on a machine of that name, whose clock is wrong by some seconds."""
    command = [sys.executable, "-m", "launch.cli", *words]
    if host is not None:
        command = [*ELSEWHERE, host, *command]
        path = f"{CLOCK}{os.pathsep}{environment['PYTHONPATH']}"
        environment = {**environment, "PYTHONPATH": path, "SOAK_CLOCK": str(clock)}
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=output.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Shells let what they run in the background ignore Ctrl-C, this run perhaps included.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    return Call(words, host or gethostname(), process, output)


def can_pretend() -> bool:
    """Tell whether processes can be started that pass for another machine's."""
    try:
        return subprocess.run([*ELSEWHERE, "node", "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int, field: int) -> str | None:
    """Read a field of /proc/PID/stat, after the name: 0 state, 1 parent, 3 session."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[field]


def _arguments(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return []


def _command(pid: int) -> str:
    return " ".join(_arguments(pid))


def _inner(pid: int) -> int | None:
    """Give a process's pid as it sees it itself."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[-1]) for line in lines if line.startswith("NSpid:")), None)

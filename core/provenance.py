"""Where a record came from: code, packages, machine, memory."""

import os
import platform
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from core.claim import this_process

PROJECT = Path(__file__).resolve().parents[1]


@cache
def code_version(folder: Path = PROJECT) -> dict[str, object]:
    """Git commit of the code and whether it was changed since; empty outside a repository."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        return done.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no")
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(changed)}
    except (OSError, subprocess.SubprocessError):
        return {}


def installed_version() -> str:
    """Tell the version of Sonoplan, where it is installed."""
    from importlib.metadata import PackageNotFoundError, version  # a listing has no use for it

    try:
        return version("sonoplan")
    except PackageNotFoundError:
        return "not installed"


def packages() -> dict[str, str]:
    """Versions of the packages that this process has loaded."""
    return dict(_packages(len(sys.modules)))


@cache
def _packages(_loaded: int) -> dict[str, str]:
    found = {"python": platform.python_version()}
    # Only top-level names, and only what they hold: asking numpy's retired sub-modules for anything
    # raises a warning, and some packages warn that nobody should ask for their version.
    for name in sorted(n for n in sys.modules if "." not in n and not n.startswith("_")):
        version = vars(sys.modules[name]).get("__version__")
        if isinstance(version, str) and name not in sys.stdlib_module_names:
            found[name] = version
    return found


@dataclass
class Measure:
    """Seconds and peak memory of one task."""

    began: float = field(default_factory=time.time)
    _clock: float = field(default_factory=time.perf_counter)
    _resets: bool = False

    def __post_init__(self) -> None:
        # A warm worker's own peak is that of its largest task; Linux can start it afresh.
        try:
            Path("/proc/self/clear_refs").write_text("5")
            self._resets = True
        except OSError:
            self._resets = False

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return time.perf_counter() - self._clock

    def peak_memory_mb(self) -> float:
        """Largest resident memory in MiB since the start (where Linux cannot reset it: ever)."""
        if self._resets:
            for line in Path("/proc/self/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1024 if sys.platform == "linux" else 1024 * 1024)


def machine(device: str = "") -> dict[str, object]:
    """Host, process, Slurm job, and the device where one is given."""
    owner = this_process()
    found: dict[str, object] = {"host": owner.host, "pid": owner.pid}
    if device:
        found["device"] = _device_name(device)
    if owner.job:
        found["slurm_job"] = owner.job
    if task := os.environ.get("SLURM_ARRAY_TASK_ID"):
        found["slurm_task"] = task
    return found


def _device_name(device: str) -> str:
    """Name the GPU where there is one: the stage that used it has loaded torch, core never does."""
    torch = sys.modules.get("torch")
    if device != "cuda" or torch is None or not torch.cuda.is_available():
        return device
    return str(torch.cuda.get_device_name())

"""Runs the probe of torch, and makes sense of how it ended."""

import json
import signal
import subprocess
import sys
from contextlib import suppress
from tempfile import TemporaryFile
from typing import Any, TypeAlias

from core.provenance import PROJECT
from launch.doctor.probe import STEPS

Found: TypeAlias = dict[str, dict[str, Any]]
"""What each step of the probe found; "fault" in it where the step failed."""

# A first import of torch from a cluster's shared file system may take a minute.
SECONDS = 180.0


def probe(seconds: float = SECONDS) -> Found:
    """Probe torch, what is built on it, and the GPUs it sees."""
    command = [sys.executable, "-c", "from launch.doctor import probe; probe.main()"]
    # Files, not pipes: what was told before a hang is there in any case.
    with TemporaryFile("w+", errors="replace") as out, TemporaryFile("w+", errors="replace") as err:
        try:
            done = subprocess.run(
                command, cwd=PROJECT, stdout=out, stderr=err, check=False, timeout=seconds
            )
            end = _end(done.returncode)
        except subprocess.TimeoutExpired:
            end = f"no answer within {seconds:g} s"
        out.seek(0)
        err.seek(0)
        return _complete(_read(out.read()), end, err.read())


def _read(text: str) -> Found:
    found: Found = {}
    for line in text.splitlines():
        with suppress(ValueError, TypeError):  # some imports write lines of their own
            found.update(json.loads(line))
    return found


def _complete(found: Found, end: str, errors: str) -> Found:
    """Say of the step in which the probe ended, if it did before its time, how that came."""
    step = next((step for step in STEPS if step not in found), None)
    if end and step is not None:
        last = errors.strip().rpartition("\n")[2]
        found[step] = {"fault": f"{end}: {last}" if last else end}
    return found


def _end(status: int) -> str:
    if status < 0:
        return f"the process was ended by {signal.Signals(-status).name}"
    return f"the process ended with status {status}" if status else ""

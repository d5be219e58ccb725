"""Which GPUs there are: as torch sees them, and as their driver does."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rich.filesize import decimal

from launch.doctor.check import Check
from launch.doctor.pip import reinstall

SECONDS = 20.0


def gpus(said: Mapping[str, Any]) -> Iterator[Check]:
    """Compare what torch said of the GPUs with what the driver says."""
    devices = said.get("devices", ())
    driver = _driver()
    whole = Counter(f"{d['name']}, {decimal(d['bytes'])}" for d in devices if not d["fault"])
    for told, count in whole.items():
        many = f"{count} x " if count > 1 else ""
        yield Check("gpu", "ok", f"{many}{told}; CUDA {said['cuda']}, driver {_version(driver)}")
    for index, device in enumerate(devices):
        if device["fault"]:
            yield Check(f"gpu {index}", "problem", f"{device['name']}: {device['fault']}")
    if not devices:
        yield _none(said, driver)


def _none(said: Mapping[str, Any], driver: list[str]) -> Check:
    """Tell why torch sees no GPU: there is none, or something is in the way."""
    told = f"torch sees none though the driver has {driver[0]}" if driver else "torch sees none"
    if why := said.get("fault") or "; ".join(said.get("warnings", ())):
        return Check("gpu", "problem", f"{told}: {why}", "nvidia-smi")
    if not driver:
        return Check("gpu", "missing", "no CUDA device: trainings run on the CPU")
    if said["cuda"] is None:
        return Check("gpu", "problem", f"{told}: it is built without CUDA", reinstall())
    if (visible := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        hidden = f"CUDA_VISIBLE_DEVICES={visible!r} hides {driver[0]}: trainings run on the CPU"
        return Check("gpu", "missing", hidden, "unset CUDA_VISIBLE_DEVICES")
    return Check("gpu", "problem", f"{told}, and does not say why", "nvidia-smi")


def _driver() -> list[str]:
    """List the GPUs that nvidia-smi knows, as `NAME, driver VERSION`; empty without it."""
    if shutil.which("nvidia-smi") is None:
        return []
    command = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError):
        return []
    return [", driver ".join(line.rsplit(", ", 1)) for line in done.stdout.splitlines()]


def _version(driver: list[str]) -> str:
    return driver[0].rpartition(" ")[2] if driver else "unknown"

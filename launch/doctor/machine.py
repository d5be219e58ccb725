"""What this machine can compute with: its CPU, torch, and its GPUs."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from rich.filesize import decimal

from launch.doctor.check import Check
from launch.doctor.gpus import gpus
from launch.doctor.pip import reinstall
from launch.doctor.probe import PACKAGES
from launch.doctor.probing import Found, probe
from launch.runner import available_cores

# Instructions that multiply in bfloat16, on x86 and on ARM.
_BFLOAT16 = {"avx512_bf16", "amx_bf16", "bf16"}


def checks() -> Iterator[Check]:
    """Look at the CPU, then at what torch makes of this machine."""
    yield _cpu()
    found = probe()
    yield from imports(found)
    if "gpus" in found:
        yield from gpus(found["gpus"])


def _cpu() -> Check:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    told = f"{available_cores()} cores, {decimal(memory)} of memory"
    if knows := bfloat16(Path("/proc/cpuinfo")):
        return Check("cpu", "ok", f"{told}; precision=bfloat16 pays ({', '.join(knows)})")
    return Check("cpu", "ok", f"{told}; precision=bfloat16 does not pay")


def bfloat16(file: Path) -> list[str]:
    """Read which of its instructions the CPU knows; none where the system has no such file."""
    text = file.read_text() if file.exists() else ""
    line = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return sorted(_BFLOAT16.intersection(line[1].split())) if line else []


def imports(found: Found) -> Iterator[Check]:
    """Tell which packages can be imported, and why others cannot."""
    packages = {name: found[name] for name in PACKAGES if name in found}
    versions = [f"{name} {said['version']}" for name, said in packages.items() if "version" in said]
    if versions:
        yield Check("imports", "ok", ", ".join(versions))
    built = str(packages.get("torch", {}).get("version", ""))
    for name, said in packages.items():
        if "fault" in said:
            told = f"cannot be imported: {said['fault']}"
            if built.endswith("+cpu"):
                told += f" (beside torch {built}, which is built without CUDA)"
            yield Check(name, "problem", told, reinstall())

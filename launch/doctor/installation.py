"""What is installed: Sonoplan, Python, the packages needed, and the extras."""

import platform
import sys
from collections.abc import Iterator

from core.provenance import PROJECT, code_version, installed_version
from launch.doctor.check import Check
from launch.doctor.pip import install
from launch.doctor.requirements import extras, needed


def checks() -> Iterator[Check]:
    """Look at what is installed."""
    yield _sonoplan()
    yield Check("python", "ok", f"{platform.python_version()} in {sys.prefix}")
    yield _packages()
    yield from _extras()


def _sonoplan() -> Check:
    code = code_version()
    commit = f"commit {str(code['commit'])[:10]}" if code else "no git checkout"
    changed = " and changes since" if code.get("dirty") else ""
    version = installed_version()
    told = f"{version}, {commit}{changed}, in {PROJECT}"
    if version == "not installed":
        return Check("sonoplan", "missing", told, install())
    return Check("sonoplan", "ok", told)


def _packages() -> Check:
    wanted = needed()
    if faults := wanted.faults():
        return Check("packages", "problem", "; ".join(faults), install())
    return Check("packages", "ok", f"all {len(wanted.requirements)} that setup.cfg needs")


def _extras() -> Iterator[Check]:
    known = extras()
    faults = {name: wanted.faults() for name, wanted in known.items()}
    if there := [name for name in faults if not faults[name]]:
        yield Check("extras", "ok", ", ".join(there))
    for name, wanted in known.items():
        if faults[name]:
            told = f"{wanted.about} ({', '.join(faults[name])})"
            yield Check(name, "missing", told, install(name))

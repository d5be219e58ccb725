"""Whether Slurm is here and answers, and which profiles of clusters there are."""

import getpass
from collections.abc import Iterator
from functools import partial

from launch.doctor.check import Check, isolated
from launch.slurm import profile
from launch.slurm.command import SlurmError, call, installed

# Somebody waits for the answer.
SECONDS = 10.0


def checks(taken: str) -> Iterator[Check]:
    """Look at Slurm, then at the profiles; one of them is taken where none is named."""
    if installed():
        yield from isolated("slurm", _slurm)
    else:
        yield Check("slurm", "missing", "no sbatch here: tasks are computed on this machine")
    for name in dict.fromkeys((*profile.names(), taken)):
        yield from isolated(f"profile {name}", partial(_read, name))
    names = ", ".join(profile.names())
    yield Check("profiles", "ok", f"{names}; --slurm alone takes {taken}")


def _read(name: str) -> tuple[Check, ...]:
    """Read a profile, which fails where it says what cannot be."""
    profile.find(name)
    return ()


def _slurm() -> Iterator[Check]:
    try:
        yield from _answers()
    except SlurmError as error:
        yield Check("slurm", "problem", str(error), "scontrol ping")


def _answers() -> Iterator[Check]:
    """Ask each of the commands that Sonoplan uses; the first that does not answer is the last."""
    version = call("sbatch", "--version", seconds=SECONDS).strip()
    jobs = call(
        "squeue", "--noheader", f"--user={getpass.getuser()}", "--format=%i", seconds=SECONDS
    )
    told = f"{version}; it has {len(jobs.split())} jobs of yours"
    yield Check("slurm", "ok", told, "sonoplan icbhi -s demo/ -c --slurm --dry-run")
    partitions = call("sinfo", "--noheader", "--format=%P", seconds=SECONDS).split()
    yield Check("partitions", "ok", ", ".join(partitions))
    yield _accounting()


def _accounting() -> Check:
    try:
        call("sacct", "--noheader", "--allocations", "--format=JobID", seconds=SECONDS)
    except SlurmError as error:
        return Check("accounting", "missing", f"how jobs end is read from squeue alone: {error}")
    return Check("accounting", "ok", "sacct tells how jobs ended")

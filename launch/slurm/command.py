"""Calls Slurm's own commands."""

import shutil
import subprocess

from core.errors import SonoplanError

# Slurm's commands give up after MessageTimeout (10 s by default) where nobody answers.
ANSWER_SECONDS = 60.0


class SlurmError(SonoplanError, OSError):
    """One of Slurm's commands is missing, did not answer, or refused."""


def installed() -> bool:
    """Tell whether this machine can submit to Slurm."""
    return shutil.which("sbatch") is not None


def call(*words: str, seconds: float = ANSWER_SECONDS) -> str:
    """Run one of Slurm's commands; gives its output, raises SlurmError with its own words."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=seconds)
    except FileNotFoundError as error:
        raise SlurmError(f"{words[0]} is not installed on this machine") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SlurmError(f"{words[0]} did not answer: {error}") from error
    if done.returncode:
        told = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise SlurmError(f"{words[0]} failed: {told}")
    return done.stdout

"""Errors for people: what was asked, what is known, the nearest match, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class SonoplanError(Exception):
    """Base of every error that Sonoplan raises on purpose."""

    def __str__(self) -> str:
        """Show the message as it was written (KeyError would quote it)."""
        return str(self.args[0]) if self.args else ""


class PlanError(SonoplanError, ValueError):
    """A plan, factor or stage is declared in a way that cannot work."""


class UnknownName(SonoplanError, KeyError):
    """A name was asked for that nothing has."""

    def __init__(self, kind: str, name: object, known: Iterable[object], hint: str = "") -> None:
        super().__init__(f"unknown {kind} {str(name)!r}; {suggest(name, known)}{hint}")


class SelectorError(SonoplanError, ValueError):
    """A selector does not parse, or names something that does not exist."""


class UndeclaredFactor(SonoplanError, LookupError):
    """A stage reads a factor that it does not declare.

    Neither a KeyError nor an AttributeError: `get` and `getattr` with a default must not hide it.
    """


class BlankFactor(SonoplanError, AttributeError, KeyError):
    """A factor is read that does not exist in this setting."""


class RecordError(SonoplanError, OSError):
    """A record on disk is damaged, or does not hold what was asked for."""


class DataError(SonoplanError, ValueError):
    """Data on disk are missing, damaged or not what they are said to be."""


class ConfigError(SonoplanError, ValueError):
    """A configuration file or a flag asks for something that cannot be."""


class DownloadError(SonoplanError, OSError):
    """A file cannot be fetched, or what came is not what was expected."""


class ClaimLost(SonoplanError, RuntimeError):
    """Another runner took over the task while this one was computing it."""


class Stopped(SonoplanError, RuntimeError):
    """A stage was asked to stop and did, with all that the next attempt needs in its checkpoint."""


class WorkerDied(SonoplanError, RuntimeError):
    """The process that computed a task died before the task ended."""


def suggest(name: object, known: Iterable[object], shown: int = 12) -> str:
    """Name the nearest match and what is known, for the end of an error message."""
    names = [str(item) for item in known]
    lowered = {item.lower(): item for item in reversed(names)}
    close = get_close_matches(str(name).lower(), lowered, n=1, cutoff=0.5)
    nearest = f"did you mean {lowered[close[0]]!r}? " if close else ""
    listed = ", ".join(names[:shown]) + (", …" if len(names) > shown else "")
    return f"{nearest}known: {listed or 'none'}"

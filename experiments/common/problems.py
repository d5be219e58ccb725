"""What is wrong with a dataset on disk, gathered: a user wants to hear of all damage at once."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from core.errors import DataError, suggest

SHOWN = 8  # names or problems in one message


@contextmanager
def noted(problems: list[str]) -> Iterator[None]:
    """Note the DataError that a block raises, and go on after the block."""
    try:
        yield
    except DataError as error:
        problems.append(str(error))


def refuse(problems: Sequence[str], way_on: str = "") -> None:
    """Raise DataError that tells the first problems and what to do, unless there is none."""
    if problems:
        rest = len(problems) - SHOWN
        more = [f"{rest} more like these"] if rest > 0 else []
        raise DataError("; ".join([*problems[:SHOWN], *more, *filter(None, [way_on])]))


def check_known(where: object, kind: str, name: str, known: Collection[str]) -> None:
    """Raise DataError, with the place and the nearest match, unless a name is a known one."""
    if name not in known:
        raise DataError(f"{where}: unknown {kind} {name!r}; {suggest(name, known)}")


def some(names: Collection[object]) -> str:
    """List the first names, and say how many there are besides."""
    more = len(names) - SHOWN
    shown = [str(name) for name, _ in zip(names, range(SHOWN), strict=False)]
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")

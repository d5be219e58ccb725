"""What is said where a name is not known."""

from collections.abc import Iterable
from difflib import get_close_matches


def unknown(kind: str, name: object, known: Iterable[str]) -> ValueError:
    """Make the error for a name that nothing has, with the nearest one and all there are."""
    names = list(known)
    close = get_close_matches(str(name).lower(), names, n=1)
    nearest = f"did you mean {close[0]!r}? " if close else ""
    return ValueError(f"unknown {kind} {name!r}; {nearest}known: {', '.join(names)}")

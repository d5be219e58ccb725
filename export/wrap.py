"""Text to lines no wider than a limit, in any unit."""

import re
from collections.abc import Callable, Iterator

Measure = Callable[[str], float]

# Names of checkpoints and datasets have no spaces: they break after one of these.
_PARTS = re.compile(r"[^_\-/,=]+[_\-/,=]*|[_\-/,=]+")


def wrap(text: str, limit: float, width: Measure) -> list[str]:
    """Break text at spaces; a word that is too wide alone at its punctuation, else anywhere."""
    if width(text) <= limit:
        return [text]
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined) <= limit:
            lines[-1] = joined
        else:
            lines.extend(_broken(word, limit, width))
    return lines


def parts(text: str) -> list[str]:
    """Split text wherever it may be broken."""
    return [part for word in text.split() for part in _PARTS.findall(word)] or [""]


def _broken(word: str, limit: float, width: Measure) -> list[str]:
    lines = [""]
    for part in _units(word, limit, width):
        if lines[-1] and width(lines[-1] + part) > limit:
            lines.append("")
        lines[-1] += part
    return lines


def _units(word: str, limit: float, width: Measure) -> Iterator[str]:
    if width(word) <= limit:
        yield word
        return
    for part in parts(word):
        yield from [part] if width(part) <= limit else part

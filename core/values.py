"""Modalities: plain Python values, when two are the same, and how they read as text."""

import math
import re
from typing import TypeAlias, TypeGuard

from core.errors import PlanError

Modality: TypeAlias = str | int | float | bool | None

LITERALS: dict[str, Modality] = {"true": True, "false": False, "none": None}
_PLAIN = re.compile(r"[^\s'\"\\+,:=/<>!*?\[\]{}()|&;$`~#%]+")
_TOKENS: dict[tuple[type, Modality], str] = {}


def plain(value: object) -> Modality:
    """Give a declared modality back as plain Python; numpy scalars become Python numbers.

    Raises PlanError for anything that is not a string, a number, a bool or None, and for NaN.
    """
    if value is None or isinstance(value, str | bool):
        return str(value) if isinstance(value, str) else value
    item = getattr(value, "item", None)
    number = item() if callable(item) else value
    if isinstance(number, bool | str):
        return number
    try:
        if isinstance(number, int | float) and not math.isnan(number):
            return number
    except OverflowError:
        raise PlanError(
            "a whole number is too large for a modality: a float must hold it"
        ) from None
    raise PlanError(f"{value!r} cannot be a modality: use str, int, float, bool or None (no NaN)")


def token(value: Modality) -> str:
    """Write the canonical form of a modality: equal tokens are the same modality.

    1 and 1.0 share a token; True and 1 do not, nor do "1" and 1.
    """
    key = (value.__class__, value)
    found = _TOKENS.get(key)
    if found is None:
        found = _TOKENS[key] = _canonical(value)
    return found


def fragment(name: str, value: Modality) -> str:
    """Write a factor with its modality, as identity and equality compare them."""
    return f"{name}={token(value)}"


def _canonical(value: Modality) -> str:
    if isinstance(value, str):
        escaped = value.encode("unicode_escape").decode().replace('"', '\\"')
        return f'"{escaped}"'
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    return str(int(value))


def text(value: Modality) -> str:
    """Write a modality as it is typed in a selector, quoted only where that is needed."""
    if not isinstance(value, str):
        return repr(value)
    if _PLAIN.fullmatch(value) and isinstance(literal(value), str):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def literal(word: str) -> Modality:
    """Read an unquoted word: a bool, None or a number where it is one, else the word itself."""
    if word.lower() in LITERALS:
        return LITERALS[word.lower()]
    for number in (int, float):
        try:
            value = number(word)
            # Else it is nan, or more than a float holds.
            if math.isfinite(value) or "inf" in word.lower():
                return value
        except (ValueError, OverflowError):
            continue
    return word


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether a modality is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)

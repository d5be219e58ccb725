"""JSON documents from disk and from the web: objects, or refused."""

import json
from collections.abc import Mapping
from typing import Any


def read_document(content: bytes) -> dict[str, Any]:
    """Read a JSON object; raises ValueError where the content is none."""
    try:
        found = json.loads(content)
    except RecursionError as error:  # brackets in brackets in brackets …
        raise ValueError("it is nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def check_kinds(made: object, kinds: Mapping[str, Any]) -> None:
    """Raise TypeError, with its name, for an attribute that a document has as another kind."""
    for name, kind in kinds.items():
        if not isinstance(getattr(made, name), kind):
            raise TypeError(f"{name} is {getattr(made, name)!r}")

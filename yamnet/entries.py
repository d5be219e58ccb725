"""What loaders share: every entry of a file fits the network, or the file is refused."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

Shapes = Mapping[str, tuple[int, ...]]


def check(path: Path | str, found: Shapes, expected: Shapes) -> None:
    """Compare a file's entries with what YAMNet has.

    Raises
    ------
    ValueError
        They are not the same; missing, unexpected and ill-shaped ones are listed.
    """
    shapes = [
        f"{name} {found[name]} instead of {expected[name]}"
        for name in expected
        if name in found and found[name] != expected[name]
    ]
    faults = {
        "missing": [name for name in expected if name not in found],
        "unexpected": [name for name in found if name not in expected],
        "of another shape": shapes,
    }
    told = [f"{len(names)} {kind}: {_few(names)}" for kind, names in faults.items() if names]
    if told:
        raise ValueError(f"{path} does not fit YAMNet; entries {'; '.join(told)}")


def imported(module: str, packages: str) -> ModuleType:
    """Import a module that only one kind of file needs, or say how to install it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"reading this file needs {module}: pip install {packages}", name=module
        ) from error


def _few(names: list[str], most: int = 4) -> str:
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more

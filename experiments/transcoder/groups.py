"""Which AudioSet classes stand for each class of a target.

`groups/*.csv` lists them by target. A class marked `published` is in the published groups alone:
"Honk", which is the sound of a goose. One marked `corrected` is in ours alone: "Siren", which the
published siren group of UrbanSound8K lacks. All others are in both.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.errors import DataError, UnknownName
from experiments.common.problems import check_known
from experiments.common.tables import read_table
from experiments.transcoder.clips import Array
from pann import class_names

FOLDER = Path(__file__).with_name("groups")
VARIANTS = ("corrected", "published")


def read_groups(target: str, variant: str) -> dict[str, tuple[str, ...]]:
    """Read the AudioSet classes of each class of a target, URBAN-SOUND-8K or SONYC-UST.

    Raises UnknownName for another target or variant, and DataError, which names the row, where
    the file names what AudioSet does not, names it twice in one group, or marks it as no variant.
    """
    targets = sorted(path.stem for path in FOLDER.glob("*.csv"))
    for kind, name, known in (("target", target, targets), ("groups", variant, VARIANTS)):
        if name not in known:
            raise UnknownName(kind, name, known)
    return parse_groups(FOLDER / f"{target}.csv", variant)


def parse_groups(path: Path, variant: str) -> dict[str, tuple[str, ...]]:
    """Read a file with columns group, class, only; see `read_groups`."""
    groups: dict[str, list[str]] = {}
    for where, (group, name, only) in read_table(path, ("group", "class", "only")):
        check_known(where, "class", name, class_names())
        if name in groups.setdefault(group, []):
            raise DataError(f"{where}: {name!r} is in group {group!r} twice")
        if only not in ("", *VARIANTS):
            raise DataError(f"{where}: {only!r} is none of {', '.join(VARIANTS)}, nor blank")
        if only in ("", variant):
            groups[group].append(name)
    return {group: tuple(names) for group, names in groups.items()}


def group_indices(groups: dict[str, tuple[str, ...]], classes: Sequence[str]) -> list[Array]:
    """Give the indices, among a teacher's classes, of the classes of each group.

    Classes that a teacher lacks are passed over, as YAMNet lacks six of AudioSet's; a group is
    empty for a teacher of few classes that knows none of it.
    """
    index = {name: i for i, name in enumerate(classes)}
    return [np.array([index[n] for n in names if n in index], int) for names in groups.values()]

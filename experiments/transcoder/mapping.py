"""Classes by name: among PANN's 527, YAMNet's 521, or the few of a small teacher.

YAMNet lacks male and female speech, male and female singing, battle cry and funny music; the
others have PANN's names and order.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pann
from core.errors import UnknownName
from experiments.common.tables import read_table

FILE = Path(__file__).with_name("tvb.csv")


def columns(names: Iterable[str], class_names: Sequence[str]) -> list[int]:
    """Find classes among those of a classifier; the ones that it lacks are left out.

    `class_names` are in the order of its scores. So `columns(pann.class_names(),
    yamnet.class_names())` are YAMNet's classes in PANN's order, and with the arguments swapped,
    PANN's columns that YAMNet has. Raises UnknownName for a name that is not AudioSet's.
    """
    known = frozenset(pann.class_names())
    own = {name: index for index, name in enumerate(class_names)}
    wanted = list(names)
    for name in wanted:
        if name not in known:
            raise UnknownName("AudioSet class", name, pann.class_names())
    return [own[name] for name in wanted if name in own]


def tvb() -> dict[str, list[str]]:
    """The names of AudioSet classes of traffic (9), birds (11) and voices (26), by source.

    They are what a sensor network listens for, listed in `tvb.csv`. Which 26 voices were meant is
    not published as text; here they are the first 26 classes, from Speech to Wail, moan.
    """
    sources: dict[str, list[str]] = {}
    for _, (source, name) in read_table(FILE, ("source", "class")):
        sources.setdefault(source, []).append(name)
    return sources

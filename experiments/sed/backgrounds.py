"""Urban scenes of 10 s, the backgrounds of the mixtures: TUT 2018, TAU 2019, or parts of them.

`meta.csv` lists them; its order is the one that the mixture plan shuffles. The sounds lie anywhere
below the folder. A part may do without the table: names say everything, and give the order.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core import Finding, Inspection
from core.errors import DataError
from experiments.common.corpora import Clip, Survey, judge, read_clips, surveying
from experiments.common.problems import check_known
from experiments.common.sound_files import seconds_of, sounds_by_stem, visible_files
from experiments.common.tables import find_table
from experiments.common.urban_scenes import SCENES, read_scenes, seconds_of_scene
from experiments.common.zenodo import ZenodoRecord

TABLE = "meta.csv"
SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class Edition:
    """A development set: where it is, and how many scenes it has, of each kind as many."""

    record: ZenodoRecord
    scenes: int


TUT_2018 = Edition(ZenodoRecord(1228142, "tut2018"), 8640)
TAU_2019 = Edition(ZenodoRecord(2589280, "tau2019"), 14400)
EDITIONS: Mapping[str, Edition] = {e.record.dataset: e for e in (TUT_2018, TAU_2019)}
"""Editions by the names that a plan gives them when they are whole."""


@dataclass(frozen=True)
class Background(Clip):
    """A scene; `scene` is its kind."""

    scene: str


def load(folder: Path, dataset: str) -> tuple[Background, ...]:
    """Read the scenes of a folder in the order of its table.

    Only what is named as a whole edition must be whole; of anything else, what the table lists
    and is not there is passed over. All but synthetic scenes last 10 s.
    Raises DataError, which names the files, for whatever is damaged, unknown or missing.
    """
    whole = EDITIONS.get(dataset)
    measure = seconds_of if dataset == SYNTHETIC else seconds_of_scene
    return _survey(folder, whole, measure).sound(whole.record.way_on if whole else "")


def inspect_tut2018(folder: Path) -> Inspection:
    """Compare a folder with the whole TUT Urban Acoustic Scenes 2018."""
    return _survey(folder, TUT_2018).inspection


def inspect_tau2019(folder: Path) -> Inspection:
    """Compare a folder with the whole TAU Urban Acoustic Scenes 2019."""
    return _survey(folder, TAU_2019).inspection


def inspect_part(folder: Path) -> Inspection:
    """Count what is there of either; nothing particular is expected."""
    return _survey(folder, None).inspection


fetch_tut2018, fetch_tau2019 = TUT_2018.record.fetch, TAU_2019.record.fetch


@surveying
def _survey(
    folder: Path, whole: Edition | None, measure: Callable[[Path], float] = seconds_of_scene
) -> Survey[tuple[Background, ...]]:
    files = visible_files(folder, "the urban scenes")
    sounds = sounds_by_stem(folder, files)
    table = find_table(folder, files, TABLE)
    if table is None and whole:
        raise DataError(f"{folder} lacks {TABLE}, which is in the meta archive")
    listed = dict(read_scenes(table)) if table else _named(sounds)

    def read(path: Path) -> Background:
        scene = listed[path.stem]
        check_known(path, "scene", scene, SCENES)
        return Background(path, measure(path), scene)

    problems: list[str] = []
    found = tuple(read_clips(listed, sounds, read, problems).values())
    findings = list(_findings(found, len(listed), whole))
    return judge(found, findings, problems, listed, sounds, part=whole is None)


def _named(stems: Iterable[str]) -> dict[str, str]:
    """Read the kind of each scene from its name."""
    return {stem: stem.partition("-")[0] for stem in stems}


def _findings(found: Sequence[Background], rows: int, whole: Edition | None) -> Iterator[Finding]:
    yield Finding("rows", rows, whole.scenes if whole else None)
    yield Finding("scenes", len(found), whole.scenes if whole else None)
    counts = Counter(background.scene for background in found)
    for kind in SCENES:
        if whole or kind in counts:
            yield Finding(kind, counts[kind], whole.scenes // len(SCENES) if whole else None)

"""TAU Urban Acoustic Scenes 2020 Mobile, development set, or a part of it.

Its files are named `scene-city-location-segment-device.wav` and hold 10 s each. The first fold,
`evaluation_setup/fold1_train.csv` and `fold1_evaluate.csv`, lists those that are used and their
order. A part may lack these tables: names say everything, and give the order.
"""

import re
from collections import Counter
from collections.abc import Iterator, KeysView, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from core import Finding
from core.errors import DataError
from experiments.common.corpora import Clip, Survey, judge, read_clips, surveying
from experiments.common.problems import check_known
from experiments.common.sound_files import sounds_by_stem, visible_files
from experiments.common.tables import find_table
from experiments.common.urban_scenes import SCENES, read_scenes, seconds_of_scene
from experiments.common.zenodo import ZenodoCorpus, ZenodoRecord

RECORD = ZenodoRecord(3819968, "tau")

CITIES = (
    *("barcelona", "helsinki", "lisbon", "london", "lyon"),
    *("milan", "paris", "prague", "stockholm", "vienna"),
)
FOLD = ("fold1_train.csv", "fold1_evaluate.csv")

_NAME = re.compile(r"(?P<scene>[a-z_]+)-(?P<city>[a-z]+)-\w+-\w+-(?P<device>[a-d]|s\d+)")


@dataclass(frozen=True)
class Scene(Clip):
    """A recording of 10 s; `scene` is one of SCENES, `city` one of CITIES, `device` a to s6."""

    scene: str
    city: str
    device: str


@surveying
def _survey(folder: Path, part: bool) -> Survey[tuple[Scene, ...]]:
    files = visible_files(folder, "the TAU recordings")
    sounds = sounds_by_stem(folder, files)
    listed = _fold(folder, files)
    if not listed and not part:
        raise DataError(f"{folder} lacks {' and '.join(FOLD)}, which are in the meta archive")
    stems = listed or sounds.keys()
    problems: list[str] = []
    found = tuple(read_clips(stems, sounds, _scene, problems).values())
    findings = list(_findings(found, len(sounds), part))
    return judge(found, findings, problems, stems, sounds, part)


def _fold(folder: Path, files: Sequence[Path]) -> KeysView[str]:
    """Read the stems of the first fold in order; none where it is not there."""
    tables = {name: find_table(folder, files, name) for name in FOLD}
    there = [path for path in tables.values() if path]
    if there and len(there) < len(FOLD):
        lacking = next(name for name, path in tables.items() if path is None)
        raise DataError(f"{folder} has {there[0].name} but lacks {lacking}")
    return dict(chain.from_iterable(map(read_scenes, there))).keys()


def _scene(path: Path) -> Scene:
    name = _NAME.fullmatch(path.stem)
    if name is None:
        raise DataError(f"{path} is not named like a scene, SCENE-CITY-LOCATION-SEGMENT-DEVICE")
    for kind, known in (("scene", SCENES), ("city", CITIES)):
        check_known(path, kind, name[kind], known)
    return Scene(path, seconds_of_scene(path), **name.groupdict())


def _findings(found: Sequence[Scene], recordings: int, part: bool) -> Iterator[Finding]:
    yield Finding("recordings", recordings)
    yield Finding("recordings in use", len(found))
    for kind, known in (("scene", SCENES), ("city", CITIES)):
        counts = Counter(getattr(scene, kind) for scene in found)
        yield Finding(f"kinds of {kind}", len(counts), None if part else len(known))
        yield from (Finding(name, counts[name]) for name in known if name in counts)
    devices = Counter(scene.device for scene in found)
    yield from (Finding(f"device {name}", devices[name]) for name in sorted(devices))


CORPUS = ZenodoCorpus(RECORD, _survey)
load, fetch = CORPUS.load, RECORD.fetch
inspect_whole, inspect_part = CORPUS.inspect_whole, CORPUS.inspect_part

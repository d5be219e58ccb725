"""What the corpora of urban scenes share (TUT 2018, TAU 2019, TAU 2020 Mobile): kinds, and 10 s."""

from collections.abc import Iterator
from pathlib import Path

from core.errors import DataError
from experiments.common.sound_files import seconds_of
from experiments.common.tables import read_table

SLOPES = {
    "airport": 1.0,
    "bus": 2.0,
    "metro": 1.8,
    "metro_station": 1.3,
    "park": 0.8,
    "public_square": 1.1,
    "shopping_mall": 0.9,
    "street_pedestrian": 1.0,
    "street_traffic": 1.5,
    "tram": 1.7,
}
"""How fast the power of made-up noise falls with frequency: most inside what drives."""
SCENES = tuple(SLOPES)
"""The kinds of scenes."""
SECONDS = 10.0
SLACK = 0.05  # s
COLUMNS = ("filename", "scene_label")


def read_scenes(path: Path) -> Iterator[tuple[str, str]]:
    """Read a table of scenes: name without ending and kind of each, in order.

    Raises DataError, which names the row, where a name says another kind than its column.
    """
    for where, (filename, scene) in read_table(path, COLUMNS, "\t"):
        stem = Path(filename).stem
        if not stem.startswith(f"{scene}-"):
            raise DataError(f"{where}: {filename} is said to be a scene {scene!r}")
        yield stem, scene


def seconds_of_scene(path: Path) -> float:
    """Tell how long a scene is; raises DataError where it is damaged or does not last 10 s."""
    seconds = seconds_of(path)
    if abs(seconds - SECONDS) > SLACK:
        raise DataError(f"{path} holds {seconds:.3f} s instead of {SECONDS:g} s; copy it again")
    return seconds

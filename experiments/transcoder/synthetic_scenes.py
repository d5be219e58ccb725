"""Scenes of a town in the layout of TAU Urban Acoustic Scenes 2020 Mobile, made from a seed."""

from pathlib import Path

import numpy as np
import soundfile

from experiments.common.synthesis import Progress
from experiments.common.tables import write_table
from experiments.common.urban_scenes import SLOPES
from experiments.transcoder.scenes import SECONDS
from experiments.transcoder.tau import CITIES
from experiments.transcoder.tau_parts import CITY_PARTS
from experiments.transcoder.urban_scene import Event, arrange, mix
from experiments.transcoder.urban_sounds import SOURCES

RATE = 44_100
COLUMNS = ("filename", "scene_label", "identifier", "source_label")

EVENTS_FILE = "events.csv"
EVENT_COLUMNS = ("filename", "onset", "offset", "event_label")


def write_scenes(
    folder: Path,
    seed: int,
    scenes: int = 60,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write scenes of 10 s, the cities in turn, and what is heard when in `events.csv`.

    The same arguments give the same bytes. Ten scenes or more have every city.
    """
    (folder / "audio").mkdir(parents=True)
    rows, heard = [], []
    for i in range(scenes):
        row, events = _write_scene(folder, np.random.default_rng([seed, i]), i)
        rows.append(row)
        heard += [(row[0], f"{e.onset:.3f}", f"{e.offset:.3f}", e.source.label) for e in events]
        progress(i + 1, scenes)
    write_table(folder / "meta.csv", [COLUMNS, *rows], "\t")
    write_table(folder / EVENTS_FILE, [EVENT_COLUMNS, *heard], "\t")
    (folder / "evaluation_setup").mkdir()
    for part, evaluated in (("train", False), ("evaluate", True)):
        listed = [row[:2] for row in rows if row[2].startswith(CITY_PARTS["eval"]) == evaluated]
        path = folder / "evaluation_setup" / f"fold1_{part}.csv"
        write_table(path, [COLUMNS[:2], *listed], "\t")


def _write_scene(
    folder: Path, rng: np.random.Generator, index: int
) -> tuple[tuple[str, ...], tuple[Event, ...]]:
    """Write a scene; give its row of `meta.csv` and what is heard in it."""
    turn, city = divmod(index, len(CITIES))
    scene = list(SLOPES)[(turn + city) % len(SLOPES)]
    place = f"{CITIES[city]}-{city}"
    name = f"audio/{scene}-{place}-{index}-a.wav"
    events = arrange(rng, SOURCES, SECONDS)
    sound = mix(rng, RATE, SECONDS, events, SLOPES[scene])
    soundfile.write(folder / name, sound, RATE, subtype="PCM_24")
    return (name, scene, place, "a"), events

"""Clips of a town in the layouts of UrbanSound8K and SONYC-UST v2, made from a seed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import soundfile

from experiments.common.synthesis import Progress
from experiments.common.tables import write_table
from experiments.transcoder.urban_scene import Event, mix
from experiments.transcoder.urban_sounds import SOURCES, URBAN_SOUNDS
from experiments.transcoder.urbansound8k import CLASSES, TABLE

Flags: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
Row: TypeAlias = tuple[object, ...]

RATE = 32_000

FOLDS = 10
LENGTHS = (0.9, 4.0)  # s
# dB above the background by salience: 1 in front, 2 further back.
LEVELS = {1: (14.0, 24.0), 2: (4.0, 14.0)}
CLIP_COLUMNS = ("slice_file_name", "fsID", "start", "end", "salience", "fold", "classID", "class")

SONYC_SECONDS = 10
COARSE = {
    "1_engine_presence": ("Engine",),
    "2_machinery-impact_presence": ("Jackhammer", "Drill"),
    "3_non-machinery-impact_presence": ("Gunshot, gunfire",),
    "4_powered-saw_presence": ("Chainsaw",),
    "5_alert-signal_presence": ("Vehicle horn, car horn, honking", "Siren"),
    "6_music_presence": ("Music",),
    "7_human-voice_presence": ("Speech",),
    "8_dog_presence": ("Bark",),
}
ANOTHER = 0.2  # probability of each class beside the one that a clip is made for
OVERHEARD = 0.1  # probability that an annotator does not hear what is there,
UNASKED = 0.05  # and that nothing is known of her answer
# The part of each turn through the classes; a turn has a sensor of its own in every five.
TURNS = ("train", "train", "train", "validate", "test")
EXPERT = 0  # the annotator whose rows count in the test part
# Somewhere, in some week of some year.
WHERE = {"borough": 1, "block": 547, "latitude": 40.73, "longitude": -73.99}
WHEN = {"year": 2019, "week": 20, "day": 3, "hour": 14}
ANNOTATION_COLUMNS = (
    *("split", "sensor_id", "audio_filename", "annotator_id", *WHERE, *WHEN, *COARSE),
)


def write_urbansound8k(
    folder: Path, seed: int, clips: int = 2, progress: Progress = lambda done, total: None
) -> None:
    """Write so many clips of each class for each fold, each from a recording of its own.

    The same arguments give the same bytes. Some clips are shorter than 1 s, as in the real one.
    """
    (folder / "metadata").mkdir(parents=True)
    of_fold = len(URBAN_SOUNDS) * clips
    rows: list[Row] = []
    for i in range(FOLDS * of_fold):
        fold, rest = divmod(i, of_fold)
        rows.append(
            _write_clip(folder, np.random.default_rng([seed, i]), i, fold + 1, rest // clips)
        )
        progress(i + 1, FOLDS * of_fold)
    write_table(folder / "metadata" / TABLE, [CLIP_COLUMNS, *rows])


def _write_clip(folder: Path, rng: np.random.Generator, index: int, fold: int, label: int) -> Row:
    seconds = rng.uniform(*LENGTHS)
    start = rng.uniform(0, 60)
    salience = int(rng.integers(1, 3))
    event = Event(URBAN_SOUNDS[label], 0.0, seconds)
    sound = mix(rng, RATE, seconds, [event], level=LEVELS[salience])
    recording = 100_000 + index
    name = f"{recording}-{label}-0-0.wav"
    place = folder / "audio" / f"fold{fold}"
    place.mkdir(parents=True, exist_ok=True)
    soundfile.write(place / name, sound, RATE, subtype="PCM_16")
    span = f"{start:.6f}", f"{start + seconds:.6f}"
    return name, recording, *span, salience, fold, label, CLASSES[label]


def write_sonyc(
    folder: Path, seed: int, clips: int = 120, progress: Progress = lambda done, total: None
) -> None:
    """Write clips of 10 s with one class or more, and a row for each annotator of each clip.

    The same arguments give the same bytes. Of the annotations the coarse columns are there and
    none of the fine ones. Forty clips or more have every class in every part.
    """
    (folder / "audio").mkdir(parents=True)
    rows: list[Row] = []
    for i in range(clips):
        rows += _write_recording(folder, np.random.default_rng([seed, i]), i)
        progress(i + 1, clips)
    write_table(folder / "annotations.csv", [ANNOTATION_COLUMNS, *rows])


def _write_recording(folder: Path, rng: np.random.Generator, index: int) -> Iterator[Row]:
    turn, first = divmod(index, len(COARSE))
    sensor = turn % len(TURNS)
    present = rng.random(len(COARSE)) < ANOTHER
    present[first] = True
    sound = mix(rng, RATE, SONYC_SECONDS, _events(rng, present))
    name = f"{sensor:02d}_{index:06d}.wav"
    soundfile.write(folder / "audio" / name, sound, RATE, subtype="PCM_16")
    part = TURNS[sensor]
    for annotator, answers in _annotations(rng, present, part):
        yield part, sensor, name, annotator, *WHERE.values(), *WHEN.values(), *answers


def _events(rng: np.random.Generator, present: Flags) -> list[Event]:
    """Let each class that is present be heard once, for 2 to 5 s."""
    sources = {source.label: source for source in SOURCES}
    events = []
    for labels, heard in zip(COARSE.values(), present, strict=True):
        if heard:
            seconds = rng.uniform(2, 5)
            label = labels[int(rng.integers(len(labels)))]
            events.append(Event(sources[label], rng.uniform(0, SONYC_SECONDS - seconds), seconds))
    return events


def _annotations(
    rng: np.random.Generator, present: Flags, part: str
) -> Iterator[tuple[int, list[int]]]:
    """Give three annotators' answers for each class, and an expert's, who is right, in the test.

    1 is present, 0 absent, -1 not known.
    """
    for annotator in (1, 2, 3):
        heard = present & (rng.random(len(present)) >= OVERHEARD)
        yield annotator, np.where(rng.random(len(present)) < UNASKED, -1, heard).tolist()
    if part == "test":
        yield EXPERT, present.astype(int).tolist()

"""Synthetic sources of mixtures, made from a seed: the stages that write them, and where.

They stand in for FSDKaggle2018 and TUT Urban Acoustic Scenes 2018 on a fresh machine, and are laid
out as those are.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

from core import Inputs, Output, Setting
from experiments.common.corpora import CORPUS
from experiments.common.synthesis import Progress, Wave, background, wander
from experiments.common.tables import write_table
from experiments.common.urban_scenes import SCENES, SECONDS, SLOPES
from experiments.sed.classes import CLASSES
from experiments.sed.folds import FOLDS
from experiments.sed.metadata import COLUMNS
from experiments.sed.synthetic_families import FAMILIES

SOUND_RATE = 44_100
UNVERIFIED = 6  # one sound in so many; in the real corpus three of five, which are not mixed
WRONG = 1 / 3  # of these, the part that is of another class than the table says
LOUDNESS = (0.1, 1.0)  # peaks of sounds

SCENE_RATE = 48_000
CITIES = ("barcelona", "helsinki", "london", "paris", "stockholm", "vienna")
SCENE_RMS = 0.03
OTHER_SLOPE = 0.4  # that scenes of a kind differ by
GUSTS = 0.5  # the part of their loudness by which scenes rise and fall

SCENE_COLUMNS = ("filename", "scene_label", "identifier", "source_label")


def synthesise_events(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Write `sounds` of each class, as FSDKaggle2018, into the record's folder `corpus`."""
    write_sounds(output.folder / CORPUS, setting.corpus_seed, setting.sounds, output.progress)


def synthesise_scenes(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Write a scene for each clip of each fold, as TUT 2018, into the record's folder `corpus`.

    Scenes are as long as the clips: 10 s, as real ones, unless a plan asks for less.
    """
    count, seconds = len(FOLDS) * setting.clips, setting.clip_seconds
    folder = output.folder / CORPUS
    write_scenes(folder, setting.corpus_seed, count, seconds, inputs.threads, output.progress)


def write_sounds(
    folder: Path, seed: int, sounds: int, progress: Progress = lambda done, total: None
) -> None:
    """Write so many sounds of each class, and the table `train.csv` of them.

    The same arguments give the same bytes. Names, and so the rows, are in no order of classes.
    """
    (folder / "audio_train").mkdir(parents=True)
    total = len(CLASSES) * sounds
    numbers = np.random.default_rng(seed).permutation(total) * (2**32 // total)
    rows = []
    for i, number in enumerate(numbers.tolist()):
        turn, label = divmod(i, len(CLASSES))
        rng = np.random.default_rng([seed, i])
        verified = turn % UNVERIFIED != UNVERIFIED - 1
        wrong = not verified and rng.random() < WRONG
        kind = int(rng.integers(len(CLASSES))) if wrong else label
        name = f"{number:08x}.wav"
        sound = rng.uniform(*LOUDNESS) * FAMILIES[CLASSES[kind]].play(rng, SOUND_RATE)
        soundfile.write(folder / "audio_train" / name, sound, SOUND_RATE, subtype="PCM_16")
        rows.append((name, CLASSES[label], int(verified)))
        progress(i + 1, total)
    write_table(folder / "train.csv", [COLUMNS, *sorted(rows)])


def write_scenes(
    folder: Path,
    seed: int,
    scenes: int,
    seconds: float = SECONDS,
    threads: int = 1,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write so many scenes, kinds and cities in turn, and the table `meta.csv` of them.

    The same arguments give the same bytes, with any number of threads.
    """
    (folder / "audio").mkdir(parents=True)
    rows = [_scene_row(i) for i in range(scenes)]

    def write(i: int) -> None:
        sound = _scene(np.random.default_rng([seed, i]), SLOPES[rows[i][1]], seconds)
        soundfile.write(folder / rows[i][0], sound, SCENE_RATE, subtype="PCM_16")

    with ThreadPoolExecutor(threads) as pool:
        for i, _ in enumerate(pool.map(write, range(scenes))):
            progress(i + 1, scenes)
    write_table(folder / "meta.csv", [SCENE_COLUMNS, *rows], "\t")


def _scene_row(index: int) -> tuple[str, str, str, str]:
    turn, kind = divmod(index, len(SCENES))
    place = f"{CITIES[turn % len(CITIES)]}-{turn}"
    return f"audio/{SCENES[kind]}-{place}-{index}-a.wav", SCENES[kind], place, "a"


def _scene(rng: np.random.Generator, slope: float, seconds: float) -> Wave:
    """Make noise that rises and falls, (frames, 2), with about this slope."""
    frames = round(seconds * SCENE_RATE)
    slope += rng.uniform(-OTHER_SLOPE, OTHER_SLOPE)
    loudness = SCENE_RMS * wander(rng, SCENE_RATE, frames, GUSTS)
    return np.stack([background(rng, frames, slope) * loudness for _ in range(2)], axis=1)

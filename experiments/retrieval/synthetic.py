"""A synthetic corpus of captioned sound textures in Clotho's layout, made from a seed.

It stands in for Clotho v2.1 on a fresh machine: three folders of sounds, and for each a table with
five captions a sound.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from core import Inputs, Output, Setting
from experiments.common.synthesis import Progress
from experiments.common.tables import write_table
from experiments.retrieval.captioned import SPLITS
from experiments.retrieval.clotho import WIDE
from experiments.retrieval.synthetic_captions import describe
from experiments.retrieval.synthetic_contents import Content, ceiling, draw_content, play

HELD_OUT = 4  # sounds of development to one of validation, and to one of evaluation
RATE = 44_100
SECONDS = (3.0, 6.0)  # real ones last 15 to 30 s
NAMES = ("Field recording {}.wav", "{}_take.wav", "atmo.{}.wav", "{} Sound, outside (mono).wav")


def make(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Write a corpus with `sounds` clips in development and a quarter in each other split.

    It lies in the record's folder. What a perfect system reaches (mAP@10 of text to audio, where
    clips of one content are told by chance) is told for each split in `ceiling`.
    """
    contents = write_corpus(
        output.folder, setting.corpus_seed, setting.sounds, inputs.threads, output.progress
    )
    output.info["ceiling"] = {split: ceiling(found) for split, found in contents.items()}


def write_corpus(
    folder: Path,
    seed: int,
    sounds: int,
    threads: int = 1,
    progress: Progress = lambda done, total: None,
) -> Mapping[str, list[Content]]:
    """Write sounds and captions of each split; give what is heard in each sound, in order.

    The same arguments give the same bytes, with any number of threads. A corpus of fewer sounds is
    the beginning of each split of a larger one.
    """
    counts = {split: count_of(split, sounds) for split in SPLITS}
    contents: dict[str, list[Content]] = {}
    done, total = 0, sum(counts.values())
    with ThreadPoolExecutor(threads) as pool:
        for split, count in counts.items():
            (folder / split).mkdir(parents=True)
            clips = []
            for clip in pool.map(partial(_write_clip, folder, seed, split), range(count)):
                clips.append(clip)
                done += 1
                progress(done, total)
            write_table(folder / f"clotho_captions_{split}.csv", [WIDE, *(row for row, _ in clips)])
            contents[split] = [content for _, content in clips]
    return contents


def count_of(split: str, sounds: int) -> int:
    """Tell how many clips a split has where development has so many `sounds`."""
    return sounds if split == SPLITS[0] else -(-sounds // HELD_OUT)


def _write_clip(folder: Path, seed: int, split: str, index: int) -> tuple[list[str], Content]:
    """Write a clip; give its row of the captions, and what is heard."""
    place = SPLITS.index(split)
    rng = np.random.default_rng([seed, place, index])
    content = draw_content(rng)
    captions = describe(rng, content)
    wave = play(rng, content, RATE, rng.uniform(*SECONDS))
    name = NAMES[index % len(NAMES)].format(f"{index * len(SPLITS) + place:05d}")
    # In Clotho, too, a few names begin with a space on disk and without one in the tables.
    space = " " if index == 0 and split != "evaluation" else ""
    soundfile.write(folder / split / f"{space}{name}", wave, RATE, subtype="PCM_16")
    return [name, *captions], content

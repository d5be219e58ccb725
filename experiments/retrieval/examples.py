"""The stage that makes rankings heard: the clips found first for some captions."""

import re
from pathlib import Path

import numpy as np
import soundfile
import soxr

from core import Inputs, Output, Setting
from experiments.common.recordings import read_mono
from experiments.retrieval.corpora import load

QUERIES, RANKS = 6, 3
SECONDS, RATE = 10, 16_000  # of each, so that a page of many settings can be mailed
LONGEST = 120  # of the captions in the names of files
_UNSAFE = re.compile(r"[^\w ,'-]+", re.ASCII)


def examples(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Write the beginning of the three clips that were ranked best for a few captions, as wav.

    The captions are taken at equal distances from the evaluation split. A file is named after
    its caption, its rank, and whether it is the clip that the caption was written for:
    `2 Rain falls on a roof, rank 1 (its clip).wav`.
    """
    answers, captions = inputs["retrieval"], inputs["captions"]
    clips = load(setting.dataset, inputs)
    paths = {clip.fname: clip.path for clip in clips if clip.split == "evaluation" and clip.path}
    texts, names = captions["text"], answers["fname"].tolist()
    spread = np.linspace(0, len(answers["caption"]) - 1, QUERIES).round().astype(int)
    queries = np.unique(spread).tolist()
    for place, query in enumerate(queries, start=1):
        caption = _UNSAFE.sub("", str(texts[answers["caption"][query]]))[:LONGEST].strip()
        for rank, clip in enumerate(answers["t2a_top"][query, :RANKS].tolist(), start=1):
            whose = " (its clip)" if clip == answers["clip"][query] else ""
            name = f"{place} {caption}, rank {rank}{whose}.wav"
            _write_beginning(paths[names[clip]], output.folder / name)
        output.progress(place, len(queries))


def _write_beginning(sound: Path, path: Path) -> None:
    wave, rate = read_mono(sound)
    beginning = soxr.resample(wave[: SECONDS * rate], rate, RATE)
    soundfile.write(path, beginning / max(1, np.abs(beginning).max()), RATE, subtype="PCM_16")

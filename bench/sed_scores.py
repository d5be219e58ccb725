"""Seconds to score a fold of 2,000 clips: 41 classes, 311 frames, 64 bands. To reach: 10 s in all.

Where `sed_eval` and `sed_scores_eval` are installed, the same scores by them, of a part of the
clips, and their time taken times as many.
"""

import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

import numpy as np
import torch
from scipy.ndimage import uniform_filter1d

from core.memory import keep_memory
from experiments.sed.detector import detect, gate
from experiments.sed.event_scores import event_counts, segment_counts
from experiments.sed.events import Events, active_frames, listed
from experiments.sed.material import Array
from experiments.sed.psds import SCENARIOS, psds
from experiments.sed.scores import fold_scores
from experiments.sed.segmentation import Segmentation

CLIPS, CLASSES, FRAMES, BANDS, SECONDS = 2000, 41, 311, 64, 10.0
BATCH, MAPS = 16, 160
PART = 50
NAMES = [f"class {index:02d}" for index in range(CLASSES)]


def timed(name: str, work: Callable[[], object], times: float = 1, reach: str = "") -> float:
    """Print, and give, the seconds that some work takes, times as much of it."""
    start = time.perf_counter()
    work()
    taken = (time.perf_counter() - start) * times
    print(f"{name}: {taken:.2f} s{reach}")
    return taken


def material() -> tuple[Events, Array, Array]:
    """Make up events, and probabilities of clips and frames, smooth and higher in events."""
    rng = np.random.default_rng(0)
    label = rng.integers(CLASSES, size=(CLIPS, 3))
    onset = np.tile([0.5, 3.0, 5.5], (CLIPS, 1))
    truth = listed(label, onset, onset + rng.uniform(0.3, 2, onset.shape))
    frames = 0.3 * active_frames(truth, (CLIPS, CLASSES, FRAMES)).astype(np.float32)
    for clip in frames:
        clip += uniform_filter1d(rng.random(clip.shape, np.float32), 9, axis=-1) * 0.25
    clips = frames.max(-1) - 0.1
    return truth, clips, frames.astype(np.float16)


def segmentation_seconds(truth: Events) -> float:
    """Score maps of some clips, and say how long a fold takes."""
    active = torch.from_numpy(active_frames(truth, (CLIPS, CLASSES, FRAMES))[:MAPS])
    mask = torch.rand(BATCH, FRAMES, BANDS) < 0.3
    maps = torch.rand(BATCH, CLASSES, FRAMES, BANDS) ** 4
    segmentation = Segmentation(CLASSES)

    def work() -> None:
        for part in active.split(BATCH):
            segmentation.add(maps, mask, part)

    taken = timed(f"segmentation, {CLIPS // MAPS} times {MAPS} clips", work, CLIPS / MAPS)
    return taken + timed("its areas", segmentation.scores)


def by_sed_eval(truth: Events, found: Events) -> None:
    """Score events and segments of some clips by sed_eval."""
    import sed_eval

    def lists(events: Events, clip: int) -> list[dict[str, object]]:
        chosen = (v[events.clip == clip].tolist() for v in events[1:])
        keys = ("event_label", "event_onset", "event_offset")
        return [dict(zip(keys, (NAMES[c], *t), strict=True)) for c, *t in zip(*chosen, strict=True)]

    pairs = [(lists(truth, clip), lists(found, clip)) for clip in range(PART)]
    for kind in ("EventBasedMetrics", "SegmentBasedMetrics"):
        metric = getattr(sed_eval.sound_event, kind)(NAMES)

        def work(evaluate: Callable[..., None]) -> None:
            for pair in pairs:
                evaluate(*pair)

        timed(f"sed_eval, {kind}", partial(work, metric.evaluate), CLIPS / PART)


def main() -> None:
    """Print the seconds."""
    torch.set_num_threads(2)
    keep_memory()  # as whatever computes a task does
    truth, clips, frames = material()
    found = detect(gate(frames, clips))
    print(f"{CLIPS} clips, {len(truth.clip)} events, {len(found.clip)} found")
    whole = timed(
        "all scores of clips and frames", lambda: fold_scores(clips, frames, truth, SECONDS)
    )
    whole += segmentation_seconds(truth)
    print(f"all scores: {whole:.2f} s; to reach: 10 s")
    timed("of these, events", lambda: event_counts(found, truth, CLASSES))
    timed("of these, segments", lambda: segment_counts(found, truth, CLASSES))
    timed("of these, PSDS in two scenarios", lambda: psds(frames, truth, SECONDS, SCENARIOS))
    if find_spec("sed_eval"):
        by_sed_eval(truth, found)


if __name__ == "__main__":
    main()

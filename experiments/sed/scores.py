"""All scores of a fold that follow from probabilities of clips and of frames."""

import numpy as np

from experiments.sed.clip_scores import (
    area_under_roc,
    average_precision,
    micro_average_precision,
)
from experiments.sed.counts import count
from experiments.sed.detector import THRESHOLD, detect, gate
from experiments.sed.event_scores import event_counts, segment_counts
from experiments.sed.events import Events, active_frames
from experiments.sed.material import Array
from experiments.sed.psds import psds


def fold_scores(clips: Array, frames: Array, truth: Events, seconds: float) -> dict[str, Array]:
    """Score probabilities of clips (n, classes), which last so many seconds, and of their frames.

    Frames are (n, classes, frames) float16; those of classes that a clip does not have, by its
    own probability, count as 0 but in PSDS. Arrays (classes,), NaN for a class without an event:
    `ap` and `auc`; `tagging_f1`, `frame_f1`, `event_f1` and `segment_f1`, at the thresholds of
    `detector`; `psds1_class` and `psds2_class`. Numbers: `micro_ap`, `psds1`, `psds2`, and of all
    classes taken for one `event_f1_overall`, `segment_f1_overall`.
    """
    classes = clips.shape[1]
    active = active_frames(truth, frames.shape)
    present = np.any(active, axis=-1)
    heard = gate(frames, clips)
    found = detect(heard)
    events = event_counts(found, truth, classes)
    segments = segment_counts(found, truth, classes)
    (psds1, psds1_class), (psds2, psds2_class) = psds(frames, truth, seconds)
    return {
        "micro_ap": np.array(micro_average_precision(present, clips)),
        "ap": average_precision(present, clips),
        "auc": area_under_roc(present, clips),
        "tagging_f1": count(clips > THRESHOLD, present).f1,
        "frame_f1": count(heard > THRESHOLD, active).f1,
        "event_f1": events.f1,
        "event_f1_overall": events.overall.f1[0],
        "segment_f1": segments.f1,
        "segment_f1_overall": segments.overall.f1[0],
        "psds1": np.array(psds1),
        "psds1_class": psds1_class,
        "psds2": np.array(psds2),
        "psds2_class": psds2_class,
    }

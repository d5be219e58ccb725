"""What a small teacher learns from: seconds of made-up scenes, and what is heard in each."""

from collections.abc import Iterable

import numpy as np
import soxr
import torch
from torch import Tensor

from experiments.common.urban_scenes import SLOPES
from experiments.transcoder.representation import representation
from experiments.transcoder.scenes import SECONDS
from experiments.transcoder.third_octave import SAMPLE_RATE
from experiments.transcoder.urban_scene import Event, arrange, mix
from experiments.transcoder.urban_sounds import SOURCES

CLASSES = tuple(source.label for source in SOURCES)
"""AudioSet display names of all that is heard in the scenes."""

HEARD = 0.25  # s of an event within a second; less is too little to name it


def lessons(classifier: str, scenes: int, seed: int) -> tuple[Tensor, Tensor]:
    """Make log-mels (10 * scenes, T, 64) of scenes, and which CLASSES are heard in each second.

    The scenes are of the kind of the synthetic corpus; none of them is in it.
    """
    reads = representation(classifier)
    front_end = reads.module()
    slopes = list(SLOPES.values())
    mels, heard = [], []
    for scene in range(scenes):
        rng = np.random.default_rng([seed, scene, len(CLASSES)])
        events = arrange(rng, SOURCES, SECONDS)
        made = mix(rng, SAMPLE_RATE, SECONDS, events, slopes[scene % len(slopes)])
        sound = soxr.resample(made, SAMPLE_RATE, reads.sample_rate)
        seconds = torch.from_numpy(sound / np.abs(sound).max()).reshape(SECONDS, -1)
        with torch.inference_mode():
            mels.append(front_end(seconds))
        heard.append(presence(events))
    return torch.cat(mels), torch.cat(heard)


def presence(events: Iterable[Event]) -> Tensor:
    """Say with 1 which CLASSES are heard in each second of a scene, (10, classes)."""
    heard = torch.zeros(SECONDS, len(CLASSES))
    seconds = torch.arange(SECONDS)
    for event in events:
        shared = (seconds + 1).clamp(max=event.offset) - seconds.clamp(min=event.onset)
        heard[:, CLASSES.index(event.source.label)] += shared.clamp(min=0)
    return (heard >= HEARD).float()

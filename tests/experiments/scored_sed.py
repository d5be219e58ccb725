"""Random events and probabilities of a fold, for comparisons with other programs."""

import numpy as np
from scipy.ndimage import uniform_filter1d

from experiments.sed.events import Events, active_frames

FRAMES, SECONDS = 311, 10.0


def random_events(rng, clips, classes, most=5):
    """Draw up to `most` events a clip, some of them of one class; all classes are there."""
    number = rng.integers(1, most + 1, clips)
    clip = np.repeat(np.arange(clips), number)
    label = np.append(np.arange(classes), rng.integers(classes, size=len(clip) - classes))
    onset = rng.uniform(0, 8, len(clip))
    return Events(clip, label, onset, onset + rng.uniform(0.2, 1.9, len(clip)))


def moved(rng, events, by=0.3):
    """Move onsets and offsets about, lose some events, confuse some, and add some."""
    kept = rng.random(len(events.clip)) < 0.8
    clip, label, onset, offset = (values[kept] for values in events)
    confused = rng.random(len(clip)) < 0.2
    label = np.where(confused, rng.permutation(label), label)
    onset = np.maximum(onset + rng.uniform(-by, by, len(clip)), 0)
    offset = np.maximum(offset + rng.uniform(-by, by, len(clip)), onset + 0.05)
    return Events(*(np.append(v, v[:9]) for v in (clip, label, onset, offset)))


def probabilities(rng, events, clips, classes):
    """Make probabilities of frames (clips, classes, FRAMES) float16, some higher in events."""
    noise = uniform_filter1d(rng.random((clips, classes, FRAMES)), 9, axis=-1) * 0.6
    return (noise + rng.random((clips, 1, 1)) * 0.4 * active_frames(events, noise.shape)).astype(
        np.float16
    )

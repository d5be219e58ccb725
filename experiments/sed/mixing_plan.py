"""Which sounds are mixed: for each clip its scene, its three events, and when they are heard.

As published, the plan holds for every signal-to-noise ratio. It is drawn from the metadata alone,
with numpy's old generator, whose stream is frozen.
"""

from dataclasses import dataclass

import numpy as np

from core.errors import DataError, UnknownName
from experiments.sed.folds import FOLDS, SEED
from experiments.sed.material import Array

EVENTS = 3
"""Events of a clip."""
LONGEST = 2.0
"""Seconds of a sound that are heard at most, from its beginning."""

MIXINGS = ("compat", "fixed", "random_onset")

# Seconds of a clip of 10 s, the published length; other lengths stretch the pattern.
_CLIP = 10.0
_FIRST, _STEP = 0.5, 2.5
_SHORTEST = 0.5


@dataclass(frozen=True, eq=False)
class MixingPlan:
    """Who is in which clip.

    Attributes
    ----------
    fold:
        (clips,) 1 to 4, fold after fold.
    sound:
        (clips, 3) positions among the usable sounds, one for each event.
    scene:
        (clips,) positions among the scenes; none is used twice.
    """

    fold: Array
    sound: Array
    scene: Array


@dataclass(frozen=True, eq=False)
class Times:
    """When the events of the clips are heard, onset and offset (clips, 3) in s."""

    onset: Array
    offset: Array


def draw_plan(folds: Array, scenes: int, clips: int, mixing: str) -> MixingPlan:
    """Draw `clips` clips of every fold from usable sounds of these folds (sounds,).

    A fold's sounds are shuffled again and again and put one after the other until there are
    enough; three in a row make a clip. "compat" tiles the last of these shuffles, as the published
    code does by mistake: where three divides the sounds of a fold, the same triples come again and
    again. "fixed" and "random_onset" keep each shuffle.

    Raises
    ------
    UnknownName
        There is no such way of mixing.
    DataError
        A fold has no sound, or there are fewer scenes than clips.
    """
    if mixing not in MIXINGS:
        raise UnknownName("mixing", mixing, MIXINGS)
    _check_enough(folds, scenes, clips)
    rng = np.random.RandomState(SEED)
    order = rng.permutation(scenes)
    drawn = [_tile(rng, np.flatnonzero(folds == fold), EVENTS * clips, mixing) for fold in FOLDS]
    sound = np.concatenate(drawn).reshape(-1, EVENTS)
    return MixingPlan(np.repeat(FOLDS, clips).astype(np.int8), sound, order[: len(sound)])


def _check_enough(folds: Array, scenes: int, clips: int) -> None:
    for fold in FOLDS:
        if fold not in folds:
            raise DataError(f"fold {fold} has none of the {len(folds)} usable sounds; add some")
    needed = len(FOLDS) * clips
    if scenes < needed:
        raise DataError(
            f"{clips} clips in each of {len(FOLDS)} folds take {needed} scenes, one each, and "
            f"there are {scenes}; set clips={scenes // len(FOLDS)} or fewer, or add scenes"
        )


def _tile(rng: np.random.RandomState, sounds: Array, rows: int, mixing: str) -> Array:
    """Put shuffles of a fold's sounds one after the other, as far as (rows,)."""
    shuffles = []
    for _ in range(rows // len(sounds) + 1):
        rng.shuffle(sounds)
        shuffles.append(sounds.copy())
    if mixing == "compat":
        shuffles = [sounds] * len(shuffles)
    return np.concatenate(shuffles)[:rows]


def time_events(plan: MixingPlan, seconds: Array, mixing: str, clip_seconds: float) -> Times:
    """Say when events are heard, from how long the usable sounds are (sounds,).

    As published they begin at 0.5, 3.0 and 5.5 s of 10 and end with their sound, at the latest 2 s
    later, so that none overlaps another. Clips of other lengths have the same pattern, stretched,
    but no event above 2 s. "random_onset" draws for how long each is heard, from 0.5 to 2 s of 10
    or to the end of its sound, and where in the clip: events then overlap.
    """
    stretch = clip_seconds / _CLIP
    longest = min(LONGEST, LONGEST * stretch)
    sounding = seconds[plan.sound]
    if mixing != "random_onset":
        onset = np.broadcast_to((_FIRST + _STEP * np.arange(EVENTS)) * stretch, sounding.shape)
        return Times(onset, onset + np.minimum(sounding, longest))
    # Drawn clip by clip: of more clips, the first ones have the times they had.
    length, place = np.random.default_rng(SEED).random((len(sounding), 2, EVENTS)).swapaxes(0, 1)
    shortest = min(_SHORTEST * stretch, longest)
    heard = np.minimum(sounding, shortest + length * (longest - shortest))
    onset = place * (clip_seconds - heard)
    return Times(onset, onset + heard)

"""The stage that mixes clips and analyses them, for one signal-to-noise ratio."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from core import Inputs, Output, Record, Setting
from experiments.common.corpora import corpus_folder
from experiments.common.gathering import gather, share_of
from experiments.sed import backgrounds, features
from experiments.sed.annotation import clip_name
from experiments.sed.classes import CLASSES
from experiments.sed.features import LogMel, frames_in, pack
from experiments.sed.material import Array
from experiments.sed.mixer import SAMPLE_RATE, Clip, Heard, mix, read_scene, write_clip
from experiments.sed.mixing_plan import draw_plan, time_events

KEPT = 2
"""Clips of each fold, the first ones, whose wav files are kept to be listened to."""


class Mixer:
    """Mixes and analyses the clips of a setting one by one; several threads may call it at once.

    Parameters
    ----------
    setting
        With the factors `mixing`, `clips` (in a fold), `clip_seconds` and `snr` (dB).
    sources
        The record of the stage `sources`.
    scenes
        Files of the scenes, in the order of their table.

    Raises
    ------
    DataError
        There are too few scenes or sounds, or a clip is shorter than a frame.
    """

    def __init__(self, setting: Setting, sources: Record, scenes: Sequence[Path]) -> None:
        self.seconds, self.snr = float(setting.clip_seconds), float(setting.snr)
        self.frames = frames_in(self.seconds)
        self.plan = draw_plan(sources["fold"], len(scenes), setting.clips, setting.mixing)
        self.times = time_events(self.plan, sources["seconds"], setting.mixing, self.seconds)
        self._scenes = scenes
        self._wave, self._first, self._rms = (sources[name] for name in ("wave", "first", "rms"))
        self._log_mel = LogMel()

    def __len__(self) -> int:
        return len(self.plan.scene)

    def scene(self, index: int) -> Path:
        """Give the file of the scene of a clip."""
        return self._scenes[int(self.plan.scene[index])]

    def clip(self, index: int) -> Clip:
        """Mix a clip (samples, 2); raises DataError where its scene is damaged or too short."""
        scene = read_scene(self.scene(index), round(self.seconds * SAMPLE_RATE))
        return mix(scene, self._heard(index), self.snr)

    @torch.inference_mode()
    def analysed(self, index: int) -> dict[str, Array]:
        """Give `logmel` (1, frames, 64) and the packed `mask` (1, 8 * frames) of a clip."""
        log_mel, mask = self._log_mel.clips(torch.from_numpy(self.clip(index))[None])
        return {"logmel": log_mel.numpy(), "mask": pack(mask)}

    def _heard(self, index: int) -> list[Heard]:
        starts, stops = (
            np.rint(times[index] * SAMPLE_RATE).astype(int)
            for times in (self.times.onset, self.times.offset)
        )
        sounds = self.plan.sound[index]
        firsts, ends = self._first[sounds], self._first[sounds + 1]
        lasts = np.minimum(firsts + stops - starts, ends)
        waves = [self._wave[first:last] for first, last in zip(firsts, lasts, strict=True)]
        return list(map(Heard, waves, self._rms[sounds].tolist(), starts.tolist()))


def prepare(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Mix and analyse a share of the clips, at the setting's signal-to-noise ratio.

    Arrays of clips: `logmel` (n, frames, 64) float32; `mask` (n, 8 * frames), the ideal mask as
    `features.pack` makes it; `target` (n, 41) uint8, which classes are heard; `fold`; `scene`, the
    name of its file; `clip`, its position in the whole plan. Arrays of their events, (n, 3):
    `event`, indices of classes; `onset` and `offset` in s; `sound`, the positions of their files
    among the sources, and `sound_name`. Of the first two clips of each fold the wav files are kept.
    The synthetic scenes come from the stage `backgrounds`, real ones from the user's folder.
    """
    torch.set_num_threads(1)  # each of our threads has a clip of its own
    found = backgrounds.load(corpus_folder(inputs, "backgrounds"), setting.scenes)
    scenes = [scene.path for scene in found]
    mixer = Mixer(setting, inputs["sources"], scenes)
    clips = share_of(range(len(mixer)), *inputs.share)
    gather(clips, mixer.analysed, output, inputs.threads)
    for name, values in _columns(mixer, inputs["sources"], clips).items():
        output[name] = values
    for clip in clips:
        if clip % setting.clips < KEPT:
            write_clip(output.folder / clip_name(clip), mixer.clip(clip))
    output.info |= _constants(mixer)


def _columns(mixer: Mixer, sources: Record, clips: Sequence[int]) -> dict[str, Array]:
    """Tell what is in the clips; arrays are as in the record."""
    rows = np.array(clips)
    sound = mixer.plan.sound[rows]
    event = sources["label"][sound]
    target = np.zeros((len(rows), len(CLASSES)), np.uint8)
    np.put_along_axis(target, event.astype(int), 1, axis=1)
    return {
        "clip": rows,
        "fold": mixer.plan.fold[rows],
        "scene": np.array([mixer.scene(clip).name for clip in clips]),
        "target": target,
        "event": event,
        "onset": mixer.times.onset[rows],
        "offset": mixer.times.offset[rows],
        "sound": sound,
        "sound_name": sources["fname"][sound],
    }


def _constants(mixer: Mixer) -> dict[str, object]:
    return {
        "classes": list(CLASSES),
        "clip_seconds": mixer.seconds,
        "snr": mixer.snr,
        "sample_rate": SAMPLE_RATE,
        "window": features.WINDOW,
        "hop": features.HOP,
        "frames": mixer.frames,
        "bands": features.BANDS,
        "f_min": features.F_MIN,
        "f_max": features.F_MAX,
    }

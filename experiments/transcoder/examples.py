"""The stage that makes a transcoder's log-mels heard and seen, beside the true ones."""

from pathlib import Path

import numpy as np
import torch
from matplotlib.image import imsave

from core import Inputs, Output, Setting
from experiments.common.corpora import corpus_folder
from experiments.common.sound_files import sounds_by_stem, visible_files
from experiments.transcoder.clips import Array
from experiments.transcoder.models import load_model
from experiments.transcoder.recording import read
from experiments.transcoder.representation import representation
from experiments.transcoder.scenes import SECONDS, Scenes
from experiments.transcoder.sounds import decibels, invert, joined, write_sound

RANGE = (-60, 15)  # dB, as published
MAGNIFIED = 4  # rows of pixels for a mel band


def examples(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Write the first scene of the evaluation part as sounds and pictures.

    `original.wav` is the recording at the classifier's rate, peak 1. `truth.wav` and
    `transcoded.wav` are made of log-mels, see `sounds.invert`; `truth.png` and `transcoded.png`
    show these, low bands below, from -60 dB in black to 15 dB. All sounds are as long.
    A student gives no log-mels: the stage is not for it.
    """
    torch.set_num_threads(inputs.threads)
    scenes = Scenes(inputs.shares("spectra"))
    first = scenes.part(setting, "eval")[:1]
    levels = torch.from_numpy(scenes.read("third_octave", first)).to(inputs.device)
    with torch.inference_mode():
        transcoded = load_model(setting, inputs)(levels, scores=False).mels.cpu().numpy()
    truth = scenes.read(f"mel_{setting.classifier}", first)
    rate = representation(setting.classifier).sample_rate
    for done, (name, log_mel) in enumerate({"truth": truth, "transcoded": transcoded}.items()):
        wave = invert(log_mel, setting.classifier, inputs.seed)
        write_sound(output.folder / f"{name}.wav", wave, rate)
        _draw(output.folder / f"{name}.png", decibels(joined(log_mel), setting.classifier))
        output.progress(done + 1, 2)
    name = str(scenes.column("names")[first[0]])
    original = np.zeros(SECONDS * rate, np.float32)
    found = read(_recording(name, inputs), (rate,))[rate][: len(original)]
    original[: len(found)] = found
    write_sound(output.folder / "original.wav", original, rate)
    output.info["scene"] = name


def _recording(name: str, inputs: Inputs) -> Path:
    """Find a scene's file in the corpus, the user's or the synthetic one."""
    folder = corpus_folder(inputs, "scenes")
    return sounds_by_stem(folder, visible_files(folder, "the scenes"))[name]


def _draw(path: Path, mel: Array) -> None:
    """Draw a log-mel (frames, 64) in dB, a pixel for each frame."""
    low, high = RANGE
    rows = mel.T.repeat(MAGNIFIED, axis=0)
    imsave(path, rows, vmin=low, vmax=high, cmap="inferno", origin="lower")

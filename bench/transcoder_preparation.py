"""Milliseconds to prepare a scene of ten seconds, beside a plain librosa pipeline.

Run it as `python bench/transcoder_preparation.py [FOLDER]` with a folder of TAU recordings, on a
machine that does nothing else; without one it measures on synthetic scenes. The pipeline needs
librosa (pip install librosa). It loads every file at both rates and goes second by second through
third-octaves and both log-mels, in one process. Ours is the whole stage, from finding the files
to arrays on disk. To reach: 5 times the speed of the pipeline, each on one core.
"""

import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from core import Inputs, Output, Record, Setting
from core.memory import keep_memory
from experiments.transcoder import tau
from experiments.transcoder.preparation import prepare
from experiments.transcoder.synthetic_scenes import write_scenes
from timing import seconds, shortest
from transcoder import level_recipe

SETTING = Setting({"dataset": "full", "corpus": "tau-part"})
SCENES = 40
REPETITIONS = 5
PIPELINE_FILES = 8  # enough for a time per file


def pipeline() -> Callable[[Path], dict[str, np.ndarray]]:
    """Make what takes a file to the arrays of its ten seconds, with librosa."""
    import librosa

    levels = level_recipe()
    mel = librosa.feature.melspectrogram
    common = {"n_mels": 64, "pad_mode": "reflect"}
    for_pann = {"sr": 32_000, "n_fft": 1024, "hop_length": 320, "fmin": 50, "fmax": 14_000}
    for_yamnet = {"sr": 16_000, "n_fft": 512, "win_length": 400, "hop_length": 160, "power": 1.0}
    for_yamnet |= {"fmin": 125, "fmax": 7500, "htk": True, "norm": None}

    def pann(wave: np.ndarray) -> np.ndarray:
        power = mel(y=wave, **for_pann, **common)
        return librosa.power_to_db(power, amin=1e-10, top_db=None).T

    def yamnet(wave: np.ndarray) -> np.ndarray:
        return np.log(mel(y=wave, **for_yamnet, **common) + 0.001).T[:96]

    def load(path: Path, rate: int) -> np.ndarray:
        return librosa.util.normalize(librosa.load(path, sr=rate)[0]).reshape(10, rate)

    def analyse(path: Path) -> dict[str, np.ndarray]:
        high, low = load(path, 32_000), load(path, 16_000)
        return {
            "third_octave": np.stack([levels(second) for second in high]),
            "mel_PANN": np.stack([pann(second) for second in high]),
            "mel_YamNet": np.stack([yamnet(second) for second in low]),
        }

    return analyse


def ours(folder: Path, threads: int) -> dict[str, np.ndarray]:
    """Run the stage; give the arrays of the first scenes."""
    with tempfile.TemporaryDirectory() as work:
        place = Path(work) / "record"
        place.mkdir()
        output = Output(place, Path(work))
        prepare(SETTING, Inputs(data=folder, threads=threads), output)
        output.finish()
        record = Record(place)
        names = ("third_octave", "mel_PANN", "mel_YamNet")
        return {name: np.array(record[name][: 10 * PIPELINE_FILES]) for name in names}


def milliseconds(work: Callable[[], object], files: int) -> float:
    """Give the shortest time per file of some repetitions."""
    return 1e3 * shortest(work, REPETITIONS) / files


def compare(folder: Path) -> None:
    """Print the times, after checking that both ways agree."""
    keep_memory()  # as whatever computes a task does
    paths = [scene.path for scene in tau.load(folder, part=True)]
    some = paths[:PIPELINE_FILES]
    plain = None
    if find_spec("librosa"):
        analyse = pipeline()
        expected = [analyse(path) for path in some]
        for name, found in ours(folder, 1).items():
            whole = np.concatenate([one[name] for one in expected])
            np.testing.assert_allclose(found, whole, rtol=0, atol=0.05)
        plain = milliseconds(lambda: [analyse(path) for path in some], len(some))
        print(f"librosa pipeline: {plain:.1f} ms a scene")
    else:
        print("librosa is not installed; ours alone")
    for threads in (1, 2):
        time_of_ours = milliseconds(lambda: ours(folder, threads), len(paths))  # noqa: B023
        times = f", {plain / time_of_ours:.1f} times as fast" if plain else ""
        goal = "; to reach: 5" if plain and threads == 1 else ""
        print(f"ours, {threads} thread{'s' * (threads > 1)}: {time_of_ours:.1f} ms{times}{goal}")


def main() -> None:
    """Print a line for each way."""
    if len(sys.argv) > 1:
        return compare(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "corpus"
        taken = seconds(lambda: write_scenes(folder, 0, SCENES))
        print(f"{SCENES} synthetic scenes written in {taken:.1f} s")
        return compare(folder)


if __name__ == "__main__":
    main()

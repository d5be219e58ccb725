"""How many times faster than real time `sonoplan search` indexes recordings, and answers.

Run it as `python bench/retrieval_index.py [FOLDER]` with a folder of recordings; without one it
makes some: noise, 44.1 kHz stereo FLAC of ten seconds and of some minutes. Windows of 10 s overlap
by half, so that the network hears twice what it is given. Weights are drawn; the time does not
depend on them. On a GPU one thread reads and analyses while the network encodes.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
import torch

from core import Setting
from experiments.retrieval.front_ends import front_end
from experiments.retrieval.index import Entry, Index
from experiments.retrieval.network import Network, build, encode_clips
from experiments.retrieval.search import answers_of
from experiments.retrieval.windows import sound_files, windows_of

RATE = 44_100
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Ear:
    """A network with drawn weights, and a front end."""

    def __init__(self, audio: str, name: str) -> None:
        self.network: Network = build(Setting({"backbone": audio, "width": 1.0}), 384)
        self.network.eval().to(DEVICE, memory_format=torch.channels_last)
        self.log_mel = front_end(name)

    def vectors(self, log_mels: list[np.ndarray]) -> np.ndarray:
        """Encode log-mels."""
        return encode_clips(self.network, log_mels, range(len(log_mels)))


def make(folder: Path, minutes: float) -> None:
    """Write recordings: half of the time short ones, the other half one long one."""
    rng = np.random.default_rng(0)
    for i in range(round(minutes * 3)):
        noise = rng.normal(scale=0.1, size=(10 * RATE, 2))
        soundfile.write(folder / f"{i}.flac", noise, RATE)
    soundfile.write(folder / "long.flac", np.tile(noise, (round(minutes * 3), 1)), RATE)


def measure(folder: Path, work: Path) -> None:
    """Print a line for each network and front end."""
    seconds = sum(windows_of(path)[-1].end for path in sound_files(folder))
    print(f"{seconds / 60:.1f} minutes of sound on {DEVICE}, {torch.get_num_threads()} threads")
    for audio, name in (("cnn14", "pann"), ("cnn14", "published"), ("cnn6", "pann")):
        ear = Ear(audio, name)
        ear.vectors([np.zeros((1001, 64), np.float32)])
        index = Index(folder, work / f"{audio}-{name}.npz")
        start = time.perf_counter()
        index.update(ear, lambda done, total: None)
        taken = time.perf_counter() - start
        start = time.perf_counter()
        index.update(ear, lambda done, total: None)
        again = time.perf_counter() - start
        print(
            f"{audio}, {name}: {taken:.1f} s, {seconds / taken:.0f} × real time; "
            f"again, nothing new: {1e3 * again:.1f} ms"
        )


def answer(work: Path, hours: float = 100.0) -> None:
    """Print how long one more text takes where so many hours are indexed."""
    windows = round(hours * 720)
    rng = np.random.default_rng(0)
    index = Index(work, work / "none.npz")
    vectors = rng.normal(size=(windows, 300)).astype(np.float32)
    times = np.stack([5.0 * np.arange(720), 5.0 * np.arange(720) + 10], axis=1)
    for hour, rows in enumerate(np.split(vectors, windows // 720)):
        index.entries[f"{hour}.wav"] = Entry((0, 0), times, rows)
    start = time.perf_counter()
    answers_of(index, vectors[:1], 10)
    print(f"{hours:.0f} hours answer a text in {1e3 * (time.perf_counter() - start):.1f} ms")


def main() -> None:
    """Measure on the recordings of a folder, or on some that are made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--minutes", type=float, default=4.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        folder = asked.folder or work / "sounds"
        if asked.folder is None:
            folder.mkdir()
            make(folder, asked.minutes)
        measure(folder, work)
        answer(work)


if __name__ == "__main__":
    main()

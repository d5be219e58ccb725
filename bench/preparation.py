"""Milliseconds to prepare a breathing cycle, beside the plain recipe.

Run it as `python bench/preparation.py [FOLDER]` with a folder of ICBHI recordings; without one it
measures on the synthetic corpus. The recipe opens the file for every cycle and resamples, fades
and repeats it with torch in one process, as the published code did. To reach: 3 times the
recipe's speed on two cores, for cycles at 44.1 kHz.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import torch
from torchaudio.functional import resample
from torchaudio.transforms import Fade

from experiments.icbhi.corpus import Corpus, load_corpus
from experiments.icbhi.cycles import fill
from experiments.icbhi.synthetic import write_corpus
from timing import seconds, shortest

RATE = 16_000
LENGTH = 8 * RATE
REPETITIONS = 7


def recipe(corpus: Corpus) -> torch.Tensor:
    """Prepare all cycles (cycles, samples) one by one."""
    fade = Fade(RATE // 16, RATE // 16, "linear")
    fade_out = Fade(0, RATE // 16, "linear")
    prepared = []
    for recording in corpus.recordings:
        rate = recording.sample_rate
        for cycle in recording.cycles:
            start, stop = int(cycle.onset * rate), int(cycle.offset * rate)
            sound, _ = soundfile.read(recording.path, stop - start, start, dtype="float32")
            wave = fade(resample(torch.from_numpy(sound), rate, RATE))
            copies = -(-LENGTH // len(wave))
            tiled = wave.repeat(copies)[:LENGTH]
            prepared.append(tiled if copies == 1 else fade_out(tiled))
    return torch.stack(prepared)


def ours(corpus: Corpus, file: Path, threads: int) -> np.memmap:
    """Prepare all cycles (cycles, samples) into a file, as the stage does."""
    shape = (len(corpus.columns["label"]), LENGTH)
    waveforms = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=shape)
    fill(waveforms, corpus, RATE, "circular", threads)
    return waveforms


def milliseconds(prepare: Callable[[], object], cycles: int) -> float:
    """Give the shortest time per cycle of some repetitions."""
    return 1e3 * shortest(prepare, REPETITIONS) / cycles


def compare(part: Corpus, file: Path) -> str:
    """Give the times for recordings at one rate, after checking that both ways agree."""
    cycles = len(part.columns["label"])
    np.testing.assert_allclose(ours(part, file, 1), recipe(part), rtol=0, atol=1e-5)
    plain = milliseconds(lambda: recipe(part), cycles)
    one = milliseconds(lambda: ours(part, file, 1), cycles)
    two = milliseconds(lambda: ours(part, file, 2), cycles)
    return (
        f"{part.recordings[0].sample_rate:6d} Hz, {cycles:4d} cycles: recipe {plain:.2f} ms"
        f" | 1 thread {one:.2f} ms, {plain / one:.1f} times as fast"
        f" | 2 threads {two:.2f} ms, {plain / two:.1f} times as fast"
    )


def main() -> None:
    """Print a line for each sampling rate."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch) / "corpus"
        if len(sys.argv) == 1:
            taken = seconds(lambda: write_corpus(folder, seed=0))
            print(f"synthetic corpus: {taken:.1f} s; to reach: 5 s")
        recordings = load_corpus(folder).recordings
        for rate in sorted({recording.sample_rate for recording in recordings}):
            part = Corpus(tuple(r for r in recordings if r.sample_rate == rate))
            print(compare(part, Path(scratch) / "waveforms.npy"))


if __name__ == "__main__":
    main()

"""Seconds for YAMNet to score an hour of sound on two cores, beside the TFLite interpreter.

Run it as `python bench/yamnet_inference.py [FILE]` with Google's int8 TFLite file, which
SONOPLAN_TEST_DATA may hold as well; without it the interpreter is left out. Both score the same
patches of the same noise, one every 0.48 s; the shortest time of half a minute is scaled to an
hour. To reach: less than the interpreter, whose arithmetic is in 8 bits. float32 on both cores is
bound by the processor's float32 peak; bfloat16, where the processor knows it, gets twice that. On
a machine with other work, all of torch's threads wait for the slowest: then it says nothing.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from yamnet import SAMPLE_RATE, YamNet, fold, load_tflite, scores

HOP = 0.48
PATCH = 15_600  # samples
ROUNDS = 12
CORES = 2
DATA = Path(os.environ.get("SONOPLAN_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
FILE = DATA / "yamnet" / "yamnet_classification_int8.tflite"


def ours(network: YamNet, waveform: np.ndarray, dtype: torch.dtype) -> np.ndarray:
    """Score all patches (patches, 521) in one precision."""
    with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        return scores(network, waveform, HOP).numpy()


def interpreter(file: Path) -> Callable[[np.ndarray], np.ndarray]:
    """Make what scores all patches with the interpreter, which takes one at a time."""
    from ai_edge_litert.interpreter import Interpreter

    engine = Interpreter(str(file), num_threads=CORES)
    engine.allocate_tensors()
    given, last = engine.get_input_details()[0]["index"], engine.get_output_details()[0]["index"]

    def score(waveform: np.ndarray) -> np.ndarray:
        found = []
        for start in range(0, len(waveform) - PATCH + 1, round(HOP * SAMPLE_RATE)):
            engine.set_tensor(given, waveform[start : start + PATCH])
            engine.invoke()
            found.append(engine.get_tensor(last))
        return np.concatenate(found)

    return score


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--minutes", type=float, default=0.5)
    asked = parser.parse_args()
    torch.set_num_threads(CORES)
    noise = np.random.default_rng(0).normal(size=round(60 * asked.minutes * SAMPLE_RATE))
    waveform = (0.1 * noise).astype(np.float32)
    network = fold(load_tflite(asked.file) if asked.file.is_file() else YamNet())
    ways: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "float32": lambda sound: ours(network, sound, torch.float32),
        "bfloat16": lambda sound: ours(network, sound, torch.bfloat16),
    }
    if asked.file.is_file():
        ways["interpreter"] = interpreter(asked.file)
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, score in ways.items():
            start = time.perf_counter()
            score(waveform)
            seconds[way].append(time.perf_counter() - start)
    for way, taken in seconds.items():
        # The shortest: other work only adds to it.
        hour = min(taken) * 60 / asked.minutes
        against = f", {min(seconds['interpreter']) / min(taken):.2f} × the interpreter's speed"
        print(
            f"{way}: {hour:.1f} s an hour of sound, {3600 / hour:.0f} × real time"
            f"{against if 'interpreter' in ways else ''}; load {os.getloadavg()[0]:.1f}"
        )


if __name__ == "__main__":
    main()

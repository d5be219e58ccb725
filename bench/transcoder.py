"""Seconds for an hour of sound: third-octave levels and PINV, beside the plain recipes.

Run it as `python bench/transcoder.py [--seconds 3600]`, on a machine that does nothing else. The
recipes go second by second through numpy, as published code does: levels are taken frame by frame
and band by band, PINV spreads and filters 2,049 cells in each frame. To reach, with all cores in
one process: 20 times the speed of the recipe for levels, 10 times for PINV.
"""

import argparse
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal.windows import tukey
from torch import Tensor
from torch.nn.functional import interpolate

from experiments.transcoder.pinv import Pinv
from experiments.transcoder.representation import representation
from experiments.transcoder.third_octave import FRAME, SAMPLE_RATE, ThirdOctave, membership
from timing import seconds, shortest

BATCH = 64  # seconds transcoded at once
REPETITIONS = 5
Array = NDArray[np.float64]
FACTORS = {"PANN": 0.0156708, "YamNet": 0.00393299}  # power of a cell in the classifier's FFT


def level_recipe() -> Callable[[Array], Array]:
    """Make the recipe from one second (32000,) to levels (8, 29)."""
    window = tukey(FRAME, 0.2, sym=False)
    gain = 1 / np.sqrt(np.mean(window**2)) / (FRAME / 2)
    weights = membership()

    def levels(wave: Array) -> Array:
        padded = np.pad(wave, (0, FRAME - 4000))
        rows = []
        for start in range(0, SAMPLE_RATE, 4000):
            power = np.abs(np.fft.rfft(padded[start : start + FRAME] * window)) ** 2
            amplitudes = [np.sqrt(np.sum(power * band) / 2) * gain for band in weights]
            rows.append(20 * np.log10(np.maximum(amplitudes, 1e-9)) + 26)
        return np.stack(rows)

    return levels


def pinv_recipe(classifier: str) -> Callable[[Array], Array]:
    """Make the recipe from the levels (8, 29) of one second to a log-mel (T, 64)."""
    target = representation(classifier)
    spread = np.linalg.pinv(membership(), rcond=1e-15).clip(min=0)
    filters = target.filters(FRAME, SAMPLE_RATE).double().numpy()

    def log_mel(levels: Array) -> Array:
        band = (10 ** ((levels - 26) / 20) * FRAME * np.sqrt(2) / 2) ** 2 * FACTORS[classifier]
        cells = torch.from_numpy(band @ spread.T).T[None]
        stretched = interpolate(cells, target.frames, mode="linear")[0].T.numpy()
        if target.magnitude:
            stretched = np.sqrt(stretched) / 4
        logged: Array = target.log(torch.from_numpy(stretched @ filters)).numpy()
        return logged

    return log_mel


def compare(
    what: str, reach: int, recipe: Callable[[Array], Array], layer: torch.nn.Module, given: Tensor
) -> None:
    """Print the times for something given second by second, after checking both ways agree."""
    plain = given.double().numpy()
    some = np.stack([recipe(second) for second in plain[:BATCH]])
    np.testing.assert_allclose(layer(given[:BATCH]), some, rtol=0, atol=0.01)
    slow = seconds(lambda: [recipe(second) for second in plain])
    print(f"{what}: recipe {slow:.2f} s, {len(given) / slow:,.0f} times real time")
    cores = torch.get_num_threads()
    for threads in sorted({1, cores}):
        torch.set_num_threads(threads)
        fast = shortest(lambda: [layer(part) for part in torch.split(given, BATCH)], REPETITIONS)
        goal = f"; to reach: {reach}" if threads == cores else ""
        print(
            f"  {threads} thread{'s' * (threads > 1)}: {fast:.3f} s, {len(given) / fast:,.0f} "
            f"times real time, {slow / fast:.1f} times as fast{goal}"
        )


def main() -> None:
    """Print the figures of each step."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=3600, help="length of the sound")
    length = parser.parse_args().seconds
    sound = 0.1 * torch.randn(length, SAMPLE_RATE, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        front_end = ThirdOctave()
        compare("third-octave levels", 20, level_recipe(), front_end, sound)
        levels = torch.cat([front_end(part) for part in torch.split(sound, BATCH)])
        for classifier in ("PANN", "YamNet"):
            recipe = pinv_recipe(classifier)
            compare(f"PINV for {classifier}", 10, recipe, Pinv(classifier), levels)


if __name__ == "__main__":
    main()

"""A recording along time: its third-octave levels, what is made of them, and what is heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from export.figures.averages import Array
from export.figures.legend import shortened
from export.figures.spectrograms import COLOURS
from export.figures.style import PAGE, SHARES, Look, colour_bar, page, styled

SPAN = 75.0  # dB from the loudest to black
NAMED = 32  # letters of a class
HEIGHT = 1.1  # inches of a spectrogram


@dataclass(frozen=True)
class Spectrum:
    """Values (frames, bands) in dB, what the bands are, and which of them are named at the axis."""

    title: str
    values: Array
    bands: str
    named: Mapping[int, str] | None = None


@styled
def figure(spectra: Sequence[Spectrum], scores: Mapping[str, Array]) -> Figure:
    """Draw spectra and, below them, the scores (seconds,) of classes in [0, 1], on one time axis.

    A spectrum's colours go from its highest value to 75 dB below it, those of the scores from 0
    to the highest.
    """
    heights = [HEIGHT] * len(spectra) + [0.15 * len(scores) + 0.1]
    drawn = page(sum(heights) + 0.3 * len(heights) + 0.2, PAGE)
    grid = drawn.subplots(
        len(heights), sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )[:, 0]
    seconds = len(next(iter(scores.values())))
    for axes, spectrum in zip(grid[:-1], spectra, strict=True):
        highest = float(spectrum.values.max())
        look: Look = {"cmap": COLOURS, "vmin": highest - SPAN, "vmax": highest, "origin": "lower"}
        _image(axes, spectrum.values.T, seconds, "dB", look)
        axes.set(title=spectrum.title, ylabel=spectrum.bands)
        if spectrum.named:
            places = [band + 0.5 for band in spectrum.named]
            axes.set_yticks(places, list(spectrum.named.values()))
    _classes(grid[-1], scores, seconds)
    return drawn


def _classes(axes: Axes, scores: Mapping[str, Array], seconds: int) -> None:
    """Draw a line of colours for each class, the first one above."""
    values = np.stack(list(scores.values()))
    look: Look = {"cmap": SHARES, "vmin": 0, "vmax": values.max(), "interpolation": "nearest"}
    _image(axes, values, seconds, "score", look)
    places = np.arange(len(scores))[::-1] + 0.5
    axes.set_yticks(places, [shortened(name, NAMED) for name in scores])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("time (s)")


def _image(axes: Axes, values: Array, seconds: int, unit: str, look: Look) -> None:
    """Draw values (rows, columns) over so many seconds, with a bar that tells the colours."""
    image = axes.imshow(values, aspect="auto", extent=(0, seconds, 0, len(values)), **look)
    colour_bar(image, axes, unit, pad=0.01, fraction=0.03)

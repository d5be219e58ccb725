"""Spectrograms side by side: the same sound as several things have made it."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from export.figures.averages import Array
from export.figures.style import PAGE, colour_bar, page, panels, styled

COLUMNS = 4
COLOURS = "inferno"


@styled
def figure(
    spectra: Mapping[str, Array], rate: float, scale: tuple[float, float] = (-60, 15)
) -> Figure:
    """Draw log-mels (frames, bands) in dB under their titles, with one colour bar.

    `rate` is in frames a second; `scale` has the dB of the darkest and the brightest colour.
    """
    lines = -(-len(spectra) // COLUMNS)
    drawn = page(0.4 + 1.5 * lines, PAGE)
    grid = panels(drawn, len(spectra), min(COLUMNS, len(spectra)))
    low, high = scale
    for place, (axes, (title, mel)) in enumerate(zip(grid, spectra.items(), strict=True)):
        image = axes.imshow(
            mel.T,
            cmap=COLOURS,
            vmin=low,
            vmax=high,
            origin="lower",
            aspect="auto",
            extent=(0, len(mel) / rate, 0, mel.shape[1]),
        )
        axes.set(title=title, xlabel="time (s)")
        if place % COLUMNS == 0:
            axes.set_ylabel("mel bin")
    colour_bar(image, grid, "dB", pad=0.01, fraction=0.03)
    return drawn

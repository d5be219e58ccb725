"""Pictures of what a network makes of one clip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from torch import Tensor

from experiments.sed.answer import Answer
from experiments.sed.events import Events
from experiments.sed.features import FRAMES_A_SECOND, LogMel
from experiments.sed.material import Array
from experiments.sed.mixer import SAMPLE_RATE

# A map from dark blue to yellow and an orange on it, which the colour-blind can tell apart.
MAP, TRUE, PLAIN = "cividis", "#D55E00", "#0072B2"
TOP = 2
"""Classes of which the attention is shown."""
MASKS = 8
"""Classes of which the map is shown."""
COLUMNS = 3
"""Maps side by side."""
KILOHERTZ = (0.2, 0.5, 1, 2, 4, 8)
"""Frequencies that are marked."""


@dataclass(frozen=True)
class Clip:
    """A clip: its name, the network's answer to it alone, its events, and the ideal mask.

    The mask, (frames, bands) bools, is that of all events.
    """

    name: str
    answer: Answer
    events: Events
    mask: Array

    @property
    def probabilities(self) -> Array:
        """Probability of each class."""
        return _array(self.answer.clips)

    @property
    def ranked(self) -> list[int]:
        """Classes, the most probable one first."""
        order: list[int] = np.argsort(-self.probabilities, kind="stable").tolist()
        return order


def draw(clip: Clip, classes: Sequence[str], folder: Path) -> None:
    """Draw a clip: `NAME_classes.png`, `NAME_masks.png`, and what its network has besides.

    `NAME_reconstruction.png`, beside the input; `NAME_attention.png`, of the most probable classes.
    """
    figures = {"classes": _classes, "masks": _masks}
    if clip.answer.reconstruction is not None:
        figures["reconstruction"] = _reconstruction
    if clip.answer.frequency_attention is not None:
        figures["attention"] = _attention
    with rc_context({"font.size": 8, "axes.titlesize": 8, "axes.labelsize": 8}):
        for name, figure in figures.items():
            path = folder / f"{clip.name}_{name}.png"
            figure(clip, classes).savefig(path, dpi=110, metadata={"Software": None})


def _reconstruction(clip: Clip, classes: Sequence[str]) -> Figure:
    figure, axes = _panels(1, 2, (7, 2.4))
    again = clip.answer.reconstruction
    assert again is not None
    shown = [_array(clip.answer.features), _array(again)]
    low, high = np.percentile(shown[0], (1, 99))
    for ax, values, title in zip(axes, shown, ("input", "reconstruction"), strict=True):
        image = _map(ax, values.T, low, high)
        ax.set_title(title)
    _mark_frequencies(axes, axes[:1])
    figure.colorbar(image, ax=axes, label="standardised log-mel")
    return figure


def _attention(clip: Clip, classes: Sequence[str]) -> Figure:
    figure, axes = _panels(2, TOP, (7, 4))
    frequency, time = clip.answer.frequency_attention, clip.answer.time_attention
    assert frequency is not None
    assert time is not None
    for index, above, below in zip(clip.ranked, axes[:TOP], axes[TOP:], strict=False):
        above.set_title(_title(clip, classes, index), color=_colour(clip, index))
        image = _map(above, _array(frequency)[index].T, 0, None)
        figure.colorbar(image, ax=above, label="frequency attention")
        weights = _array(time)[index]
        below.plot(_seconds(len(weights)), weights / weights.mean(), color=PLAIN, lw=1)
        below.set(xlim=(0, len(weights) / FRAMES_A_SECOND), ylim=(0, None))
        for event in _events(clip, index):
            below.axvspan(*event, color=TRUE, alpha=0.2, lw=0)
    _mark_frequencies(axes[:TOP], axes[:1])
    axes[TOP].set_ylabel("time attention, mean 1")
    return figure


def _classes(clip: Clip, classes: Sequence[str]) -> Figure:
    maps: dict[str, tuple[Array, float | None]] = {
        "frame probability": (_array(clip.answer.frames), 1)
    }
    if clip.answer.time_attention is not None:
        weights = _array(clip.answer.time_attention)
        maps["time attention, mean 1"] = (weights / weights.mean(1, keepdims=True), None)
    figure, axes = _panels(1, len(maps) + 1, (3 * len(maps) + 3, 6.5), sharey=True)
    for ax, (label, (values, high)) in zip(axes, maps.items(), strict=False):
        figure.colorbar(_map(ax, values, 0, high), ax=ax, label=label, location="top")
        for index, onset, offset in zip(*clip.events[1:], strict=True):
            place = (onset, index - 0.5)
            ax.add_patch(Rectangle(place, offset - onset, 1, fill=False, ec=TRUE, lw=1))
    bars = axes[-1]
    colours = [_colour(clip, index) for index in range(len(classes))]
    bars.barh(range(len(classes)), clip.probabilities, color=colours)
    bars.set(xlim=(0, 1), xlabel="clip probability; true classes in orange")
    axes[0].set_yticks(range(len(classes)), [_spoken(name) for name in classes], fontsize=6)
    axes[0].set_ylim(len(classes) - 0.5, -0.5)
    return figure


def _masks(clip: Clip, classes: Sequence[str]) -> Figure:
    """Show the maps of the true classes, then of the most probable others."""
    true = set(clip.events.label.tolist())
    shown = sorted(clip.ranked, key=lambda index: index not in true)[:MASKS]
    figure, axes = _panels(len(shown) // COLUMNS + 1, COLUMNS, (7.5, 5.5))
    image = _map(axes[0], clip.mask.T, 0, 1)
    axes[0].set_title("ideal mask of all events")
    for ax, index in zip(axes[1:], shown, strict=False):
        _map(ax, _array(clip.answer.cells)[index].T, 0, 1)
        ax.set_title(_title(clip, classes, index), color=_colour(clip, index))
        for event in _events(clip, index):
            ax.vlines(event, 0, len(clip.mask.T) - 1, color=TRUE, lw=1)
    for ax in axes[1 + len(shown) :]:
        ax.set_axis_off()
    _mark_frequencies(axes[: 1 + len(shown)], axes[: 1 + len(shown) : COLUMNS])
    figure.colorbar(image, ax=axes, label="probability of the class in each cell")
    return figure


def _panels(
    rows: int, columns: int, size: tuple[float, float], *, sharey: bool = False
) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharey=sharey)
    for ax in axes[-1]:
        ax.set_xlabel("time (s)")
    return figure, list(axes.flat)


def _map(ax: Axes, rows: Array, low: float | None, high: float | None) -> AxesImage:
    """Draw rows over time, the first one below."""
    extent = (0, rows.shape[1] / FRAMES_A_SECOND, -0.5, len(rows) - 0.5)
    return ax.imshow(
        rows,
        cmap=MAP,
        aspect="auto",
        origin="lower",
        interpolation="nearest",
        extent=extent,
        vmin=low,
        vmax=high,
    )


def _mark_frequencies(axes: Sequence[Axes], left: Sequence[Axes]) -> None:
    """Write frequencies where their mel bands are, and what they are beside the left maps."""
    filters = LogMel().filters.numpy()
    centres = filters.argmax(0) * (SAMPLE_RATE / 2 / (len(filters) - 1))
    bands = np.interp(np.array(KILOHERTZ) * 1000, centres, np.arange(len(centres)))
    for ax in axes:
        ax.set_yticks(bands, [f"{k:g}" for k in KILOHERTZ])
    for ax in left:
        ax.set_ylabel("frequency (kHz)")


def _events(clip: Clip, label: int) -> Iterator[tuple[float, float]]:
    """Give onset and offset of the events of a class."""
    chosen = clip.events.label == label
    yield from zip(clip.events.onset[chosen], clip.events.offset[chosen], strict=True)


def _colour(clip: Clip, label: int) -> str:
    return TRUE if label in clip.events.label else PLAIN


def _title(clip: Clip, classes: Sequence[str], label: int) -> str:
    true = ", true" if label in clip.events.label else ""
    return f"{_spoken(classes[label])}{true}: {clip.probabilities[label]:.2f}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _seconds(frames: int) -> Array:
    return (np.arange(frames) + 0.5) / FRAMES_A_SECOND


def _array(values: Tensor) -> Array:
    """Give the first and only clip of an answer."""
    array: Array = values[0].float().cpu().numpy()
    return array

"""What a network says of clips."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Detection:
    """Where a network finds the classes; everything lies in [0, 1].

    Attributes
    ----------
    clips:
        Probability that a clip contains a class, (n, classes).
    frames:
        Probability of a class in each frame, (n, classes, frames).
    cells:
        Probability of a class in each cell of time and frequency, (n, classes, frames, bands).
    frequency_attention:
        Weights of the bands in each frame, of the shape of `cells`; their sum over bands is 1.
    time_attention:
        Weights of the frames, of the shape of `frames`; their sum over frames is 1.
    """

    clips: Tensor
    frames: Tensor
    cells: Tensor
    frequency_attention: Tensor | None = None
    time_attention: Tensor | None = None


@dataclass(frozen=True, kw_only=True)
class Answer(Detection):
    """A detection, and what it was made of.

    Attributes
    ----------
    features:
        The log-mels as the network reads them, standardised, (n, frames, bands).
    reconstruction:
        What the decoder makes of them again, where the network has one.
    """

    features: Tensor
    reconstruction: Tensor | None = None

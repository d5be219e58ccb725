"""Which parts of a network a training leaves as they are."""

from collections.abc import Callable, Mapping

from core.errors import PlanError, UnknownName
from experiments.retrieval.network import Network

HEADS_ONLY = 7
"""The `fine_tune_from` at which the audio encoder learns nothing but its last layers."""


def as_declared(network: Network, fine_tune_from: int) -> None:
    """Freeze batch norm over bands and the blocks before one, counted from 1; none at 0.

    Beyond the last block the layer after it is frozen too: the projections learn, and nothing
    else. Frozen parts are always in evaluation mode, without dropout.
    """
    audio = network.audio
    if fine_tune_from > len(audio.blocks):
        audio.freeze(audio.bn0, *audio.blocks, audio.fc1)
    elif fine_tune_from > 0:
        audio.freeze(audio.bn0, *audio.blocks[: fine_tune_from - 1])


def as_fork(network: Network, fine_tune_from: int) -> None:
    """Freeze what the fork's code does, whatever it was told.

    The projection of clips stays as it was drawn. Everything else learns, but for the weights of
    the first convolution where `fine_tune_from` is above 1.
    """
    network.audio.freeze(network.audio.projection)
    if fine_tune_from > 1:
        network.audio.blocks[0].get_parameter("conv1.weight").requires_grad_(False)


FREEZINGS: Mapping[str, Callable[[Network, int], None]] = {
    "declared": as_declared,
    "fork": as_fork,
}


def freeze(network: Network, freezing: str, fine_tune_from: int) -> None:
    """Freeze parts of a network.

    Raises
    ------
    UnknownName
        There is no such way of freezing.
    PlanError
        `fine_tune_from` is no whole number from 0 to 7.
    """
    if freezing not in FREEZINGS:
        raise UnknownName("freezing", freezing, FREEZINGS)
    if not isinstance(fine_tune_from, int) or not 0 <= fine_tune_from <= HEADS_ONLY:
        raise PlanError(
            f"fine_tune_from={fine_tune_from} is no part of the network; write 0 to train all, "
            f"1 to 6 for the first block to train, {HEADS_ONLY} for the projections alone"
        )
    FREEZINGS[freezing](network, fine_tune_from)

"""An audio encoder that starts from weights trained on AudioSet."""

from pathlib import Path

import pann
from core import Setting
from core.errors import DataError, PlanError
from experiments.retrieval.encoder import AudioEncoder
from reference_models import fetch

TAGGING = 2
"""Entries of a checkpoint behind the layers that are taken: the layer of AudioSet's classes."""


def load_audioset(encoder: AudioEncoder, setting: Setting, models: Path) -> dict[str, object]:
    """Load a PANN's batch norm, blocks and first linear layer into an encoder.

    The projection stays as it was drawn. Every entry of the checkpoint but its front end must fit
    the PANN, and every one of the parts that are taken must fit the encoder. Gives what a record
    should know of them.

    Raises
    ------
    PlanError
        There are no weights for the encoder's width.
    DownloadError
        The checkpoint is not in the folder and cannot be downloaded.
    DataError
        The checkpoint is not exactly the PANN's.
    """
    if setting.width != 1:
        raise PlanError(
            f"init=audioset: they are for width=1, not {setting.width:g}; "
            "set width=1, or init=scratch"
        )
    name = f"pann_{setting.backbone}"
    tagger = pann.tagger(setting.backbone)
    try:
        entries = pann.load_tagger(tagger, fetch(name, models))
    except ValueError as error:
        raise DataError(f"init=audioset: {error}") from error
    for part in ("bn0", "trunk", "fc1"):
        taken = tagger.get_submodule(part).state_dict()
        encoder.get_submodule(part).load_state_dict(taken)
    return {"name": name, "entries": entries - TAGGING}

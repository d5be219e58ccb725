"""An audio encoder that starts from weights trained on AudioSet."""

from pathlib import Path

import pann
from core import Setting
from experiments.common import audioset
from experiments.retrieval.encoder import AudioEncoder

TAGGING = 2
"""Entries of a checkpoint behind the layers that are taken: the layer of AudioSet's classes."""


def load_audioset(encoder: AudioEncoder, setting: Setting, models: Path) -> dict[str, object]:
    """Load a PANN's batch norm, blocks and first linear layer into an encoder.

    The projection stays as it was drawn. Every entry of the checkpoint but its front end must fit
    the PANN, and every one of the parts that are taken must fit the encoder. Gives what a record
    should know of them, and raises what `audioset.load_audioset` does.
    """

    def load(path: Path) -> int:
        tagger = pann.tagger(setting.backbone)
        entries = pann.load_tagger(tagger, path)
        for part in ("bn0", "trunk", "fc1"):
            taken = tagger.get_submodule(part).state_dict()
            encoder.get_submodule(part).load_state_dict(taken)
        return entries - TAGGING

    return audioset.load_audioset(setting, models, load)

"""Pretrained checkpoints: where they come from, and how they are fetched and verified."""

from reference_models.fetch import fetch
from reference_models.packages import installed
from reference_models.presence import Presence, presence
from reference_models.registry import CHECKPOINTS, Checkpoint, find

__all__ = ["CHECKPOINTS", "Checkpoint", "Presence", "fetch", "find", "installed", "presence"]

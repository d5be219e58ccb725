"""A trunk that starts from weights trained on AudioSet."""

from pathlib import Path

import pann
from core import Setting
from core.errors import DataError, PlanError
from reference_models import fetch


def load_audioset(trunk: pann.Trunk, setting: Setting, models: Path) -> dict[str, object]:
    """Load PANN weights into a trunk, and give what a record should know of them.

    They come from log-mels of 32 kHz, 50 to 14000 Hz, normalised by band, in which rows are
    frames and columns bands; here they read others, and transposed, as published.

    Raises
    ------
    PlanError
        There are no weights for the trunk's width.
    DownloadError
        The checkpoint is not in the folder and cannot be downloaded.
    DataError
        The checkpoint is not exactly the trunk's.
    """
    if setting.width != 1:
        raise PlanError(
            f"init=audioset: the weights are for width=1, not {setting.width:g}; "
            "set width=1, or init=scratch"
        )
    name = f"pann_{setting.backbone}"
    try:
        entries = pann.load_trunk(trunk, fetch(name, models))
    except ValueError as error:
        raise DataError(f"init=audioset: {error}") from error
    return {"name": name, "entries": entries}

"""Networks that start from weights trained on AudioSet."""

from collections.abc import Callable
from pathlib import Path

from core import Setting
from core.errors import DataError, PlanError
from reference_models import fetch


def load_audioset(setting: Setting, models: Path, load: Callable[[Path], int]) -> dict[str, object]:
    """Load the PANN of a setting's `backbone`, and give what a record should know of it.

    `load` takes what it wants of the checkpoint in a file, and gives the number of its entries.

    Raises
    ------
    PlanError
        There are no weights for the setting's `width`.
    DownloadError
        The checkpoint is not in the folder and cannot be downloaded.
    DataError
        It is not exactly the network's: `load` raises ValueError.
    """
    if setting.width != 1:
        raise PlanError(
            f"init=audioset: the weights are for width=1, not {setting.width:g}; "
            "set width=1, or init=scratch"
        )
    name = f"pann_{setting.backbone}"
    path = fetch(name, models)
    try:
        return {"name": name, "entries": load(path)}
    except ValueError as error:
        raise DataError(f"init=audioset: {error}") from error

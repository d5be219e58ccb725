"""A record: what a finished task left behind, read in place."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from core.errors import RecordError, suggest

if TYPE_CHECKING:
    import numpy as np

RECORD_FILE = "record.json"
ARRAYS_FILE = "arrays.npz"


class Record:
    """Arrays, files and provenance of one finished task.

    `record["name"]` reads one array: small ones from `arrays.npz`, large ones memory-mapped
    and read-only from `name.npy`. Nothing is read before it is asked for.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._meta: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> "np.ndarray[Any, Any]":
        try:
            return self._small(name)
        except KeyError:
            return self._mapped(name)
        except (OSError, ValueError, EOFError, BadZipFile) as error:
            raise self._damaged(f"array {name!r} cannot be read ({error})") from error

    def __repr__(self) -> str:
        return f"Record({self.folder})"

    def _small(self, name: str) -> "np.ndarray[Any, Any]":
        """Read an array from `arrays.npz`; KeyError where it is not in there."""
        import numpy as np  # listing plans must not pay for numpy

        # Ten thousand of these make a table: no pathlib, and no look at what is there first.
        # numpy leaves a file that it opened itself open when it turns out to be damaged.
        try:
            file = open(f"{self.folder}/{ARRAYS_FILE}", "rb")  # noqa: SIM115, PTH123
        except FileNotFoundError:
            raise KeyError(name) from None
        with file, np.load(file, allow_pickle=False) as arrays:
            array: np.ndarray[Any, Any] = arrays[name]
            return array

    def _mapped(self, name: str) -> "np.ndarray[Any, Any]":
        """Map an array that is a file of its own."""
        import numpy as np

        try:
            single = self.folder / f"{name}.npy"
            array: np.ndarray[Any, Any] = np.load(single, mmap_mode="r", allow_pickle=False)
            return array
        except FileNotFoundError:
            raise self._no_array(name) from None
        except (OSError, ValueError, EOFError) as error:
            raise self._damaged(f"array {name!r} cannot be read ({error})") from error

    def _no_array(self, name: str) -> RecordError:
        if name in self.arrays:
            return self._damaged(f"array {name!r} is gone")
        return RecordError(
            f"record {self.folder} has no array {name!r}; {suggest(name, self.arrays)}"
        )

    @property
    def meta(self) -> Mapping[str, Any]:
        """What `record.json` says: setting, needed ids, versions, host, seconds."""
        if self._meta is None:
            self._meta = read_meta(self.folder)
        return self._meta

    @property
    def info(self) -> Mapping[str, Any]:
        """The small JSON values that the stage kept."""
        found: Mapping[str, Any] = self.meta["info"]
        return found

    @property
    def arrays(self) -> list[str]:
        """Names of the arrays."""
        names: list[str] = self.meta["arrays"]
        return names

    def _damaged(self, what: str) -> RecordError:
        return damaged(self.folder, what)


def read_meta(folder: Path) -> dict[str, Any]:
    """Read `record.json` of a record folder; raises RecordError where it is damaged."""
    try:
        meta = json.loads((folder / RECORD_FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise damaged(folder, f"{RECORD_FILE} cannot be read ({error})") from error
    if not isinstance(meta, dict) or meta.get("id") != folder.name:
        raise damaged(folder, f"{RECORD_FILE} does not describe this task")
    return meta


def damaged(folder: Path, what: str) -> RecordError:
    """Say that a record cannot be used, and how it is computed anew."""
    return RecordError(
        f"record {folder} is damaged: {what}. No other is touched; to compute it anew: "
        f"sonoplan {folder.parent.parent.name} -s id={folder.name} -R {folder.parent.name}"
    )

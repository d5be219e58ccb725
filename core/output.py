"""What a stage function is given: its inputs, and where its output goes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zipfile import ZipFile

from core.errors import UnknownName
from core.record import ARRAYS_FILE, Record
from core.stop import STOP
from core.task import shares

if TYPE_CHECKING:
    import numpy as np

# From this size on an array is a file of its own, so that it can be memory-mapped.
LARGE = 1 << 20


@dataclass(frozen=True)
class Inputs(Mapping[str, Record]):
    """The records a task needs, and what the machine gives it.

    Attributes
    ----------
    data:
        The user's folder of this setting's dataset, where the stage reads one.
    models:
        The folder of pretrained checkpoints.
    device:
        "cpu" or "cuda"; the visible GPU is the one this task may use.
    threads:
        Number of CPU cores this task may use.
    seed:
        Derived from the replicate factors alone, so that methods pair run by run.
    share:
        Index and number of the shares into which the work of the stage is divided.
    """

    records: Mapping[str, Record] = field(default_factory=dict)
    data: Path | None = None
    models: Path = Path("models")
    device: str = "cpu"
    threads: int = 1
    seed: int = 0
    share: tuple[int, int] = (0, 1)

    def shares(self, stage: str) -> Sequence[Record]:
        """Give the records of a stage whose work is divided, in order."""
        return shares(stage, self.records) or [self[stage]]

    def __getitem__(self, stage: str) -> Record:
        if stage not in self.records:
            raise UnknownName("needed stage", stage, self.records)
        return self.records[stage]

    def __iter__(self) -> Iterator[str]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


class Events(Protocol):
    """Takes per-step scalars, for instance to a TensorBoard file."""

    def add_scalar(self, name: str, value: float, step: int) -> object:
        """Take one value."""

    def close(self) -> None:
        """Finish the file."""


class Output:
    """Where a stage puts its results; all of it becomes the record, or nothing does.

    Attributes
    ----------
    folder:
        Files written here become the record's files.
    info:
        Small values kept in `record.json`.
    """

    def __init__(
        self,
        folder: Path,
        work: Path,
        tell: "Callable[[dict[str, object]], None] | None" = None,
        events: Callable[[Path], Events] | None = None,
    ) -> None:
        self.folder = folder
        self.info: dict[str, object] = {}
        self._work = work
        self._tell = tell
        self._open_events = events
        self._events: Events | None = None
        self._small: dict[str, np.ndarray[Any, Any]] = {}
        self._maps: dict[str, np.memmap[Any, Any]] = {}

    def __setitem__(self, name: str, array: "np.typing.ArrayLike") -> None:
        import numpy as np

        values = np.asarray(array)
        if values.dtype.hasobject:
            raise TypeError(f"array {name!r} holds Python objects; store numbers, bools or text")
        if values.nbytes < LARGE:
            self._small[name] = values
        else:
            np.save(self._array_file(name), values, allow_pickle=False)

    def memmap(
        self, name: str, shape: tuple[int, ...], dtype: "np.typing.DTypeLike"
    ) -> "np.memmap[Any, Any]":
        """Open a writable array of the record, for what is larger than memory."""
        import numpy as np

        array = np.lib.format.open_memmap(
            self._array_file(name), mode="w+", dtype=np.dtype(dtype), shape=shape
        )
        self._maps[name] = array
        return array

    @property
    def checkpoint(self) -> Path:
        """A folder that survives a killed attempt, for the next attempt to continue from."""
        folder = self._work / "checkpoint"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def stopping(self) -> bool:
        """Whether somebody needs this machine: save to the checkpoint and raise Stopped, soon."""
        return STOP.asked

    def progress(self, done: float, total: float, **shown: float) -> None:
        """Say how far the task is, and figures worth watching; cheap."""
        if self._tell is not None:
            self._tell({"done": done, "total": total, "shown": shown})

    def scalar(self, name: str, value: float, step: int) -> None:
        """Write one value of a curve to this task's TensorBoard events."""
        if self._open_events is None:
            return
        if self._events is None:
            self._events = self._open_events(self._work / "events")
        self._events.add_scalar(name, value, step)

    def finish(self) -> list[str]:
        """Write what is held in memory and give the names of all arrays."""
        if self._small:
            self._write_small()
        for array in self._maps.values():
            array.flush()
        self.close()
        events = self._work / "events"
        if events.is_dir():  # of this attempt, and of those before it
            events.rename(self.folder / "events")
        files = [path.stem for path in self.folder.glob("*.npy")]
        return sorted([*self._small, *files])

    def _write_small(self) -> None:
        """Write an npz as numpy does, which itself cannot take an array named `file`."""
        import numpy as np

        with ZipFile(self.folder / ARRAYS_FILE, "w") as arrays:
            for name, values in self._small.items():
                with arrays.open(f"{name}.npy", "w", force_zip64=True) as file:
                    np.lib.format.write_array(file, values, allow_pickle=False)

    def close(self) -> None:
        """Let go of open files."""
        self._maps.clear()
        events, self._events = self._events, None
        if events is not None:
            events.close()

    def _array_file(self, name: str) -> Path:
        if not name.replace("-", "_").isidentifier():
            raise ValueError(f"{name!r} cannot name an array; use letters, digits, - and _")
        return self.folder / f"{name}.npy"

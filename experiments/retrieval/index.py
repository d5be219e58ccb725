"""An index of a folder of recordings: vectors of their windows, kept from call to call."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from core.errors import DataError
from experiments.common.kept_arrays import keep_arrays, kept_arrays
from experiments.common.recordings import Wave
from experiments.retrieval.ahead import ahead
from experiments.retrieval.relevance import Array
from experiments.retrieval.windows import (
    HOP,
    WINDOW,
    Window,
    read_windows,
    sound_files,
    windows_of,
)

AT_ONCE = 32
"""Windows that are read and encoded together."""
PERIOD = 30.0
"""s between two saves: what a kill loses."""


class Ear(Protocol):
    """Turns windows into vectors."""

    def log_mel(self, wave: Wave, rate: int) -> Array:
        """Analyse a sound (samples,) as (frames, bands); called by another thread."""

    def vectors(self, log_mels: Sequence[Array]) -> Array:
        """Encode log-mels as unit vectors (n, d) float32."""


class Entry(NamedTuple):
    """A recording: its size and time of change; (start, end) of its windows, and their vectors."""

    stamp: tuple[int, int]
    windows: Array
    vectors: Array


class Piece(NamedTuple):
    """Some windows of a recording, which follow each other."""

    path: Path
    windows: list[Window]


class Index:
    """The recordings in a folder and below it.

    Attributes
    ----------
    entries:
        By the path within the folder, in order.
    problems:
        What is wrong with the recordings that are left out, by their path within the folder.
    new:
        How many were analysed by the last update.
    """

    def __init__(self, folder: Path, file: Path) -> None:
        self.folder = folder
        self.entries: dict[str, Entry] = {}
        self.problems: dict[str, str] = {}
        self.new = 0
        self._file = file

    def update(self, ear: Ear, tell: Callable[[float, float], None]) -> None:
        """Analyse the recordings that are new or have changed; forget those that are gone.

        `tell` is called with seconds of sound that are done and seconds in all. What is done is
        saved now and then. Raises DataError where the folder is not there or has no recording.
        """
        stamps = {self._name(path): _stamp(path) for path in sound_files(self.folder)}
        kept = _load(self._file)
        fresh = {name: e for name, e in kept.items() if e.stamp == stamps.get(name)}
        self.entries = dict(fresh)
        waiting = {name: stamp for name, stamp in stamps.items() if name not in fresh}
        try:
            self._analyse(waiting, ear, tell)
        finally:
            self.entries = {name: self.entries[name] for name in stamps if name in self.entries}
            self.new = len(self.entries) - len(fresh)
            if self.new:
                self._save()

    def _analyse(
        self,
        waiting: Mapping[str, tuple[int, int]],
        ear: Ear,
        tell: Callable[[float, float], None],
    ) -> None:
        planned = self._plan(waiting)
        total = sum(windows[-1].end for windows in planned.values())
        found: dict[str, list[Array]] = {name: [] for name in planned}
        done, saved = 0.0, time.monotonic()
        groups = list(_grouped(_pieces(self.folder, planned)))
        reads = ahead(lambda group: [_read(piece, ear) for piece in group], groups)
        for group, read in zip(groups, reads, strict=True):
            for name, vectors in self._encode(group, read, ear):
                found[name].extend(vectors)
                if len(found[name]) == len(planned[name]):
                    windows, rows = np.array(planned[name]), np.array(found.pop(name))
                    self.entries[name] = Entry(waiting[name], windows, rows)
            done += sum(_new_seconds(piece) for piece in group)
            tell(min(done, total), total)
            if self.entries and time.monotonic() - saved > PERIOD:
                self._save()
                saved = time.monotonic()

    def _plan(self, names: Iterable[str]) -> dict[str, list[Window]]:
        """Cut recordings into windows; those that cannot be read are noted."""
        planned = {}
        for name in names:
            try:
                planned[name] = windows_of(self.folder / name)
            except DataError as error:
                self.problems[name] = str(error)
        return planned

    def _encode(
        self, group: Sequence[Piece], read: Sequence[list[Array] | DataError], ear: Ear
    ) -> Iterator[tuple[str, Array]]:
        """Give the vectors of each piece by its recording's name; what is damaged is noted."""
        log_mels = [one for found in read if not isinstance(found, DataError) for one in found]
        vectors = ear.vectors(log_mels) if log_mels else np.empty((0, 0))
        for piece, found in zip(group, read, strict=True):
            name = self._name(piece.path)
            if isinstance(found, DataError):
                self.problems[name] = str(found)
            else:
                yield name, vectors[: len(found)]
                vectors = vectors[len(found) :]

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _save(self) -> None:
        entries = [*self.entries.values()]
        arrays = {
            "name": np.array([*self.entries]),
            "stamp": np.array([entry.stamp for entry in entries]),
            "count": np.array([len(entry.windows) for entry in entries]),
            "windows": np.concatenate([entry.windows for entry in entries]),
            "vectors": np.concatenate([entry.vectors for entry in entries]),
        }
        keep_arrays(self._file, arrays)


def _load(path: Path) -> dict[str, Entry]:
    """Read what was saved; nothing where there is none, or it is damaged."""
    kept = kept_arrays(path)
    if not kept:
        return {}
    ends = kept["count"].cumsum()[:-1]
    columns = (np.split(kept[column], ends) for column in ("windows", "vectors"))
    stamps = map(tuple, kept["stamp"].tolist())
    entries = zip(kept["name"].tolist(), stamps, *columns, strict=True)
    return {name: Entry(*entry) for name, *entry in entries}


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _pieces(folder: Path, planned: Mapping[str, list[Window]]) -> Iterator[Piece]:
    """Cut long recordings, so that memory and what is known of the progress stay bounded."""
    for name, windows in planned.items():
        for first in range(0, len(windows), AT_ONCE):
            yield Piece(folder / name, windows[first : first + AT_ONCE])


def _grouped(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Put short recordings together: a GPU takes as long for one window as for some."""
    group: list[Piece] = []
    size = 0
    for piece in pieces:
        if group and size + len(piece.windows) > AT_ONCE:
            yield group
            group, size = [], 0
        group.append(piece)
        size += len(piece.windows)
    if group:
        yield group


def _read(piece: Piece, ear: Ear) -> list[Array] | DataError:
    try:
        return [ear.log_mel(*sound) for sound in read_windows(*piece)]
    except DataError as error:
        return error


def _new_seconds(piece: Piece) -> float:
    """Tell how much of a recording ends with this piece that did not end before."""
    start = piece.windows[0].start
    return piece.windows[-1].end - (start + WINDOW - HOP if start else 0)

"""A task's log: what it prints and logs, in a file that exists only where there is something."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """Send what a task prints and logs to its log file."""
    with _Log(path) as log, redirect_stdout(log), redirect_stderr(log):
        handler = logging.StreamHandler(log)
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)


class _Log(io.TextIOBase):
    """A log file that comes into being with its first line: most tasks say nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: io.TextIOWrapper | None = None

    def write(self, text: str) -> int:
        if self._file is None:
            self._file = self._path.open("a", buffering=1, encoding="utf-8")
        return self._file.write(text)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()

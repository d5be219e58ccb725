"""Files that are whole or absent: written beside their target, then renamed onto it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConfigError, SonoplanError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, and put the file at `path` once the block ends without error.

    Raises ConfigError, naming the path, where the folder does not exist or cannot be written.
    """
    if not path.parent.is_dir():
        raise ConfigError(f"cannot write {path}: there is no folder {path.parent}; create it first")
    work = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield work
        work.replace(path)
    except SonoplanError:
        raise  # a RecordError is an OSError too, and says more
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        work.unlink(missing_ok=True)

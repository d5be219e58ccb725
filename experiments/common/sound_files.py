"""Sound files of a corpus: found below a folder, and looked into without reading the sound."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import soundfile

from core.errors import DataError

ENDINGS = (".wav", ".flac")
# Sizes from here on are place-holders of programs that write wav files into a pipe.
_UNKNOWN_SIZE = 0x7FFFF000


def visible_files(folder: Path, what: str) -> list[Path]:
    """List what lies in a folder and below it, in order; raises DataError where there is none."""
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}; give the one with {what}")
    return [path for path in sorted(folder.rglob("*")) if not path.name.startswith(".")]


def sounds_by_stem(folder: Path, files: Iterable[Path]) -> dict[str, Path]:
    """Pick the wav and FLAC files of a folder by their name without ending.

    Raises DataError where two have the same name, and where there is none.
    """
    found: dict[str, Path] = {}
    for path in files:
        if path.suffix.lower() in ENDINGS and not path.is_dir():
            if path.stem in found:
                raise DataError(f"{path} and {found[path.stem]} are the same recording; keep one")
            found[path.stem] = path
    if not found:
        raise DataError(f"there is no .wav or .flac recording in {folder} or below it")
    return found


@contextmanager
def opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """Open a sound; raises DataError, in the block too, where it cannot be read."""
    if path.suffix.lower() == ".raw":
        raise DataError(f"{path} does not say its rate; save it as wav or FLAC")
    try:
        with soundfile.SoundFile(path) as file:
            yield file
    # A damaged header can claim to hold more than memory does.
    except (soundfile.LibsndfileError, OSError, MemoryError) as error:
        raise DataError(f"{path} cannot be read ({error}); copy it again") from error


def seconds_of(path: Path) -> float:
    """Tell how long a sound is; raises DataError where it is damaged, cut short or empty."""
    with opened(path) as file:
        seconds = float(file.frames / file.samplerate)
        if file.format == "FLAC" and seconds:
            file.seek(file.frames - 1)  # the header says how long it was, not how long it is
            file.read(1)
    if cut_short(path):
        raise DataError(f"{path} is cut short, {seconds:.3f} s are left of it; copy it again")
    if not seconds:
        raise DataError(f"{path} holds no sound; copy it again")
    return seconds


def cut_short(path: Path) -> bool:
    """Tell whether a wav file is smaller than its header says, by more than a byte of padding."""
    with path.open("rb") as file:
        mark, size = file.read(4), int.from_bytes(file.read(4), "little")
    return mark == b"RIFF" and path.stat().st_size + 1 < size + 8 < _UNKNOWN_SIZE

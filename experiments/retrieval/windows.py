"""Windows of recordings, which are indexed one by one, read from any place on."""

from collections.abc import Iterator
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import NamedTuple

import soundfile

from core.errors import DataError
from experiments.common.recordings import Wave, averaged
from experiments.common.sound_files import opened
from experiments.retrieval.sounds import seconds_of_sound

WINDOW, HOP = 10.0, 5.0
"""s; clips that train last about as long."""
ENDINGS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff")


class Window(NamedTuple):
    """A stretch of a recording, in s from its beginning."""

    start: float
    end: float


def sound_files(folder: Path) -> list[Path]:
    """List the recordings in a folder and below it, in order; hidden ones are left out.

    Raises DataError where there is no folder, or no recording in it.
    """
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}; give one with recordings")
    below = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in ENDINGS)
    found = [p for p in below if p.is_file() and not _hidden(p.relative_to(folder))]
    if not found:
        raise DataError(
            f"there is no recording in {folder} or below it; known are {', '.join(ENDINGS)}"
        )
    return found


def windows_of(path: Path) -> list[Window]:
    """Cut a recording into windows of 10 s, one every 5 s; the last one goes to the end.

    Raises DataError where it is damaged, or shorter than a frame.
    """
    seconds = seconds_of_sound(path)
    count = 1 + max(0, ceil((seconds - WINDOW) / HOP))
    return [Window(i * HOP, min(i * HOP + WINDOW, seconds)) for i in range(count)]


def read_windows(path: Path, windows: list[Window]) -> Iterator[tuple[Wave, int]]:
    """Read windows that follow each other, each as (samples,), channels averaged, and its rate.

    What they share is read once. Raises DataError where the recording cannot be read as far, or
    holds samples that are no finite numbers.
    """
    sound, rate = _read(path, Window(windows[0].start, windows[-1].end))
    mono = averaged(path, sound)
    for window in windows:
        first = round((window.start - windows[0].start) * rate)
        yield mono[first : first + round((window.end - window.start) * rate)], rate


def excerpt(path: Path, window: tuple[float, float]) -> bytes:
    """Read a window as a FLAC file of 16 bits with two channels at most, for players.

    Raises DataError where the recording cannot be read as far.
    """
    sound, rate = _read(path, Window(*window))
    content = BytesIO()
    soundfile.write(content, sound[:, :2], rate, format="FLAC", subtype="PCM_16")
    return content.getvalue()


def _read(path: Path, window: Window) -> tuple[Wave, int]:
    """Read a stretch as (samples, channels) and give its rate."""
    with opened(path) as file:
        rate: int = file.samplerate
        first, end = round(window.start * rate), round(window.end * rate)
        file.seek(first)
        sound: Wave = file.read(end - first, dtype="float32", always_2d=True)
    if len(sound) < end - first:
        raise DataError(f"{path} ends before its header says; copy it again")
    return sound, rate


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)

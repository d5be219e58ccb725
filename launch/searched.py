"""The answers of `sonoplan search` as a page that plays them, or as a csv."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.dotted import find_function
from export.report import Clip, Part, Report, Section, draw
from export.writing import replacing


@dataclass(frozen=True)
class Found:
    """Answers to texts.

    Attributes
    ----------
    folder:
        Where the recordings lie.
    trained:
        What found them, see experiments/retrieval/trained.py.
    answers:
        By text, best first: with `file`, `start`, `end` in s, `score`.
    """

    folder: Path
    trained: Any
    answers: Mapping[str, Sequence[Any]]


def write(found: Found, path: Path) -> None:
    """Write answers as the file's ending says; raises ConfigError where that is impossible."""
    FORMATS[path.suffix.lower()](found, path)


def clock(seconds: float) -> str:
    """Write a time in a recording: `0:07.5`, `1:02:07.5`."""
    minutes, rest = divmod(round(seconds, 1), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def _write_csv(found: Found, path: Path) -> None:
    """Write a line for each answer."""
    with replacing(path) as work, work.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "rank", "score", "file", "start", "end"])
        for text, answers in found.answers.items():
            for rank, a in enumerate(answers, start=1):
                times = (f"{a.start:.3f}", f"{a.end:.3f}")
                writer.writerow([text, rank, f"{a.score:.5f}", a.file, *times])


def _draw_page(found: Found, path: Path) -> None:
    """Draw a page with a player for each answer, as many as it can carry."""
    trained = found.trained
    facts = (
        ("recordings", str(found.folder.resolve())),
        ("found by", f"{trained.record.id}, trained on {trained.dataset}"),
    )
    sections = tuple(_sections(found))
    draw(Report("Sounds found", "Recordings by what a text says of them", facts, sections), path)


def _sections(found: Found) -> Iterator[Section]:
    from launch.report.media import MOST_BYTES  # brings matplotlib: a third of a second

    excerpt = find_function("experiments.retrieval.windows:excerpt")
    left = MOST_BYTES
    for text, answers in found.answers.items():
        parts: list[Part] = []
        for rank, answer in enumerate(answers, start=1):
            times = f"{clock(answer.start)}–{clock(answer.end)}"
            label = f"{rank}. {answer.score:.3f}, {times}"
            content = excerpt(found.folder / answer.file, (answer.start, answer.end))
            left -= len(content)
            if left < 0:
                most = f"a page has {MOST_BYTES // 1_000_000} MB of sound at most"
                parts.append(f"{label}: {answer.file} ({most})")
            else:
                parts.append(Clip(content, "audio/flac", label, answer.file))
        yield Section(text, tuple(parts))


FORMATS: Mapping[str, Callable[[Found, Path], None]] = {".html": _draw_page, ".csv": _write_csv}
"""What writes answers, by the ending of the file."""

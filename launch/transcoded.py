"""The files of `sonoplan transcode`: scores, pictures and sounds of one recording."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.dotted import find_function
from core.errors import ConfigError
from export.figures import spectrograms, style, timeline
from export.writing import replacing

SOUNDS = "experiments.transcoder.sounds"
MELS_A_SECOND = 100


@dataclass(frozen=True)
class Files:
    """What is written of a recording.

    Attributes
    ----------
    folder, stem:
        Where, and how names begin.
    format:
        Of pictures, "png".
    transcoding, heard:
        What was made by what, see experiments/transcoder/transcoding.py.
    """

    folder: Path
    stem: str
    format: str
    transcoding: Any
    heard: Any

    def scores(self) -> Path:
        """Write the score of every class in each second, a line a second."""
        path = self._path("scores", "csv")
        with replacing(path) as work, work.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["second", *self.transcoding.class_names])
            for second, scores in enumerate(self.heard.scores):
                writer.writerow([second, *(f"{score:.5f}" for score in scores)])
        return path

    def timeline(self, classes: Sequence[str]) -> Path:
        """Draw the levels, their log-mel and the scores of some classes along time."""
        octaves = {place: _hertz(band) for place, band in enumerate(self.transcoding.bands)}
        named = dict(list(octaves.items())[2::6])  # every second octave, from 31.5 Hz on
        levels = timeline.Spectrum("third-octave levels", self.heard.levels, "Hz", named)
        label, mels = self.transcoding.label, list[timeline.Spectrum]()
        if label in self.heard.mels:  # a student gives none
            mel = find_function(f"{SOUNDS}:joined")(self.heard.mels[label])
            mels = [timeline.Spectrum(f"log-mel by {label}", self._decibels(mel), "mel bin")]
        columns = self.transcoding.columns(classes)
        scores = dict(zip(classes, self.heard.scores[:, columns].T, strict=True))
        return self._draw("transcoded", timeline.figure([levels, *mels], scores))

    def sounds(self) -> Iterator[Path]:
        """Write the recording, and what each log-mel sounds like; draw their first second."""
        invert, write = find_function(f"{SOUNDS}:invert"), find_function(f"{SOUNDS}:write_sound")
        waves = {} if self.heard.wave is None else {"original": self.heard.wave}
        for label, mels in self.heard.mels.items():
            waves[label] = invert(mels, self.transcoding.classifier)
        for label, wave in waves.items():
            path = self._path(label, "wav")
            with replacing(path) as work:
                write(work, wave, self.transcoding.rate)
            yield path
        if self.heard.mels:
            first = {label: self._decibels(mels[0]) for label, mels in self.heard.mels.items()}
            yield self._draw("spectrograms", spectrograms.figure(first, MELS_A_SECOND))

    def _decibels(self, log_mel: Any) -> Any:  # noqa: ANN401 - arrays
        return find_function(f"{SOUNDS}:decibels")(log_mel, self.transcoding.classifier)

    def _draw(self, what: str, figure: Any) -> Path:  # noqa: ANN401 - a figure
        path = self._path(what, self.format)
        style.save(figure, path)
        return path

    def _path(self, what: str, suffix: str) -> Path:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"cannot write into {self.folder}: {error.strerror}") from error
        return self.folder / f"{self.stem}-{what.lower().replace(' ', '-')}.{suffix}"


def _hertz(band: float) -> str:
    return f"{band / 1000:g}k" if band >= 1000 else f"{band:g}"

"""Trained dual encoders at hand: the one that an id means, or the best of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core import Record, Setting
from core.errors import ConfigError
from core.folders import written_path
from core.record import RECORD_FILE
from core.store import find_record, finished
from experiments.common.trained import training_of

STAGE = "training"
SCORED = "retrieval"


@dataclass(frozen=True)
class Trained:
    """A trained network and how sounds and texts reach it.

    Attributes
    ----------
    record, setting:
        Of the training.
    front_end, text:
        The factors by which its clips and its captions were prepared.
    dataset:
        What it was trained on.
    """

    record: Record
    setting: Setting
    front_end: str
    text: str
    dataset: str


def find_trained(word: str | None, folder: Path) -> Trained:
    """Find a dual encoder among the records of the experiment, which lie in `folder`.

    By the path of its record, or by the beginning of the id of its training or of a stage that
    needs one. Without a word the best is taken: the highest mAP@10 on validation captions, of
    those trained on real sounds if there are any. Nothing large is read.

    Raises
    ------
    UnknownName
        No record's id begins so.
    ConfigError
        Several records' ids begin so; or without a word, none is finished and evaluated.
    DataError
        The record has no trained network, or one that it needs is gone.
    """
    return _described(
        _best(folder) if word is None else training_of(Record(_found(word, folder)), STAGE)
    )


def _found(word: str, folder: Path) -> Path:
    path = written_path(word)
    if Record(path).files(RECORD_FILE):
        return path.resolve()
    return find_record(folder, word, "dual encoder", STAGE)


def _described(record: Record) -> Trained:
    clips = record.needed("clips").meta["setting"]
    text = record.needed("embeddings").meta["setting"]["text"]
    setting = Setting(record.meta["setting"])
    return Trained(record, setting, clips["front_end"], text, clips["dataset"])


def _best(folder: Path) -> Record:
    scored = list(_scored(folder))
    if not scored:
        raise ConfigError(
            f"no dual encoder in {folder} is trained and evaluated; "
            "compute one: sonoplan retrieval -s demo/ -c; or name one that is trained, --by ID"
        )
    return max(scored, key=lambda one: one[:2])[2]


def _scored(folder: Path) -> Iterator[tuple[bool, float, Record]]:
    """Give trainings that were evaluated: whether on real sounds, mAP@10, and the record."""
    for task_id in sorted(finished(folder / SCORED)):
        record = Record(folder / SCORED / task_id)
        if STAGE in record.meta["needs"]:
            score = float(record["validation_t2a_ap10"].mean())
            trained = _described(record.needed(STAGE))
            yield trained.dataset != "synthetic", score, trained.record

"""Trained dual encoders at hand: the one that an id means, or the best of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core import Record, Setting
from core.errors import ConfigError, DataError, UnknownName
from core.record import RECORD_FILE

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
    return _described(_best(folder) if word is None else _training(_found(word, folder)))


def _found(word: str, folder: Path) -> Path:
    path = Path(word).expanduser()
    if (path / RECORD_FILE).is_file():
        return path.resolve()
    records = [p for p in sorted(folder.glob("*/*")) if not p.name.startswith(".")]
    begun = [record for record in records if record.name.startswith(word)]
    if len(begun) > 1:
        ids = ", ".join(sorted(record.name for record in begun))
        raise ConfigError(f"{word!r} is the beginning of several records' ids: {ids}")
    if not begun:
        trained = [record.name for record in records if record.parent.name == STAGE]
        raise UnknownName("dual encoder", word, trained, f"; results are in {folder}")
    return begun[0]


def _training(folder: Path) -> Record:
    """Find the training that a record is of, or that what it holds was computed with."""
    record = Record(folder)
    stage = record.meta["stage"]
    if stage == STAGE:
        return record
    if STAGE not in record.meta["needs"]:
        raise DataError(f"{folder} is a record of the stage {stage!r}, with no trained network")
    return _needed(record, STAGE)


def _needed(record: Record, stage: str) -> Record:
    """Open a record that another needs, of shares the first; raises DataError where it is gone."""
    needs = record.meta["needs"]
    name = next(name for name in needs if name == stage or name.startswith(f"{stage} "))
    folder = record.folder.parents[1] / stage / needs[name]
    if not folder.is_dir():
        raise DataError(f"{record.folder} needs {folder}, which is gone; compute it anew with -c")
    return Record(folder)


def _described(record: Record) -> Trained:
    clips = _needed(record, "clips").meta["setting"]
    text = _needed(record, "embeddings").meta["setting"]["text"]
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
    for path in sorted((folder / SCORED).glob("*")):
        if (path / RECORD_FILE).is_file() and STAGE in Record(path).meta["needs"]:
            score = float(Record(path)["validation_t2a_ap10"].mean())
            trained = _described(_needed(Record(path), STAGE))
            yield trained.dataset != "synthetic", score, trained.record

"""Transcoders at hand for a user's own recordings: PINV, published ones, and trained ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core import Inputs, Record, Setting
from core.errors import DataError, UnknownName
from core.record import RECORD_FILE
from experiments.common.trained import training_of
from experiments.transcoder.models import Model, load_model
from experiments.transcoder.published import FILES, load_published
from experiments.transcoder.representation import representation
from experiments.transcoder.teachers import RELEASED, Teacher, teacher_of

PINV = "pinv"
CLASSIFIER = "YamNet"  # unless something says another
STAGE = "training"
LEARNT = {0: "CNN-mels", 1: "CNN-logits"}
_NAMED = {name: key for key, name in FILES.items()}


@dataclass(frozen=True)
class Source:
    """A transcoder that is not loaded yet.

    Attributes
    ----------
    label:
        How it is called in figures and files.
    load:
        From the setting, with the factors `classifier` and `teacher`, the inputs of a stage, and
        the teacher.
    """

    label: str
    load: Callable[[Setting, Inputs, Teacher], Model]


@dataclass(frozen=True)
class Choice:
    """Transcoders for one classifier: the first is to score, all can be heard.

    `teacher` is the kind of weights, see `teachers.teacher`; where these are "trained", `record`
    holds them.
    """

    sources: tuple[Source, ...]
    classifier: str
    teacher: str
    record: Record | None

    @property
    def checkpoint(self) -> str | None:
        """The published checkpoint that scoring needs, by name."""
        return RELEASED.get((self.classifier, self.teacher))

    def load(self, models: Path, device: str = "cpu") -> dict[str, Model]:
        """Load the transcoders by label, in evaluation mode, all with one teacher.

        Raises what `load_model` and `teacher_of` raise.
        """
        setting = Setting({"classifier": self.classifier, "teacher": self.teacher})
        records = {"teacher": self.record} if self.record else {}
        inputs = Inputs(records, models=models, device=device)
        teacher = teacher_of(setting, inputs)
        return {source.label: source.load(setting, inputs, teacher) for source in self.sources}


def choose(words: Sequence[str], classifier: str | None, teacher: str | None) -> Choice:
    """Find transcoders, each by the word "pinv" or by a path.

    A path is that of the record of a training, or of a stage that needs one; of a published file;
    or of a folder of these, of which all that fit the classifier are taken. A record tells
    classifier and teacher, the name of a published file its classifier; the others are then for
    the same. Nothing large is read yet.

    Raises
    ------
    UnknownName
        A word is neither, or there is no such classifier.
    DataError
        A path holds no transcoder, or one for another classifier.
    """
    trainings = [training_of(Record(Path(word)), STAGE) for word in words if _is_record(word)]
    told = [*(record.meta["setting"]["classifier"] for record in trainings), *_named(words)]
    classifier = classifier or next(iter(told), CLASSIFIER)
    representation(classifier)
    sources = [source for word in words for source in _sources(word, classifier)]
    of_teachers = [(record.meta["setting"]["teacher"], record) for record in trainings]
    teacher = teacher or next((kind for kind, _ in of_teachers), "released")
    taught = next((record for kind, record in of_teachers if kind == teacher), None)
    kept = taught.needed("teacher") if taught and teacher == "trained" else None
    return Choice(tuple(sources), classifier, teacher, kept)


def _named(words: Sequence[str]) -> Iterator[str]:
    """Give the classifiers that the names of published files tell."""
    for word in words:
        if Path(word).name in _NAMED:
            yield _NAMED[Path(word).name][0]


def _is_record(word: str) -> bool:
    return bool(Record(Path(word)).files(RECORD_FILE))


def _sources(word: str, classifier: str) -> list[Source]:
    path = Path(word)
    if word == PINV:
        return [Source("PINV", _load_pinv)]
    if _is_record(word):
        return [_trained(training_of(Record(path), STAGE), classifier)]
    if path.is_file():
        return [_published(path, classifier)]
    if not path.is_dir():
        hint = ", or the path of a training's record or of published weights"
        raise UnknownName("transcoder", word, [PINV], hint)
    names = [FILES[key] for key in reversed(FILES) if key[0] == classifier]
    found = [path / name for name in names if (path / name).is_file()]
    if not found:
        raise DataError(f"{path} has no transcoder for {classifier}, which would be {names[0]}")
    return [_published(file, classifier) for file in found]


def _load_pinv(setting: Setting, inputs: Inputs, teacher: Teacher) -> Model:
    return load_model(Setting({**setting, "transcoder": PINV}), inputs, teacher)


def _published(path: Path, classifier: str) -> Source:
    made_for, ts = _NAMED.get(path.name, (classifier, None))
    _check(path, made_for, classifier)

    def load(setting: Setting, inputs: Inputs, teacher: Teacher) -> Model:
        return Model(load_published(path, classifier), teacher, student=False).to(inputs.device)

    return Source(path.stem if ts is None else LEARNT[ts], load)


def _trained(record: Record, classifier: str) -> Source:
    made: dict[str, Any] = dict(record.meta["setting"])
    _check(record.path, made["classifier"], classifier)
    made.pop("mode", None)  # a published student never left training mode; here it does

    def load(setting: Setting, inputs: Inputs, teacher: Teacher) -> Model:
        records = {**inputs, STAGE: record}
        return load_model(Setting({**made, **setting}), replace(inputs, records=records), teacher)

    learnt = ("mels", "logits")[made["ts"]] if made.get("prop_logit", 100) == 100 else "both"
    name = "CNN" if made["transcoder"] == "cnn_pinv" else made["transcoder"]
    return Source(f"{name}-{learnt} {record.id[:4]}", load)


def _check(path: Path, made_for: str, classifier: str) -> None:
    if made_for != classifier:
        raise DataError(f"{path} transcodes for {made_for}, not for {classifier}")

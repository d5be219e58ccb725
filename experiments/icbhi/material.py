"""What a training and a probe of one run have in common: the cycles of its parts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from torch import Tensor

from core import Inputs, Setting
from experiments.icbhi.curves import Curves
from experiments.icbhi.features import Features, load_features
from experiments.icbhi.labels import labels_of
from experiments.icbhi.losses import Weighting, class_weights
from experiments.icbhi.network import CLASSES
from experiments.icbhi.parts import divide


@dataclass(frozen=True)
class Material:
    """The cycles of a run.

    Attributes
    ----------
    parts:
        Indices of the cycles in "train", "test" and, if any are, "held_out".
    features:
        Of all cycles.
    labels:
        Of all cycles, by name: "class", and what the setting learns by.
    weights:
        Of the classes, by their frequency in the training part.

    All of it lies on the device: a step copies nothing there, and never waits for it.
    """

    parts: Mapping[str, Tensor]
    features: Features
    labels: Mapping[str, Tensor]
    weights: Tensor

    def judge(self, epoch: int, classify: Callable[[Tensor], Tensor], curves: Curves) -> None:
        """Note what is answered to the parts that do not train.

        `classify` gives logits (cycles, 4), on the CPU, of the cycles at some indices.
        """
        judged = {part: cycles for part, cycles in self.parts.items() if part != "train"}
        logits = {part: classify(cycles) for part, cycles in judged.items()}
        labels = {part: self.labels["class"][cycles].cpu() for part, cycles in judged.items()}
        curves.add_answers(epoch, logits, labels)


def load_material(
    setting: Setting, inputs: Inputs, weighting: Weighting, also: Iterable[str] = ()
) -> Material:
    """Divide the prepared cycles for a run, label them by class and `also`, and analyse them.

    The classes' weights are "inverse" to their frequency in the training part, or "none".
    """
    cycles = inputs["cycles"]
    parts = divide(cycles, setting, inputs.seed)
    train = parts["train"]
    labels = {name: labels_of(cycles, name, train) for name in ("class", *also)}
    weights = class_weights(labels["class"][train], CLASSES, weighting).to(inputs.device)
    features = load_features(cycles, train, setting, inputs.device)
    parts, labels = (
        {name: rows.to(inputs.device) for name, rows in columns.items()}
        for columns in (parts, labels)
    )
    return Material(parts, features, labels, weights)

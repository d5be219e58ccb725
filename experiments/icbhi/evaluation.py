"""The stage that chooses an epoch of a training and keeps what it answered."""

import numpy as np

from core import Inputs, Output, Record, Setting
from core.errors import PlanError
from core.scores import score
from experiments.icbhi.curves import CHOSEN_ON
from experiments.icbhi.parts import in_test


def evaluate(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Keep the chosen epoch's answers to the test cycles, and which cycles these are.

    Arrays, over the test cycles: `predictions`, `logits`, `label`, `patient`, `recording`,
    `cycle` (its position in the record of `cycles`); besides, `confusion` (4, 4), true classes
    in rows, and `epoch`, counted from 1.
    """
    trained = inputs["probe"] if "probe" in inputs else inputs["encoder"]
    epoch = choose_epoch(trained, setting.selection)
    cycles = inputs["cycles"]
    test = np.flatnonzero(in_test(cycles, setting))
    for name in ("label", "patient", "recording"):
        output[name] = cycles[name][test]
    output["cycle"] = test
    output["predictions"] = trained["predictions"][epoch]
    output["logits"] = trained[f"logits_{setting.selection}"]
    output["confusion"] = trained["confusion_test"][epoch]
    output["epoch"] = epoch + 1


def choose_epoch(trained: Record, selection: str) -> int:
    """Choose an epoch, counted from 0, by the curves of a training; of equals, the first.

    "held_out": the one with the best score Sc on the held-out patients. "last": the last one.
    "best_on_test": the best on the test part itself, as published, which flatters every method,
    most the one with the most epochs to choose from.

    Raises
    ------
    PlanError
        The selection needs held-out patients, and the training had none.
    """
    if selection == "last":
        return len(trained["loss"]) - 1
    curve = f"confusion_{CHOSEN_ON[selection]}"
    if curve not in trained.arrays:
        raise PlanError(
            f"selection={selection} needs held-out patients, and this training had none "
            "(held_out=0); set held_out=0.2, or selection=last"
        )
    return int(score(trained[curve]).argmax())

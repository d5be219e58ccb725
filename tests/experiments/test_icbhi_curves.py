import numpy as np
import torch

from core.scores import score
from experiments.icbhi.curves import Curves

LABELS = torch.tensor([0, 0, 1, 2, 3])


def logits_for(answers, mark):
    """Logits that give these answers, and can be told from others by `mark`."""
    return torch.nn.functional.one_hot(torch.tensor(answers), 4).float() * mark


def filled(held_out=True):
    """Three epochs; the test part is best in the second, the held-out one in the third."""
    curves = Curves(3)
    test = [[0, 0, 0, 0, 0], [0, 0, 1, 2, 0], [0, 0, 1, 0, 0]]
    held = [[0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 1, 2, 3]]
    for epoch in range(3):
        logits = {"test": logits_for(test[epoch], epoch + 1)}
        if held_out:
            logits["held_out"] = logits_for(held[epoch], epoch + 1)
        curves.note(epoch, loss=1.0 - epoch, lr=1e-3)
        curves.add_answers(epoch, logits, dict.fromkeys(logits, LABELS))
    return curves


def test_every_epoch_is_kept():
    arrays = filled().arrays
    assert arrays["loss"].tolist() == [1, 0, -1]
    assert arrays["predictions"].tolist()[1] == [0, 0, 1, 2, 0]
    assert arrays["confusion_test"][1].tolist() == [
        [2, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [1, 0, 0, 0],
    ]


def test_logits_of_each_selection_are_those_of_its_epoch():
    arrays = filled().arrays
    marks = {name: arrays[f"logits_{name}"].max().item() for name in ("best_on_test", "held_out")}
    assert marks == {"best_on_test": 2, "held_out": 3}
    assert arrays["logits_last"].max() == 3
    assert score(arrays["confusion_test"].numpy()).argmax() == 1


def test_of_equal_epochs_the_first_is_kept():
    curves = Curves(3)
    for epoch in range(3):
        logits = {"test": logits_for([0, 0, 1, 0, 0], epoch + 1)}
        curves.add_answers(epoch, logits, {"test": LABELS})
    assert curves.arrays["logits_best_on_test"].max() == 1


def test_without_held_out_cycles_their_curves_are_absent():
    arrays = filled(held_out=False).arrays
    assert "confusion_held_out" not in arrays and "logits_held_out" not in arrays


def test_a_checkpoint_gives_the_same_curves_back():
    first, second = filled(), Curves(3)
    second.load_state_dict(first.state_dict())
    assert {n: a.tolist() for n, a in second.arrays.items()} == {
        n: a.tolist() for n, a in first.arrays.items()
    }


def test_an_epoch_is_shown_with_its_scores():
    class Output:
        def __init__(self):
            self.scalars = []

        def progress(self, done, total, **shown):
            self.done, self.total, self.shown = done, total, shown

        def scalar(self, name, value, step):
            self.scalars.append((name, step))

    output = Output()
    filled().tell(1, output)
    assert (output.done, output.total) == (2, 3)
    assert np.isclose(output.shown["Sc_test"], (1 + 2 / 3) / 2)
    assert {name for name, step in output.scalars if step == 2} == set(output.shown)

"""A training is run to its last epoch, told, and its curves are left."""

import numpy as np
import pytest
from small_icbhi import run_stage

from core import Setting
from experiments.common.curves import Curves
from experiments.common.training import run_training


class Falling:
    """Its loss is what is left of six; it may find that it has had enough."""

    def __init__(self, last=None):
        self.curves = Curves(6)
        self.state = {"curves": self.curves}
        self.last = last

    def run_epoch(self, epoch):
        self.curves.note(epoch, loss=5 - epoch)
        return epoch == self.last


@pytest.mark.parametrize(("last", "told"), [(None, [1, 2, 3, 4, 5, 6]), (2, [1, 2, 3])])
def test_epochs_are_told_and_their_curves_kept(tmp_path, monkeypatch, last, told):
    seen = []
    monkeypatch.setattr(
        "core.Output.progress",
        lambda output, done, total, **shown: seen.append((done, total, shown["loss"])),
    )
    record = run_stage(
        lambda setting, inputs, output: run_training(Falling(last), output), Setting({}), tmp_path
    )
    assert seen == [(done, 6, 6 - done) for done in told]
    np.testing.assert_array_equal(record["loss"][: len(told)], [6 - done for done in told])

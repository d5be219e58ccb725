import pytest
import torch

from core import Output
from core.errors import Stopped
from core.stop import STOP
from experiments.common import checkpoint
from experiments.common.checkpoint import run_epochs


class Walk:
    """A state that each epoch changes by what it was."""

    def __init__(self):
        self.place = torch.zeros(3)

    def step(self, epoch):
        self.place = self.place * 1.1 + epoch

    def state_dict(self):
        return {"place": self.place}

    def load_state_dict(self, state):
        self.place = state["place"]


def stopping(walk, at, seen):
    def run_epoch(epoch):
        if epoch == at:
            raise KeyboardInterrupt
        seen.append(epoch)
        walk.step(epoch)

    return run_epoch


@pytest.fixture
def stopped(tmp_path, monkeypatch):
    """A folder in which a walk of six epochs was stopped amid the fifth."""
    monkeypatch.setattr(checkpoint, "EVERY", 0)
    with pytest.raises(KeyboardInterrupt):
        walk = Walk()
        run_epochs(stopping(walk, 4, []), 6, {"walk": walk}, Output(tmp_path, tmp_path))
    return tmp_path


def finish(folder):
    walk, seen = Walk(), []
    run_epochs(stopping(walk, None, seen), 6, {"walk": walk}, Output(folder, folder))
    return walk.place.tolist(), seen


def test_a_stopped_training_continues_where_it_was(stopped, tmp_path_factory):
    place, seen = finish(stopped)
    assert seen == [4, 5]
    assert place == finish(tmp_path_factory.mktemp("whole"))[0]


def test_an_epoch_may_be_the_last(tmp_path):
    seen = []
    run_epochs(lambda epoch: seen.append(epoch) or epoch == 2, 6, {}, Output(tmp_path, tmp_path))
    assert seen == [0, 1, 2]


def test_the_state_is_one_whole_file(stopped):
    assert [path.name for path in (stopped / "checkpoint").iterdir()] == ["state.pt"]


def test_a_damaged_state_is_left_aside(stopped):
    file = stopped / "checkpoint" / "state.pt"
    file.write_bytes(file.read_bytes()[:-40])
    assert finish(stopped)[1] == list(range(6))


def test_short_epochs_are_not_all_saved(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "EVERY", 3600)
    finish(tmp_path)
    assert not any((tmp_path / "checkpoint").iterdir())


def ask_in(at, walk, seen):
    def run_epoch(epoch):
        if epoch == at:
            STOP.ask()
        seen.append(epoch)
        walk.step(epoch)

    return run_epoch


@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_training_asked_to_stop_saves_after_the_epoch_and_ends_the_same(
    tmp_path, tmp_path_factory, monkeypatch, at
):
    monkeypatch.setattr(checkpoint, "EVERY", 3600)
    monkeypatch.setattr(STOP, "asked", False)
    walk, seen = Walk(), []
    output = Output(tmp_path, tmp_path)
    with pytest.raises(Stopped, match=f"{at + 1} of 6 epochs are done and saved"):
        run_epochs(ask_in(at, walk, seen), 6, {"walk": walk}, output)
    assert seen == list(range(at + 1))
    with pytest.raises(Stopped):  # still asked to: no other epoch is begun, and nothing is lost
        run_epochs(stopping(Walk(), at + 1, []), 6, {"walk": Walk()}, output)
    STOP.asked = False
    place, rest = finish(tmp_path)
    assert seen + rest == list(range(6))
    monkeypatch.undo()
    assert place == finish(tmp_path_factory.mktemp("whole"))[0]


def test_a_training_asked_to_stop_in_its_last_epoch_is_saved_and_goes_on_to_its_record(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(checkpoint, "EVERY", 3600)
    monkeypatch.setattr(STOP, "asked", False)
    walk = Walk()
    run_epochs(ask_in(5, walk, []), 6, {"walk": walk}, Output(tmp_path, tmp_path))
    monkeypatch.undo()
    place, seen = finish(tmp_path)
    assert (place, seen) == (walk.place.tolist(), [])


def test_a_resumed_training_keeps_its_number_of_threads(stopped):
    began_with = torch.get_num_threads()
    torch.set_num_threads(began_with + 1)
    try:
        finish(stopped)
        assert torch.get_num_threads() == began_with
    finally:
        torch.set_num_threads(began_with)

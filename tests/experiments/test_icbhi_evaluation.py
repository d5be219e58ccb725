import numpy as np
import pytest
from small_icbhi import run_stage, setting_of

from core.errors import PlanError
from core.scores import score
from experiments.icbhi.evaluation import evaluate
from experiments.icbhi.probe import probe
from experiments.icbhi.training import train

SELECTIONS = ("held_out", "best_on_test", "last")


@pytest.fixture(scope="module")
def trained(cycles, tmp_path_factory):
    setting = setting_of("encoder", "ce", epochs=6)
    return run_stage(train, setting, tmp_path_factory.mktemp("encoder"), {"cycles": cycles})


def evaluated(folder, selection, **needs):
    return run_stage(evaluate, setting_of("evaluation", selection=selection), folder, needs)


def test_one_training_serves_every_selection(cycles, trained, tmp_path):
    epochs = {}
    for selection in SELECTIONS:
        found = evaluated(tmp_path / selection, selection, cycles=cycles, encoder=trained)
        epochs[selection] = int(found["epoch"])
        assert np.array_equal(found["predictions"], trained["predictions"][epochs[selection] - 1])
        assert np.array_equal(found["logits"].argmax(1), found["predictions"])
    assert epochs == {
        "held_out": 1 + score(trained["confusion_held_out"]).argmax(),
        "best_on_test": 1 + score(trained["confusion_test"]).argmax(),
        "last": 6,
    }


def test_every_answer_can_be_recounted_from_the_record(cycles, trained, tmp_path):
    found = evaluated(tmp_path, "last", cycles=cycles, encoder=trained)
    recounted = np.zeros((4, 4), int)
    np.add.at(recounted, (found["label"], found["predictions"]), 1)
    assert np.array_equal(found["confusion"], recounted)
    where = found["cycle"]
    assert cycles["test"][where].all() and len(where) == cycles["test"].sum()
    for name in ("label", "patient", "recording"):
        assert np.array_equal(found[name], cycles[name][where])


def test_a_probe_answers_for_its_encoder(cycles, tmp_path):
    encoder = run_stage(train, setting_of("encoder", "scl"), tmp_path / "e", {"cycles": cycles})
    needs = {"cycles": cycles, "encoder": encoder}
    probed = run_stage(probe, setting_of("probe", "scl"), tmp_path / "p", needs)
    found = evaluated(tmp_path / "v", "last", **needs, probe=probed)
    assert np.array_equal(found["predictions"], probed["predictions"][-1])


def test_without_held_out_patients_they_cannot_select(cycles, tmp_path):
    setting = setting_of("encoder", "ce", held_out=0, epochs=1)
    encoder = run_stage(train, setting, tmp_path / "e", {"cycles": cycles})
    with pytest.raises(PlanError, match="selection=held_out needs held-out patients"):
        evaluated(tmp_path / "v", "held_out", cycles=cycles, encoder=encoder)

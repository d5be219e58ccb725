import numpy as np
import pytest
from small_icbhi import run_stage, setting_of
from trainings import arrays, same, stopped_and_resumed

from experiments.common.finite import NotFinite
from experiments.icbhi.training import train

AS_PUBLISHED = {
    "held_out": 0,
    "normalise": "batch",
    "standardise": "published",
    "specaugment": "published",
    "views": "separate",
    "schedule": "oscillating",
}


def trained(cycles, folder, method="hybrid", seed=1, **changed):
    return run_stage(
        train, setting_of("encoder", method, **changed), folder, {"cycles": cycles}, seed
    )


@pytest.mark.parametrize(
    ("method", "changed"),
    [("hybrid", {}), ("scl", {}), ("mscl", {}), ("hybrid", AS_PUBLISHED)],
)
def test_a_stopped_training_comes_to_the_same_numbers(cycles, tmp_path, method, changed):
    whole = trained(cycles, tmp_path / "whole", method, **changed)
    resumed = stopped_and_resumed(
        lambda folder: trained(cycles, folder, method, **changed), tmp_path / "stopped", 2
    )
    assert same(whole, resumed)


def test_a_run_is_its_seed(cycles, tmp_path):
    first, again, other = (
        trained(cycles, tmp_path / str(i), "ce", seed) for i, seed in enumerate((1, 1, 2))
    )
    assert same(first, again)
    assert not np.array_equal(first["loss"], other["loss"])


@pytest.mark.parametrize("method", ["ce", "hybrid"])
def test_what_a_classifying_method_leaves(cycles, tmp_path, method):
    found = arrays(trained(cycles, tmp_path, method))
    tests = int(cycles["test"].sum())
    assert found["predictions"].shape == (3, tests) and found["predictions"].dtype == np.uint8
    assert (found["confusion_test"].sum((1, 2)) == tests).all()
    assert (found["confusion_held_out"].sum((1, 2)) == 12).all()
    for selection in ("best_on_test", "held_out", "last"):
        assert found[f"logits_{selection}"].shape == (tests, 4)
    assert np.array_equal(found["logits_last"].argmax(1), found["predictions"][-1])
    assert found["lr"][0] == pytest.approx(1e-3)


@pytest.mark.parametrize("method", ["scl", "simclr", "mscl"])
def test_a_method_without_a_classifier_has_no_answers_yet(cycles, tmp_path, method):
    assert trained(cycles, tmp_path, method).arrays == ["loss", "lr"]


def test_tones_are_learnt(cycles, tmp_path):
    found = arrays(trained(cycles, tmp_path, "ce", width=0.125, epochs=12, lr=0.003, batch_size=8))
    confusion = found["confusion_test"][-1]
    assert np.diagonal(confusion).sum() / confusion.sum() > 0.8
    assert found["loss"][-1] < 0.7 * found["loss"][0]


def test_bfloat16_stays_near_float32(cycles, tmp_path):
    full, half = (
        arrays(trained(cycles, tmp_path / precision, precision=precision))["loss"]
        for precision in ("float32", "bfloat16")
    )
    assert not np.array_equal(full, half)
    np.testing.assert_allclose(full, half, rtol=0.05)


def test_a_loss_that_diverges_is_told(cycles, tmp_path):
    with pytest.raises(NotFinite, match=r"epoch \d, batch \d of \d"):
        trained(cycles, tmp_path, "ce", lr=1e30)

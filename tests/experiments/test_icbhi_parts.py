import numpy as np
import pytest

from core.errors import DataError
from experiments.icbhi.parts import divide


def patients(cycles, indices):
    return {*np.asarray(cycles["patient"])[indices].tolist()}


def test_parts_share_no_patient_and_no_cycle_is_lost(cycles):
    parts = divide(cycles, 0.25, seed=1)
    assert sorted(np.concatenate([*parts.values()])) == list(range(len(cycles["label"])))
    train, held_out, test = (patients(cycles, parts[p]) for p in ("train", "held_out", "test"))
    assert (len(train), len(held_out), len(test)) == (6, 2, 4)
    assert not train & held_out and not train & test and not held_out & test


def test_runs_hold_out_different_patients_and_a_run_always_the_same(cycles):
    drawn = [patients(cycles, divide(cycles, 0.25, seed)["held_out"]) for seed in (1, 1, 2, 3)]
    assert drawn[0] == drawn[1]
    assert len({frozenset(d) for d in drawn}) > 1


def test_as_published_nobody_is_held_out(cycles):
    parts = divide(cycles, 0, seed=1)
    assert set(parts) == {"train", "test"}
    assert len(parts["train"]) == (~cycles["test"]).sum()


def changed(cycles, **columns):
    return {name: cycles[name] for name in ("test", "patient", "label")} | columns


def test_a_patient_of_both_parts_is_never_held_out(cycles):
    patient = np.array(cycles["patient"])
    patient[patient == 11] = 3  # its cycles are in the test part, those of 3 train
    leaking = changed(cycles, patient=patient)
    for seed in range(20):
        parts = divide(leaking, 0.5, seed)
        assert 3 not in patient[parts["held_out"]]
        assert 3 in patient[parts["train"]]


def test_a_part_that_cannot_be_scored_is_told(cycles):
    healthy = np.where(cycles["test"], 0, cycles["label"])
    with pytest.raises(DataError, match="part 'test' are normal"):
        divide(changed(cycles, label=healthy), 0, seed=1)
    sick_test_only = np.where(cycles["test"], cycles["label"], 0)
    with pytest.raises(DataError, match="part 'held_out' are normal"):
        divide(changed(cycles, label=sick_test_only), 0.25, seed=1)

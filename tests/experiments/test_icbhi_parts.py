import csv

import numpy as np
import pytest
import torch
from small_icbhi import setting_of

from core.errors import DataError, UnknownName
from experiments.icbhi.folds import FOLDS
from experiments.icbhi.parts import divide, in_test


def setting(**changed):
    return setting_of("encoder", "ce", **changed)


def patients(cycles, indices):
    return {*np.asarray(cycles["patient"])[indices].tolist()}


def test_parts_share_no_patient_and_no_cycle_is_lost(cycles):
    parts = divide(cycles, setting(held_out=0.25), seed=1)
    assert sorted(np.concatenate([*parts.values()])) == list(range(len(cycles["label"])))
    train, held_out, test = (patients(cycles, parts[p]) for p in ("train", "held_out", "test"))
    assert (len(train), len(held_out), len(test)) == (6, 2, 4)
    assert not train & held_out and not train & test and not held_out & test


def test_runs_hold_out_different_patients_and_a_run_always_the_same(cycles):
    quarter = setting(held_out=0.25)
    drawn = [patients(cycles, divide(cycles, quarter, seed)["held_out"]) for seed in (1, 1, 2, 3)]
    assert drawn[0] == drawn[1]
    assert len({frozenset(d) for d in drawn}) > 1


def test_as_published_nobody_is_held_out(cycles):
    parts = divide(cycles, setting(held_out=0), seed=1)
    assert set(parts) == {"train", "test"}
    assert len(parts["train"]) == (~cycles["test"]).sum()


def changed(cycles, **columns):
    return {name: cycles[name] for name in ("test", "patient", "label")} | columns


def test_a_patient_of_both_parts_is_never_held_out(cycles):
    patient = np.array(cycles["patient"])
    patient[patient == 112] = 104  # its cycles are in the test part, those of 104 train
    leaking = changed(cycles, patient=patient)
    for seed in range(20):
        parts = divide(leaking, setting(held_out=0.5), seed)
        assert 104 not in patient[parts["held_out"]]
        assert 104 in patient[parts["train"]]
        clean = divide(leaking, setting(held_out=0.5, split="official_minus_leak"), seed)
        assert not {*patient[clean["train"]]} & {*patient[clean["test"]]}
        assert torch.equal(clean["test"], parts["test"])


def test_a_part_that_cannot_be_scored_is_told(cycles):
    healthy = np.where(cycles["test"], 0, cycles["label"])
    with pytest.raises(DataError, match="part 'test' are normal"):
        divide(changed(cycles, label=healthy), setting(held_out=0), seed=1)
    sick_test_only = np.where(cycles["test"], cycles["label"], 0)
    with pytest.raises(DataError, match="part 'held_out' are normal"):
        divide(changed(cycles, label=sick_test_only), setting(held_out=0.25), seed=1)


def test_five_folds_test_every_cycle_once_and_share_no_patient(cycles):
    covered = []
    for fold in range(5):
        chosen = setting(split="five_fold", fold=fold, held_out=0.2)
        parts = divide(cycles, chosen, seed=1)
        names = [patients(cycles, parts[part]) for part in ("train", "held_out", "test")]
        assert sum(map(len, names)) == len(set.union(*names)) == 12
        assert names[2] <= {*FOLDS[fold]}
        assert np.array_equal(np.flatnonzero(in_test(cycles, chosen)), parts["test"])
        covered.append(parts["test"])
    assert sorted(np.concatenate(covered)) == list(range(len(cycles["label"])))


def test_folds_are_the_published_lists():
    """Every patient once; those of 156 and 218, who are in both official parts, as published."""
    assert sorted(sum(FOLDS, ())) == list(range(101, 227))
    assert [len(fold) for fold in FOLDS] == [26, 25, 25, 25, 25]
    assert [fold for fold, members in enumerate(FOLDS) for p in (156, 218) if p in members] == [
        0,
        1,
    ]


def test_folds_agree_with_the_reference_rows(real_data):
    with (real_data("icbhi-subset") / "metadata_reference_rows.csv").open() as file:
        published = {int(row["patient"]): int(row["fold"]) for row in csv.DictReader(file)}
    assert len(published) == 76
    assert all(patient in FOLDS[fold] for patient, fold in published.items())


def test_a_patient_without_a_fold_and_an_unknown_split_are_told(cycles):
    patient = np.array(cycles["patient"]) + 200
    with pytest.raises(DataError, match="no fold has patient 301, 302"):
        divide(changed(cycles, patient=patient), setting(split="five_fold", fold=0), seed=1)
    with pytest.raises(UnknownName, match="split"):
        divide(cycles, setting().__class__({**setting(), "split": "offical"}), seed=1)

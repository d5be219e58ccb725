import csv

import numpy as np
import pytest
import torch
from small_icbhi import run_stage, setting_of

from core.errors import DataError, UnknownName
from experiments.icbhi.corpus import load_corpus
from experiments.icbhi.labels import LABELS, labels_of
from experiments.icbhi.training import train

COLUMNS = ("label", "sex", "age", "patient")


def partition(values):
    """Write a labelling as the first row of each row's group: numbers do not matter."""
    first = {}
    return [first.setdefault(value, row) for row, value in enumerate(values)]


def everyone(cycles):
    return torch.arange(len(cycles["label"]))


def columns_of(cycles, **changed):
    return {name: np.array(cycles[name]) for name in COLUMNS} | changed


def test_a_label_distinguishes_what_its_letters_say(cycles):
    columns = columns_of(cycles)
    for name, kinds in LABELS.items():
        wanted = [
            tuple(
                {"class": columns["label"], "sex": columns["sex"], "age": columns["age"] < 18}[k][i]
                for k in kinds
            )
            for i in range(len(columns["label"]))
        ]
        assert partition(labels_of(columns, name, everyone(cycles)).tolist()) == partition(wanted)


def test_labels_are_the_published_ones(real_data):
    """Each cycle of the reference rows, joined by file and onset, in the same groups as there."""
    folder = real_data("icbhi-subset")
    corpus = load_corpus(folder)
    columns = corpus.columns
    place = {
        (corpus.recordings[r].stem, round(float(onset), 3)): row
        for row, (r, onset) in enumerate(zip(columns["recording"], columns["onset"], strict=True))
    }
    with (folder / "metadata_reference_rows.csv").open() as file:
        rows = list(csv.DictReader(file))
    order = [place[r["filepath"].removesuffix(".wav"), round(float(r["onset"]), 3)] for r in rows]
    assert sorted(order) == list(range(1996))
    for name in ("sa", "sc", "ac", "sac"):
        ours = labels_of(columns, name, torch.arange(1996))[order].tolist()
        assert partition(ours) == partition([row[f"{name}_class_num"] for row in rows])
    ages = labels_of(columns, "age", torch.arange(1996))[order].tolist()
    assert partition(ages) == partition([row["age_group"] for row in rows])
    sexes = labels_of(columns, "sex", torch.arange(1996))[order].tolist()
    assert partition(sexes) == partition([row["sex"] for row in rows])


def test_a_patient_who_trains_without_the_metadata_is_named(cycles):
    age = np.array(cycles["age"])
    age[cycles["patient"] == 103] = np.nan
    sex = np.array(cycles["sex"])
    sex[cycles["patient"] == 105] = ""
    without = columns_of(cycles, age=age, sex=sex)
    with pytest.raises(DataError, match=r"'sa' needs sex and age .* patient 103, 105"):
        labels_of(without, "sa", everyone(cycles))
    with pytest.raises(DataError, match=r"'sc' needs sex of .* patient 105;"):
        labels_of(without, "sc", everyone(cycles))
    assert (labels_of(without, "class", everyone(cycles)) >= 0).all()
    others = torch.from_numpy(np.flatnonzero(~np.isin(cycles["patient"], (103, 105))))
    labels = labels_of(without, "sac", others)
    assert ((labels < 0).numpy() == np.isin(cycles["patient"], (103, 105))).all()


def test_a_training_that_lacks_its_label_says_so_before_it_trains(cycles, tmp_path):
    def without_ages(setting, inputs, output):
        for name in cycles.arrays:
            output[name] = cycles[name]
        output["age"] = np.full(len(cycles["label"]), np.nan)

    other = run_stage(without_ages, setting_of("cycles"), tmp_path / "cycles")
    for method, changed in (("mscl", {}), ("scl", {"label": "ac"})):
        setting = setting_of("encoder", method, **changed)
        with pytest.raises(DataError, match="age of everyone who trains"):
            run_stage(train, setting, tmp_path / method, {"cycles": other})
    run_stage(train, setting_of("encoder", "scl"), tmp_path / "class", {"cycles": other})


def test_an_unknown_label_is_told(cycles):
    with pytest.raises(UnknownName, match="sac"):
        labels_of(cycles, "sax", everyone(cycles))

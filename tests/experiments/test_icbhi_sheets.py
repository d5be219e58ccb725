import ast
import csv
import io

import numpy as np
import pytest
from small_icbhi import make_cycles, run_stage, setting_of

from core import Setting
from core.scores import score, sensitivity, specificity
from experiments.icbhi.evaluation import evaluate
from experiments.icbhi.metadata import CLASSES
from experiments.icbhi.sheets import evar, predictions
from experiments.icbhi.training import train
from launch.sheets import write_rows

EVAR = ["model", "best_sp", "best_se", "best_icbhi_score", "report", "args"]


def make_annotated(setting, inputs, output):
    """Make cycles of a second each, two recordings a patient."""
    make_cycles(setting, inputs, output)
    cycle = np.arange(72)
    output["recording"] = cycle // 3
    output["stem"] = np.array([f"{101 + i // 2}_{i % 2}b1_Tc_sc_Meditron" for i in range(24)])
    output["onset"] = cycle % 3 + 0.036
    output["offset"] = cycle % 3 + 1.036


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """The records of one trained and evaluated setting."""
    folder = tmp_path_factory.mktemp("sheets")
    cycles = run_stage(make_annotated, setting_of("cycles"), folder / "cycles")
    encoder = run_stage(train, setting_of("encoder", "ce"), folder / "e", {"cycles": cycles})
    needs = {"cycles": cycles, "encoder": encoder}
    last = setting_of("evaluation", selection="last")
    evaluation = run_stage(evaluate, last, folder / "v", needs)
    return {"cycles": cycles, "evaluation": evaluation}


@pytest.fixture
def written():
    """Write rows as the command line does, and read them back as another program would."""

    def make(rows):
        file = io.StringIO()
        write_rows(rows, file)
        return list(csv.DictReader(io.StringIO(file.getvalue())))

    return make


def setting(run=0, **factors):
    given = {"backbone": "cnn6", "method": "scl", "label": "class", "selection": "last"}
    return Setting({**given, **factors, "run": run})


def test_every_score_can_be_recomputed_from_the_predictions(records, written):
    rows = written(predictions([(setting(), records)]))
    confusion = np.zeros((4, 4), int)
    for row in rows:
        confusion[CLASSES.index(row["label"]), CLASSES.index(row["predicted"])] += 1
    kept = records["evaluation"]["confusion"]
    assert np.array_equal(confusion, kept) and kept.sum() == 24
    normal = [row for row in rows if row["label"] == "normal"]
    abnormal = [row for row in rows if row["label"] != "normal"]
    sp, se = (
        sum(row["label"] == row["predicted"] for row in part) / len(part)
        for part in (normal, abnormal)
    )
    assert (sp, se) == (specificity(kept), sensitivity(kept))
    assert (sp + se) / 2 == score(kept)


def test_a_prediction_says_which_cycle_it_is_about(records, written):
    first, *_, last = written(predictions([(setting(run=3), records)]))
    assert [*first][:9] == [
        *("setting", "run", "id", "recording", "onset", "offset", "patient", "label", "predicted")
    ]
    assert first["setting"] == "backbone=cnn6+label=class+method=scl+run=3+selection=last"
    assert (first["run"], first["id"]) == ("3", records["evaluation"].folder.name)
    # The test part is the last four of twelve patients, with six cycles each.
    assert (first["patient"], first["recording"]) == ("109", "109_0b1_Tc_sc_Meditron")
    assert (first["onset"], first["offset"], first["label"]) == ("0.036", "1.036", "normal")
    assert (last["patient"], last["recording"]) == ("112", "112_1b1_Tc_sc_Meditron")
    assert (last["onset"], last["offset"], last["label"]) == ("2.036", "3.036", "crackle")


def test_probabilities_are_the_softmax_of_the_logits(records):
    rows = list(predictions([(setting(), records)]))
    shares = np.array([[row[f"p_{name}"] for name in CLASSES] for row in rows])
    logits = records["evaluation"]["logits"].astype(float)
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert np.abs(shares - expected).max() <= 0.5e-6 + 1e-12
    assert [CLASSES[i] for i in shares.argmax(1)] == [row["predicted"] for row in rows]


def test_values_are_plain_python(records):
    for rows in (predictions([(setting(), records)]), evar([(setting(), records)])):
        assert {type(value) for row in rows for value in row.values()} <= {str, int, float}


def test_rows_of_evar_can_be_put_beside_evars_own(records, written):
    settings = [setting(run=run, lr=lr) for lr in (1e-3, 1e-4) for run in (0, 1)]
    own = {
        **{"model": "ar_ast-mlp-lr0.0003-bs64", "best_sp": 0.8, "best_se": 0.4},
        **{"best_icbhi_score": 0.6, "report": "best, of 50 epochs", "args": "{'lr': 0.0003}"},
    }
    rows = written([own, *evar((s, records) for s in settings)])
    assert [*rows[0]] == EVAR
    assert [ast.literal_eval(row["args"]) for row in rows[1:]] == [dict(s) for s in settings]
    kept = records["evaluation"]["confusion"]
    for row in rows[1:]:
        assert float(row["best_sp"]) == specificity(kept)
        assert float(row["best_se"]) == sensitivity(kept)
        assert float(row["best_icbhi_score"]) == score(kept) <= 1
        assert "24 test cycles, epoch 3 by last" in row["report"] and "\n" not in row["report"]
        assert str(kept.tolist()) in row["report"]


def test_models_are_called_by_what_they_are_and_by_what_tells_them_apart(records):
    settings = [
        *[setting(run=run, fold=run) for run in (0, 1)],
        setting(label="sa"),
        Setting({"backbone": "cnn6", "method": "mscl", "metadata": "sa", "selection": "last"}),
        setting(selection="held_out", lr=1e-3),
        setting(selection="held_out", lr=1e-4),
    ]
    names = [row["model"] for row in evar((s, records) for s in settings)]
    assert names == [
        *["cnn6-scl-last", "cnn6-scl-last", "cnn6-scl-sa-last", "cnn6-mscl-sa-last"],
        *["cnn6-scl-held_out-lr0.001", "cnn6-scl-held_out-lr0.0001"],
    ]
    (alone,) = evar([(settings[0], records)])
    assert alone["model"] == "cnn6-scl"

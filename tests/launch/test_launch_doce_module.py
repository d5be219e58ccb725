"""Experiments of newer versions of doce: a file with plans, and result files named as theirs."""

import sys

import numpy as np
import pytest
from old_experiments import make_home

PLANS = """
import numpy as np

purpose = "Plans in a file"
outputs = "out"
plans = {
    "deep": {"nn": ["cnn", "lstm"], "n": [1, 10, 100], "lr": [1e-5, 1.0], "norm": [True, False]},
    "wide": {"nn": ["svm"], "c": [0.5]},
}
defaults = {"nn": "cnn"}
metrics = {
    "accuracy": {
        "output": "acc",
        "func": np.mean,
        "percent": True,
        "higher_the_better": True,
        "precision": 3,
        "description": "mean over folds",
    },
    "worst": {"output": "acc", "func": lambda acc: acc.min() / 2, "unit": "Hz"},
    "loss": {"lower_the_better": True},
}
"""


@pytest.fixture
def home(tmp_path, monkeypatch, capsys):
    return make_home(tmp_path, monkeypatch, capsys)


def test_files_of_both_delimiters_and_all_spellings_are_found(home):
    home.write("old.py", PLANS)
    # As a plan of its own wrote it, as merged plans wrote it, and since September 2024.
    home.save("lr=0.00001+n=1+norm=1_acc.npy", [0.2, 0.4])
    home.save("c=-99999.+lr=1+n=10+nn=lstm+norm=0_acc.npy", [0.5, 0.7])
    home.save("lr=1.+n=100+nn=lstm+norm=1->acc.npy", [0.8, 0.9])
    home.save("lr=1.+n=100+nn=lstm+norm=1->loss.npy", [3.0, 5.0])
    home.save("c=0.5+nn=svm->acc.npy", [0.1])
    home.save("c=0.5+nn=svm->model weights.npy", np.zeros((2, 2)))
    status, out, err = home.type("doce", "old.py", "--as", "newer")
    assert status == 0, err
    assert "plan deep: 24 settings, 3 have results; 21 have none: lr=1e-05+n=1+nn=cnn+" in out
    assert "plan wide: 1 settings, 1 have results" in out
    assert "results brought: 4" in out
    deep = {row["n"]: row for row in home.rows("newer", "-s", "deep/state=done")}
    assert deep[1]["accuracy"] == pytest.approx(0.3)
    assert (deep[1]["nn"], deep[1]["lr"], deep[1]["norm"]) == ("cnn", 1e-5, True)
    assert deep[10]["accuracy"] == pytest.approx(0.6)
    assert deep[100]["accuracy"] == pytest.approx(0.85)
    assert deep[100]["loss"] == 4.0
    assert deep[1]["loss"] is None
    [wide] = home.rows("newer", "-s", "wide/")
    assert wide["worst"] == 0.05


def test_metrics_keep_what_set_metric_was_told(home):
    home.write("old.py", PLANS)
    home.save("c=0.5+nn=svm_acc.npy", [0.1])
    home.type("doce", "old.py", "--as", "newer")
    text = (home.folder / "plans/newer.py").read_text()
    assert '_read("acc", lambda values: values.mean())' in text
    out = home.type("newer", "-i")[1]
    assert "accuracy (%) ↑" in out and "mean over folds" in out
    assert "worst (Hz)" in out and "loss ↓" in out


@pytest.mark.parametrize(("delimiter", "dialect"), [("_", "2022"), ("->", "2024")])
def test_records_say_which_doce_named_their_files(home, delimiter, dialect):
    home.write("old.py", "factors = {'a': [1]}\noutputs = 'out'\n")
    home.save(f"a=1{delimiter}acc.npy", [1.0])
    home.type("doce", "old.py", "--as", "one")
    [record] = (home.folder / "results/one/step").glob("*/record.json")
    assert f'"dialect": "{dialect}"' in record.read_text()


def test_one_setting_never_takes_the_files_of_another(home):
    home.write("old.py", "factors = {'n': [1, 10], 'm': ['a', 'a_b']}\noutputs = 'out'\n")
    home.save("m=a+n=10_acc.npy", [10.0])
    home.save("m=a_b+n=1_acc.npy", [1.0])
    home.save("m=a+n=100_acc.npy", [100.0])
    home.save("m=c+n=1_acc.npy", [7.0])
    status, out, err = home.type("doce", "old.py", "--as", "exact")
    assert status == 0
    assert "4 settings, 2 have results" in out
    assert (
        "files that belong to no setting of the plans (2): m=a+n=100_acc.npy, m=c+n=1_acc.npy"
        in err
    )


def test_a_name_that_two_settings_have_is_left_out_and_named(home):
    home.write("old.py", "factors = {'a': [1, '1', 2]}\noutputs = 'out'\n")
    home.save("a=1_acc.npy", [1.0])
    home.save("a=2_acc.npy", [2.0])
    out, err = home.type("doce", "old.py", "--as", "unclear")[1:]
    assert "3 settings, 1 have results" in out
    assert "files that may belong to several settings, left out (1): a=1_acc.npy" in err


def test_two_files_for_one_output_are_refused(home):
    home.write("old.py", PLANS)
    home.save("c=0.5+nn=svm_acc.npy", [0.1])
    home.save("c=0.5+nn=svm->acc.npy", [0.1])
    status, _, err = home.type("doce", "old.py", "--as", "twice")
    assert status == 2
    assert "'c=0.5+nn=svm->acc.npy' and 'c=0.5+nn=svm_acc.npy'" in err
    assert not list((home.folder / "plans").iterdir())


def test_a_pinned_delimiter_is_the_only_one(home):
    home.write("old.py", PLANS + "\nmetric_delimiter = '_'\n")
    home.save("c=0.5+nn=svm_acc.npy", [0.1])
    home.save("c=0.5+nn=svm->acc.npy", [0.1])
    err = home.type("doce", "old.py", "--as", "pinned")[2]
    assert "files that belong to no setting of the plans (1): c=0.5+nn=svm->acc.npy" in err


def test_a_file_that_a_killed_job_left_is_named_and_the_rest_goes_on(home):
    home.write("old.py", PLANS)
    whole = home.save("c=0.5+nn=svm_acc.npy", np.arange(100.0))
    out = home.folder / "out"
    (out / "c=0.5+nn=svm_loss.npy").write_bytes(whole.read_bytes()[:300])
    (out / "lr=1.+n=1+norm=1_acc.npy").write_bytes(b"")
    np.save(out / "lr=1.+n=10+norm=1_acc.npy", np.array([{}]), allow_pickle=True)
    np.save(out / "lr=1.+n=100+norm=1_acc.npy", np.array([]))
    status, said, err = home.type("doce", "old.py", "--as", "killed")
    assert status == 1
    assert "files or values that cannot be used, left out (4)" in err
    assert "c=0.5+nn=svm_loss.npy" in err
    assert "results brought: 1" in said
    assert home.rows("killed", "-s", "wide/")[0]["accuracy"] == 49.5
    assert home.type("killed", "-s", "state=done", "-l")[1].count("done") == 1


def test_a_function_of_the_user_that_fails_concerns_its_number_alone(home):
    home.write(
        "old.py",
        "factors = {'a': [1]}\nmetrics = {'x': {'func': lambda x: 1 / 0}, 'm': {'output': 'x'}}\n",
    )
    home.save("a=1_x.npy", [4.0])
    status, _, err = home.type("doce", "old.py", "--as", "failing", "--outputs", "out")
    assert status == 1
    assert "metric x: ZeroDivisionError" in err
    [row] = home.rows("failing")
    assert (row["x"], row["m"]) == (None, 4.0)


def test_what_is_missing_can_be_computed_once_the_step_is_written(home):
    home.write("old.py", "factors = {'a': [1, 2, 3]}\nmetrics = {'x': {}}\noutputs = 'out'\n")
    home.save("a=1_x.npy", [1.0])
    home.type("doce", "old.py", "--as", "going_on")
    status, _, err = home.type("going_on", "-c", "--jobs", "1")
    assert status == 1
    assert (
        "experiments.going_on.step:step is not there; write it in experiments/going_on/step.py"
        in err
    )
    assert "Traceback" not in err and "File" not in err
    home.write("experiments/going_on/step.py", "import library_of_mine\n")
    err = home.type("going_on", "-c", "--jobs", "1")[2]
    assert "No module named 'library_of_mine'" in err and "is not there" not in err
    home.write(
        "experiments/going_on/step.py",
        "def step(setting, inputs, output):\n    output['x'] = [10.0 * setting.a]\n",
    )
    assert home.type("going_on", "-c", "--jobs", "1")[0] == 0
    assert [row["x"] for row in home.rows("going_on")] == [1.0, 20.0, 30.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "declares no experiment"),
        ("plans = {}", "declares no experiment"),
        ("plans = {'a': 3}", "plan 'a' is no dict of factors"),
        ("plans = {'a-b': {'f': [1]}}", "plan name 'a-b'"),
        ("factors = {3: [1]}", "'3' cannot be the name of a factor"),
        ("factors = {'f': [[1, 2]]}", "factor 'f' has the modality [1, 2]"),
        ("factors = {'values': [1]}", "'values' cannot be the name of a factor"),
        ("factors = {'lambda': [1]}", "'lambda' cannot be the name of a factor"),
        ("factors = {'f': [1]}\ndefaults = {'g': 1}", "unknown factor (in defaults"),
        ("factors = {'f': [1]}\ndefaults = {'f': 2}", "default 2 of factor 'f' is none of its"),
        ("factors = {'f': [1]}\nmetrics = {'m': {'outptu': 'x'}}", "did you mean 'output'"),
        (
            "factors = {'f': [1]}\nmetrics = {'m': {'func': 'mean'}}",
            "'m' is no function",
        ),
        (
            "factors = {'f': [1]}\n"
            "metrics = {'m': {'lower_the_better': True, 'higher_the_better': True}}",
            "both higher and lower",
        ),
        ("factors = {'f': [1]}", "names no folder of outputs"),
        ("factors = {'f': [1]}\noutputs = 'nowhere'", "nowhere (No such file or directory)"),
        ("factors = {'f': [1]}\noutputs = 'empty'", "empty holds no .npy file"),
        (
            "factors = {'f': [1]}\noutputs = 'out'",
            "'g=1_acc.npy' is one, 'f=1->OUTPUT.npy'",
        ),
        ("syntax error", "cannot be run: SyntaxError"),
        ("import doce\ndoce.Plan", "Only doce 0.1 can be installed"),
    ],
)
def test_what_is_wrong_is_said(home, text, said):
    home.save("g=1_acc.npy", [1.0])
    (home.folder / "empty").mkdir()
    home.write("old.py", text)
    if "import doce" in text:
        pytest.importorskip("doce", reason="doce is not installed; it is the extra `doce`")
    status, _, err = home.type("doce", "old.py", "--as", "wrong")
    assert status == 2
    assert said in err
    assert not list((home.folder / "plans").iterdir())


def test_a_metric_of_another_path_is_left_out_and_named(home):
    home.write(
        "old.py", "factors = {'a': [1]}\nmetrics = {'m': {'path': 'loss'}}\noutputs = 'out'\n"
    )
    home.save("a=1_acc.npy", [1.0])
    assert "metric 'm' reads path 'loss'" in home.type("doce", "old.py", "--as", "paths")[2]


def test_without_doce_the_extra_is_named(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "doce", None)
    home.write("run.py", "def set(experiment):\n    return experiment\n")
    status, _, err = home.type("doce", "run.py", "--as", "old")
    assert status == 2
    assert 'pip install -e ".[doce]"' in err

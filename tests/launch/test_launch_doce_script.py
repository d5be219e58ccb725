"""Experiments of doce 0.1, computed by doce 0.1 itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from old_experiments import SCRIPT, compute_with_doce, make_home, needs_doce

pytestmark = needs_doce
ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch, capsys):
    return make_home(tmp_path, monkeypatch, capsys)


def test_an_old_experiment_is_listed_selected_tabled_and_exported(home):
    compute_with_doce(home.write("run.py", SCRIPT))
    status, out, err = home.type("doce", "run.py", "--as", "old")
    assert status == 0, err
    assert "plan main: 24 settings, 24 have results" in out
    assert "results brought: 24, there before: 0" in out
    assert "'nonsense' names a function neither of numpy nor of the script" in err
    assert err.count("never carried out the prunings") == 1
    assert home.type("old", "-l")[1].count("done") == 24
    assert (
        home.type("old", "-s", "method=self-supervised,lr=0.00001,n=1", "-l")[1].count("done") == 2
    )
    status, out, err = home.type("old", "-s", "n=1", "-d", "-e", "x.png")
    assert status == 0, err
    assert (home.folder / "results/old/export/x.png").read_bytes().startswith(b"\x89PNG")

    rows = home.rows("old")
    assert len(rows) == 24
    for row in rows:
        acc, seconds = (_saved(home, row, output) for output in ("acc", "seconds"))
        assert row["accMean%"] == row["accMean"] == acc.mean()
        assert row["accStd"] == acc.std()
        assert row["accMedian"] == np.median(acc)
        assert row["acc0"] == acc[0]
        assert row["accSpread"] == acc.max() - acc.min()
        assert row["secondsSum"] == (None if seconds is None else seconds.sum())
        assert (seconds is None) == (row["n"] == 10)


def _saved(home, row, output):
    """Load the file that doce made, by its name written out here."""
    # doce repeats a minus that stands in a modality after it.
    lr = {1e-5: "1e-05-", 0.1: "0.1", 1.0: "1.0"}[row["lr"]]
    method = {"ce": "ce", "self-supervised": "self-supervised-"}[row["method"]]
    norm = "" if row["norm"] == "none" else "_norm_batch"
    name = f"flag_True_lr_{lr}_method_{method}_n_{row['n']}{norm}_{output}.npy"
    path = home.folder / "out" / name
    return np.load(path) if path.exists() else None


def test_metrics_keep_percent_precision_direction_and_unit(home):
    compute_with_doce(home.write("run.py", SCRIPT))
    home.type("doce", "run.py", "--as", "old")
    metrics = {
        m["name"]: m for m in json.loads(home.type("old", "-d", "--json")[1])["table"]["metrics"]
    }
    assert list(metrics) == [
        "accMean%",
        "accStd",
        "accMedian",
        "acc0",
        "accMean",
        "accSpread",
        "secondsSum",
    ]
    assert metrics["accMean%"]["percent"] and metrics["accMean%"]["precision"] == 0
    assert not metrics["accMean"]["percent"] and metrics["accMean"]["precision"] == 2
    assert metrics["accMean"]["higher_is_better"] is None
    assert metrics["secondsSum"]["higher_is_better"] is False
    assert metrics["secondsSum"]["unit"] == "s"
    assert home.type("old", "-i")[1].startswith("old: Old methods on old data")


def test_records_say_where_they_came_from(home):
    compute_with_doce(home.write("run.py", SCRIPT))
    home.type("doce", "run.py", "--as", "old")
    selector = "method=ce+lr=1.0+n=10+norm=none"
    folder = Path(home.type("old", "-s", selector, "-f")[1].split()[2])
    origin = json.loads((folder / "record.json").read_text())["info"]["doce"]
    file = home.folder / "out/flag_True_lr_1.0_method_ce_n_10_acc.npy"
    assert origin["dialect"] == origin["version"] == "0.1"
    assert origin["folder"] == str(home.folder / "out")
    stat = file.stat()
    assert origin["files"] == {
        "acc": {"name": file.name, "bytes": stat.st_size, "modified": stat.st_mtime}
    }


def test_bringing_again_brings_only_what_is_new(home):
    compute_with_doce(home.write("run.py", SCRIPT))
    file = home.folder / "out/flag_True_lr_1.0_method_ce_n_10_acc.npy"
    content = file.read_bytes()
    file.unlink()
    assert (
        "23 have results; 1 have none: flag=True+lr=1.0"
        in home.type("doce", "run.py", "--as", "old")[1]
    )
    assert home.type("old", "-s", "state=todo", "-l")[1].count("to do") == 1
    file.write_bytes(content)
    changed = home.folder / "out/flag_True_lr_1.0_method_ce_n_1_acc.npy"
    np.save(changed, np.zeros(7))
    status, out, err = home.type("doce", "run.py", "--as", "old")
    assert status == 0
    assert "results brought: 1, there before: 23" in out
    assert "records whose files have changed since" in err
    assert "flag=True+lr=1.0+method=ce+n=1" in err


NESTED = """
import doce
import numpy as np


def set(experiment, args=None):
    experiment.path.output = "out/"
    experiment.factor.deep = doce.Factor()
    experiment.factor.deep.layers = [2, 4]
    experiment.factor.deep.dropout = [0, 0.5]
    experiment.factor.deep.norm = ["none", "batch"]
    experiment.factor.deep.default("norm", "none")
    experiment.factor.shallow = doce.Factor()
    experiment.factor.shallow.layers = [2]
    experiment.factor.shallow.kernel = ["linear", "rbf"]
    experiment.metric.acc = ["mean"]
    return experiment


def step(setting, experiment):
    np.save(experiment.path.output + setting.id() + "_acc.npy", np.arange(4.0) + setting.layers)


if __name__ == "__main__":
    experiment = set(doce.Experiment())
    experiment.setPath(force=True)
    factor = experiment.factor
    for experiment.factor in CHOSEN:
        experiment.do([], step, progress=False)
"""


def test_several_experiments_become_several_plans(home):
    each = NESTED.replace("CHOSEN", "[factor.deep, factor.shallow]")
    compute_with_doce(home.write("run.py", each))
    status, out, err = home.type("doce", "run.py", "--as", "two")
    assert status == 0, err
    assert "plan deep: 8 settings, 8 have results" in out
    assert "plan shallow: 2 settings, 2 have results" in out
    assert "no setting" not in err
    # The default of a factor is what a plan without the factor has, as where doce merges plans.
    assert [row["norm"] for row in home.rows("two", "-s", "shallow/")] == ["none", "none"]
    assert [row["accMean"] for row in home.rows("two", "-s", "deep/layers=4")] == [5.5] * 4


def test_files_of_merged_plans_are_recognised(home):
    compute_with_doce(home.write("run.py", NESTED.replace("CHOSEN", "[factor.merge()]")))
    assert len(list((home.folder / "out").glob("*.npy"))) == 2 * 2 * 2 * 3
    status, out, err = home.type("doce", "run.py", "--as", "merged")
    assert status == 0
    # `layers_2` is deep with dropout 0, which a merge leaves out because shallow has no dropout.
    assert "plan deep: 8 settings, 8 have results" in out
    assert "plan shallow: 2 settings, 2 have results" in out
    assert f"files that belong to no setting of the plans ({24 - 10})" in err


VARIED = """
import numpy as np


def set(experiment, args=None):
    experiment.path.output = "out/"
    experiment.factor.only = "one"
    experiment.factor.maybe = [None, "yes"]
    experiment.factor.small = np.array([0.1, 0.2], dtype=np.float32)
    experiment.factor.on = [True, False]
    experiment._settingEncoding = ENCODING
    return experiment


def step(setting, experiment):
    name = setting.id(**experiment._settingEncoding)
    np.save(experiment.path.output + name + "_acc.npy", np.ones(3))


if __name__ == "__main__":
    import doce

    experiment = set(doce.Experiment())
    experiment.setPath(force=True)
    experiment.do([], step, progress=False)
"""


@pytest.mark.parametrize(
    "encoding", ["{}", "{'singleton': False}", "{'separator': '+', 'sort': False}"]
)
def test_singletons_none_and_numpys_scalars_are_read_back(home, encoding):
    compute_with_doce(home.write("run.py", VARIED.replace("ENCODING", encoding)))
    status, out, err = home.type("doce", "run.py", "--as", "varied")
    assert status == 0, err
    assert "plan main: 8 settings, 8 have results" in out
    text = (home.folder / "plans/varied.py").read_text()
    assert (
        'Plan("main", only="one", maybe=[None, "yes"], small=[0.1, 0.2], on=[True, False])' in text
    )
    assert "Metric" not in text


def test_an_encoding_that_cannot_be_read_back_is_refused(home):
    home.write("run.py", VARIED.replace("ENCODING", "{'format': 'hash'}"))
    status, _, err = home.type("doce", "run.py", "--as", "varied")
    assert status == 2
    assert "_settingEncoding has format='hash'" in err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("f.sizes = [[1, 2], [3]]", "factor 'sizes' has the modality [1, 2]"),
        ("f.sizes = np.zeros((2, 3))", "factor 'sizes' has the modality array([0., 0., 0.])"),
        ("f.sizes = [float('nan')]", "factor 'sizes' has the modality nan"),
        ("f.state = [1, 2]", "'state' cannot be the name of a factor"),
        ("f.sizes = []", "factor 'sizes' has no modality"),
        ("experiment.path.output = 'out.h5'", "only .npy files are read"),
        ("experiment.path.output = ''", "names no folder of outputs"),
        ("raise RuntimeError('no')", "cannot be run: RuntimeError: no"),
        ("raise SystemExit", "cannot be run: SystemExit"),
        ("import numbers_of_mine", "cannot be run: ModuleNotFoundError"),
    ],
)
def test_what_cannot_be_held_is_refused_by_name(home, line, said):
    home.write(
        "run.py",
        "import numpy as np\n"
        "def set(experiment):\n"
        "    f = experiment.factor\n"
        "    f.a = [1, 2]\n"
        "    experiment.path.output = 'out/'\n"
        f"    {line}\n"
        "    return experiment\n",
    )
    status, _, err = home.type("doce", "run.py", "--as", "wrong")
    assert status == 2
    assert said in err
    assert not list((home.folder / "plans").iterdir())


def test_what_doce_complains_about_when_it_is_compiled_is_no_error(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(
        "def set(experiment):\n    experiment.factor.a = [1]\n    return experiment\n"
    )
    code = "import pathlib, launch.doce.source as s; s.read(pathlib.Path('run.py'))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(tmp_path / "compiled"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

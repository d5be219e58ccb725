"""Experiments as doce's users have them, and the command line in a folder of one's own."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import experiments
import plans
from front_door import settle, type_in

needs_doce = pytest.mark.skipif(
    importlib.util.find_spec("doce") is None,
    reason='doce is not installed; it is the extra `doce`: pip install -e ".[doce]"',
)

# Values that anybody can compute again from the id of the setting.
SCRIPT = """
import zlib

import doce
import numpy as np


def set(experiment, args=None):
    experiment.project.description = "Old methods on old data"
    experiment.path.output = "out/"
    experiment.factor.method = ["ce", "self-supervised"]
    experiment.factor.lr = [1e-5, 0.1, 1.0]
    experiment.factor.n = [1, 10]
    experiment.factor.flag = np.array([True])
    experiment.factor.norm = ["none", "batch"]
    experiment.factor.default("norm", "none")
    experiment.metric.acc = ["mean%", "std", "median", 0, "mean-0", "spread", "mean"]
    experiment.metric.seconds = ["sum-", "nonsense"]
    experiment.metric._unit.seconds = "s"
    return experiment


def spread(values):
    return values.max() - values.min()


def step(setting, experiment):
    rng = np.random.default_rng(zlib.crc32(setting.id().encode()))
    np.save(experiment.path.output + setting.id() + "_acc.npy", rng.random(5))
    if setting.n == 1:
        np.save(experiment.path.output + setting.id() + "_seconds.npy", rng.random(3))


if __name__ == "__main__":
    experiment = set(doce.Experiment())
    experiment.setPath(force=True)
    experiment.do([], step, progress=False)
"""


class Home:
    """A folder in which commands are typed, with plans and experiments of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def type(self, *words: str) -> tuple[int, str, str]:
        """Type a command: gives exit status, output, messages."""
        return type_in(self._capsys, *words)

    def rows(self, *words: str) -> list[dict[str, object]]:
        """Give the settings of a table with the values of its metrics."""
        status, out, err = self.type(*words, "-d", "--json")
        assert status == 0, err
        return [
            {**row["setting"], **{name: cell["mean"] for name, cell in row["metrics"].items()}}
            for row in json.loads(out)["table"]["rows"]
        ]

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def save(self, name: str, values: object) -> Path:
        """Leave a result file, as a step of doce does."""
        path = self.folder / "out" / name
        path.parent.mkdir(exist_ok=True)
        np.save(path, values)
        return path


def make_home(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Home:
    """Let plans, experiments, caches and the current folder be in one folder."""
    settle(folder, monkeypatch)
    for package in (plans, experiments):
        own = folder / package.__name__
        own.mkdir()
        monkeypatch.setattr(package, "__path__", [str(own)])
        for name in [n for n in sys.modules if n.startswith(f"{package.__name__}.")]:
            monkeypatch.delitem(sys.modules, name)
    return Home(folder, capsys)


def compute_with_doce(script: Path) -> None:
    """Let doce 0.1 compute an experiment, as its user did."""
    command = [sys.executable, "-W", "ignore", script.name]
    done = subprocess.run(command, cwd=script.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

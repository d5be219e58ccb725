import io
from pathlib import Path

import pytest

from core import Dataset, Experiment, Inputs, Output, Plan, Setting, Stage
from core.errors import ConfigError
from launch.compute import Wishes, compute
from launch.config import Config
from launch.terminal import Terminal
from launch.workspace import Workspace

HERE = "test_launch_workspace"


def read(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Count the files of the user's folder, where the dataset is one."""
    output["count"] = len(list(inputs.data.iterdir())) if inputs.data else 0


def experiment() -> Experiment:
    return Experiment(
        name="toy",
        purpose="",
        plans=[Plan("real", dataset="mine"), Plan("made", dataset="synthetic")],
        stages=[Stage("one", f"{HERE}:read", data="dataset")],
        data={"mine": Dataset("my recordings")},
    )


@pytest.fixture
def compute_with(tmp_path, monkeypatch):
    """Compute a plan with the data folder given; gives the exit status and the workspace."""

    def run(plan: str, folder: Path | None) -> tuple[int, Workspace]:
        data = {"mine": folder} if folder else {}
        workspace = Workspace(experiment(), Config(tmp_path / "results", data))
        terminal = Terminal()
        terminal.err.file = io.StringIO()
        tasks = workspace.tasks(workspace.select(f"{plan}/"))
        return compute(workspace, tasks, Wishes(jobs=1), terminal), workspace

    return run


@pytest.fixture
def recordings(tmp_path) -> Path:
    folder = tmp_path / "recordings"
    folder.mkdir()
    (folder / "a.wav").write_bytes(b"1234")
    return folder


def test_a_dataset_without_a_folder_says_how_to_give_one(compute_with):
    with pytest.raises(ConfigError, match=r"--data mine=PATH.*sonoplan\.toml"):
        compute_with("real", None)


def test_a_dataset_that_is_made_needs_no_folder(compute_with):
    assert compute_with("made", None)[0] == 0


def test_results_from_a_folder_that_has_changed_are_not_mixed_with_new_ones(
    compute_with, recordings
):
    status, workspace = compute_with("real", recordings)
    assert status == 0
    (task,) = workspace.tasks(workspace.select("real/"))
    before = workspace.store.record(task).meta["data"]["fingerprint"]
    (recordings / "b.wav").write_bytes(b"56")
    with pytest.raises(ConfigError) as caught:
        compute_with("real", recordings)
    told = str(caught.value)
    assert before in told
    assert "-s dataset=mine -R one" in told
    (recordings / "b.wav").unlink()
    moved = recordings.rename(recordings.with_name("moved"))
    assert compute_with("real", moved)[0] == 0  # the same data elsewhere are the same data


def test_finished_results_need_no_data_any_more(compute_with, recordings):
    compute_with("real", recordings)
    assert compute_with("real", None)[0] == 0

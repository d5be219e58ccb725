"""`sonoplan tag`, end to end, with a classifier that hears birds everywhere."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from front_door import settle, type_in
from local_checkpoint import placed, published_pann, served
from reference_models import CHECKPOINTS

ROOT = Path(__file__).parents[2]
CONTENT = published_pann("cnn6", highest=111)


@pytest.fixture
def models(tmp_path, monkeypatch):
    settle(tmp_path, monkeypatch)
    return tmp_path / "data" / "sonoplan" / "models"


@pytest.fixture
def sound(tmp_path):
    wave = np.random.default_rng(1).uniform(-1, 1, 40_000)
    soundfile.write(tmp_path / "street.wav", wave, 32_000)
    return "street.wav"


def tag(capsys, *words: str) -> tuple[int, str, str]:
    return type_in(capsys, "tag", *words)


def test_the_highest_classes_are_shown(models, sound, capsys, monkeypatch):
    placed("pann_cnn6", CONTENT, models, monkeypatch)
    status, out, err = tag(capsys, sound, "--model", "pann_cnn6", "--top", "2")
    assert (status, err) == (0, "")
    lines = [line.split() for line in out.splitlines() if line.strip()]
    assert lines[0] == [sound]
    assert lines[1] == ["class", "mean", "highest", "at"]
    assert lines[3:] == [
        ["Bird", "0.881", "0.881", "0.0", "s"],
        ["Speech", "0.500", "0.500", "0.0", "s"],
    ]


def test_json_for_scripts(models, sound, capsys, monkeypatch, tmp_path):
    placed("pann_cnn6", CONTENT, tmp_path / "mine", monkeypatch)
    words = ("--model", "pann_cnn6", "--json", "--folder", "mine")
    status, out, _ = tag(capsys, sound, *words)
    document = json.loads(out)
    assert status == 0
    assert document["model"] == "pann_cnn6"
    assert [file["file"] for file in document["files"]] == [sound]
    assert len(document["files"][0]["classes"]) == 10
    assert document["files"][0]["classes"][0]["name"] == "Bird"


def test_a_bad_recording_does_not_stop_the_others(models, sound, capsys, monkeypatch, tmp_path):
    placed("pann_cnn6", CONTENT, models, monkeypatch)
    (tmp_path / "notes.txt").write_text("no sound")
    status, out, err = tag(capsys, "notes.txt", sound, "--model", "pann_cnn6")
    assert status == 1
    assert "error: notes.txt cannot be read" in err
    assert "Bird" in out


def test_an_absent_checkpoint_is_fetched_first(models, sound, capsys, monkeypatch):
    with served("pann_cnn6", CONTENT, monkeypatch):
        status, _, err = tag(capsys, sound, "--model", "pann_cnn6")
    assert status == 0
    assert "pann_cnn6: fetching" in err
    assert (models / CHECKPOINTS["pann_cnn6"].file).exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--model", "pann_cnn41"], "unknown model 'pann_cnn41'; did you mean 'pann_cnn14'"),
        (["--model", "efficientnet_b0"], "unknown model 'efficientnet_b0'"),
        (["--top", "0"], "is no whole number above 0"),
    ],
)
def test_wrong_requests_exit_2(models, sound, capsys, words, told):
    status, _, err = tag(capsys, sound, *words)
    assert status == 2
    assert told in err


def test_nothing_slow_is_imported_before_it_is_needed():
    code = (
        "import sys; from launch.cli import main; "
        "assert main(['tag', 'street.wav', '--model', 'x']) == 2; "
        "assert not {'torch', 'numpy', 'pann', 'experiments'} & set(sys.modules)"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

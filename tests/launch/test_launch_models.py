"""`sonoplan models`, end to end, with a server on this machine."""

import io
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from front_door import settle, type_in
from launch import models as command
from launch.terminal import Terminal
from local_checkpoint import served
from reference_models import CHECKPOINTS

ROOT = Path(__file__).parents[2]
CONTENT = bytes(range(256)) * 2000
FILE = "Cnn6_mAP=0.343.pth"


@pytest.fixture
def site(monkeypatch):
    with served("pann_cnn6", CONTENT, monkeypatch) as site:
        yield site


@pytest.fixture
def models(tmp_path):
    return tmp_path / "data" / "sonoplan" / "models"


@pytest.fixture
def sonoplan(tmp_path, monkeypatch, capsys):
    """Run the command: gives exit status, output, messages."""
    settle(tmp_path, monkeypatch)
    return partial(type_in, capsys, "models")


def test_the_list_says_what_there_is_and_where(sonoplan, models):
    status, out, _ = sonoplan()
    assert status == 0
    for name in CHECKPOINTS:
        assert name in out
    assert "327.4 MB" in out
    assert out.count("absent") == len(CHECKPOINTS)
    assert out.count("CC BY 4.0") == 4
    assert "yamnet: no published checksum" in out
    assert f"folder: {models}\n" in out


def test_a_checkpoint_is_fetched_once_and_verified_again(sonoplan, site, models):
    status, out, err = sonoplan("pann_cnn6", "pann_cnn6")
    assert (status, out) == (0, f"{models / FILE}\n")
    assert f"pann_cnn6: fetching 512.0 kB from {site.url}" in err
    assert "pann_cnn6: fetched and verified" in err
    assert (models / FILE).read_bytes() == CONTENT
    assert "here" in sonoplan()[1]
    status, out, err = sonoplan("pann_cnn6")
    assert (status, out, err) == (0, f"{models / FILE}\n", "pann_cnn6: was there, verified\n")
    assert len(site.asked) == 1


def test_an_interrupted_one_is_listed_and_taken_up(sonoplan, site, models):
    site.cuts = [100_000, 0]
    status, out, err = sonoplan("pann_cnn6")
    assert (status, out) == (1, "")
    assert "100,000 bytes are kept" in err
    assert "partial (100.0 kB)" in sonoplan()[1]
    status, _, err = sonoplan("pann_cnn6")
    assert status == 0
    assert "fetching 412.0 kB" in err
    assert site.asked[-1] == ("/file", "bytes=100000-")


def test_one_that_cannot_be_fetched_does_not_stop_the_others(sonoplan, site, monkeypatch, models):
    with served("pann_cnn10", CONTENT, monkeypatch) as gone:
        gone.statuses = [404]
        status, out, err = sonoplan("pann_cnn10", "pann_cnn6")
    assert (status, out) == (1, f"{models / FILE}\n")
    assert f"error: {gone.url}: the server answers 404" in err
    assert "by hand" in err


def test_check_reads_what_is_there_and_asks_nobody(sonoplan, site, models):
    assert sonoplan("--check")[0] == 0
    status, out, _ = sonoplan("pann_cnn6", "--check")
    assert status == 1, "it was asked for by name"
    assert out == f"pann_cnn6: absent: {models / FILE}\n"
    models.mkdir(parents=True)
    (models / FILE).write_bytes(CONTENT)
    status, out, _ = sonoplan("--check", "pann_cnn6")
    assert (status, out) == (0, f"pann_cnn6: here, verified: {models / FILE}\n")
    (models / FILE).write_bytes(CONTENT[::-1])
    status, out, _ = sonoplan("--check")
    assert status == 1
    assert "pann_cnn6: wrong (its sha256 is" in out
    assert site.asked == []


def test_a_wrong_file_is_named_and_left_alone(sonoplan, site, models):
    models.mkdir(parents=True)
    (models / FILE).write_bytes(b"mine")
    status, _, err = sonoplan("pann_cnn6")
    assert status == 1
    assert f"{models / FILE} is not the expected file: it has 4 bytes" in err
    assert (models / FILE).read_bytes() == b"mine"
    assert "wrong" in sonoplan()[1]


def test_information_has_every_field(sonoplan):
    status, out, _ = sonoplan("pann_cnn14", "-i")
    checkpoint = CHECKPOINTS["pann_cnn14"]
    assert status == 0
    for told in (checkpoint.url, checkpoint.digest, checkpoint.citation, checkpoint.licence):
        assert told in out
    assert "pann_cnn6" not in out


def test_json_for_scripts(sonoplan, site, models):
    listed = json.loads(sonoplan("--json")[1])
    assert listed["folder"] == str(models)
    assert [m["name"] for m in listed["models"]] == list(CHECKPOINTS)
    fetched = json.loads(sonoplan("pann_cnn6", "--json")[1])["models"]
    assert [(m["state"], m["path"]) for m in fetched] == [("here", str(models / FILE))]


def test_the_folder_is_a_flag_over_the_configuration(sonoplan, site, tmp_path):
    (tmp_path / "sonoplan.toml").write_text('models = "weights"\n')
    assert sonoplan("pann_cnn6")[1] == f"{tmp_path / 'weights' / FILE}\n"
    assert sonoplan("pann_cnn6", "--folder", "mine")[1] == f"{tmp_path / 'mine' / FILE}\n"


def test_a_terminal_shows_a_bar(site, models, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("TERM", "xterm")

    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    assert command.carry_out(["pann_cnn6"], Terminal()) == 0
    assert "512.0/512.0 kB" in screen.getvalue()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["pann_cnn5"], "did you mean 'pann_cnn"),
        (["--chek"], "unrecognized arguments"),
        (["pann_cnn6", "--check", "-i"], "not allowed with"),
    ],
)
def test_wrong_requests_exit_2(sonoplan, arguments, told):
    status, _, err = sonoplan(*arguments)
    assert status == 2
    assert told in err


def test_the_command_imports_nothing_slow(tmp_path):
    code = (
        "import sys; from launch.cli import main; assert main(['models']) == 0; "
        "assert not {'torch', 'numpy', 'pann', 'experiments'} & set(sys.modules)"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_shell_completes_names(tmp_path):
    answer = tmp_path / "answer"
    typed = "sonoplan models pann_cnn1"
    environment = {
        **os.environ,
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": typed,
        "COMP_POINT": str(len(typed)),
    }
    command = [sys.executable, "-m", "launch.cli"]
    subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)
    assert [word.strip() for word in answer.read_text().split("\n")] == ["pann_cnn10", "pann_cnn14"]

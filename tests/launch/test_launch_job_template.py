import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import engine
from front_door import settle, type_in
from launch import experiments

TEMPLATE = """#!/bin/bash
#SBATCH --job-name=<DOCE_NAME>
echo "<DOCE_SETTING>"
<DOCE_LAUNCH>
"""


@pytest.fixture
def sonoplan(tmp_path, monkeypatch, capsys):
    """Run the command line on the toy experiment."""
    settle(tmp_path, monkeypatch)
    monkeypatch.setattr(experiments, "find", lambda _: engine.toy.experiment())
    (tmp_path / "template.sh").write_text(TEMPLATE)
    return partial(type_in, capsys, "toy")


def test_one_script_a_setting_and_each_computes_its_own(sonoplan, tmp_path):
    status, out, err = sonoplan("-s", "main/gain=2+run=1", "-j", "template.sh")
    assert status == 0
    (path,) = out.splitlines()
    assert path.startswith(str(tmp_path / "results" / "toy" / "jobs"))
    assert 'do sbatch "$job"' in err
    lines = Path(path).read_text().splitlines()
    assert lines[1] == "#SBATCH --job-name=toy"
    assert lines[2] == 'echo "gain=2+method=gained+run=1"'
    program = f"{sys.executable} -m launch.cli"
    assert lines[3].startswith(program)
    # The toy experiment is known to this program only.
    runner = str(Path(__file__).parents[1] / "run_toy.py")
    command = lines[3].replace(program, f"{sys.executable} {runner}")
    root = str(Path(__file__).parents[2])
    environment = {"PYTHONPATH": root, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert " done " in sonoplan("-s", "main/gain=2+run=1", "-l")[1]


def test_folders_and_changes_of_the_call_are_repeated_and_quoted(sonoplan, tmp_path):
    where = tmp_path / "a b"
    out = sonoplan(
        *("-s", "main/run=1", "--set", "gain=7", "--results", str(where), "-j", "template.sh")
    )[1]
    texts = [Path(path).read_text() for path in out.splitlines()]
    assert len(texts) == 2
    assert all(f"--set gain=7 --results '{where}'" in text for text in texts)


def test_scripts_of_other_settings_stay(sonoplan):
    first = sonoplan("-s", "main/run=1", "-j", "template.sh")[1].splitlines()
    sonoplan("-s", "main/run=2", "-j", "template.sh")
    assert all(Path(path).exists() for path in first)


def test_with_c_what_is_not_done_is_submitted(sonoplan, slurm):
    assert sonoplan("-s", "main/method=plain+run=0", "-c", "1")[0] == 0
    err = sonoplan("-s", "main/method=plain", "-j", "template.sh", "-c")[2]
    assert [job["options"]["job-name"] for job in slurm.jobs.values()] == ["toy", "toy"]
    assert "Submitted batch job 1001" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<DOCE_LAUNCH>\n<DOCE_NAMES>", "'<DOCE_NAMES>'; did you mean '<DOCE_NAME>'"),
        ("echo <DOCE_NAME>", "launches nothing; write <DOCE_LAUNCH>"),
        (None, "cannot be read"),
    ],
)
def test_templates_that_cannot_work_are_refused(sonoplan, tmp_path, text, said):
    (tmp_path / "template.sh").unlink()
    if text is not None:
        (tmp_path / "template.sh").write_text(text)
    status, out, err = sonoplan("-s", "main/", "-j", "template.sh")
    assert status == 2
    assert said in err
    assert out == ""


def test_it_is_a_template_or_a_profile(sonoplan):
    status, _, err = sonoplan("-s", "main/", "-j", "template.sh", "-c", "--slurm")
    assert status == 2
    assert "give one" in err

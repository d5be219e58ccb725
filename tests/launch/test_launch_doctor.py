"""`sonoplan doctor` typed as a user would, on machines in several states."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bare_machine import bare_machine, command, light, package

from launch import cli
from launch.doctor.advice import DEMO, advice
from launch.doctor.check import Check, isolated
from launch.doctor.shown import show_group, show_steps
from launch.terminal import Terminal

ROOT = Path(__file__).parents[2]
GROUPS = ["installation", "machine", "slurm", "configuration", "data", "weights"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    return bare_machine(tmp_path, monkeypatch)


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "launch.cli", "doctor", *words],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{os.environ['PYTHONPATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_bare_machine_is_no_problem_and_is_shown_the_demo(home):
    light(home)
    done = typed()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert [line for line in lines if line in GROUPS] == GROUPS
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in done.stdout
    assert "problem" not in done.stdout
    tail = "\n".join(line.rstrip() for line in lines[lines.index("what to do next") :])
    assert tail == (
        "what to do next\n"
        "1  sonoplan icbhi -s demo/ -c -d\n"
        "   compares methods on synthetic sounds, in minutes\n"
    )


def test_scripts_read_the_same(home):
    light(home)
    done = typed("--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["problems"]) == (0, 0)
    assert list(found["groups"]) == GROUPS
    checks = [check for checks in found["groups"].values() for check in checks]
    assert {"name", "state", "told", "do"} == set(checks[0])
    assert {"name": "gpu", "state": "missing", "do": ""}.items() <= next(
        check.items() for check in checks if check["name"] == "gpu"
    )
    assert found["next"] == [{"do": DEMO.do, "why": DEMO.why}]


def test_several_problems_at_once_hide_nothing(home):
    package(home, "torch", "raise ImportError('libcudart.so.13: cannot open shared object file')")
    command(home, "sbatch", "echo 'sbatch: error: no controller' >&2; exit 1")
    user = home / "config" / "sonoplan" / "sonoplan.toml"
    user.write_text(f'[data]\nicbhi = "{home}/nowhere"\nclohto = "x"\n')
    (home / "sonoplan.toml").write_text('results = "here"\nmodels = \n')
    done = typed("--json")
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    checks = [check for group in found["groups"].values() for check in group]
    told = {c["name"]: c["told"] for c in checks if c["state"] == "problem"}
    assert "libcudart.so.13" in told["torch"]
    assert told["slurm"] == "sbatch failed: sbatch: error: no controller"
    assert told["icbhi"] == f"{home}/nowhere is not there; {user} names it"
    assert "did you mean 'clotho'?" in told["clohto"]
    assert f"{home}/sonoplan.toml cannot be read" in told["sonoplan.toml"]
    assert "at line 2" in told["sonoplan.toml"]
    assert found["problems"] == 5
    assert len(found["next"]) == 4
    assert "pip uninstall -y torch" in found["next"][0]["do"]


def test_the_command_is_known_to_the_front_door(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert "sonoplan doctor " in capsys.readouterr().out


def test_a_failing_look_keeps_what_it_found_before():
    def look():
        yield Check("first", "ok", "fine")
        raise OSError("gone")

    assert isolated("second", look) == [
        Check("first", "ok", "fine"),
        Check("second", "problem", "OSError: gone"),
    ]


def test_problems_are_mended_first_each_command_once():
    found = {
        "a": [Check("one", "problem", "", "mend"), Check("three", "ok", "", "use")],
        "b": [Check("two", "problem", "", "mend"), Check("four", "problem", "")],
    }
    steps = [(step.do, step.why) for step in advice(found)]
    assert steps == [("mend", "mends one, two"), ("use", "uses three"), (DEMO.do, DEMO.why)]
    many = [Check(str(i), "problem", "", f"mend {i}") for i in range(9)]
    assert [step.do for step in advice({"a": many})] == [f"mend {i}" for i in range(4)]


def test_a_group_at_80_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    terminal = Terminal()
    checks = [
        Check("python", "ok", "3.11"),
        Check("text", "missing", "text encoders of retrieval " * 3, 'pip install -e ".[text]"'),
        Check("torch", "problem", "cannot be imported"),
    ]
    show_group("installation", checks, terminal)
    show_steps([DEMO], terminal)
    assert [line.rstrip() for line in stream.getvalue().splitlines()] == [
        "installation",
        "ok       python          3.11",
        "-        text            text encoders of retrieval text encoders of retrieval",
        "                         text encoders of retrieval",
        '                         -> pip install -e ".[text]"',
        "problem  torch           cannot be imported",
        "",
        "what to do next",
        "1  sonoplan icbhi -s demo/ -c -d",
        "   compares methods on synthetic sounds, in minutes",
        "",
    ]

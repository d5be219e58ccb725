"""Compaction as it is asked for, and while runners work and processes are killed."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.archive import ARCHIVE
from core.record import Record
from core.store import finished

TESTS = Path(__file__).parents[1]


@pytest.fixture
def start(tmp_path):
    """Start the command line on an experiment of the tests, as a process."""
    path = os.pathsep.join([str(TESTS.parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(TESTS / "run_toy.py"), *words, "--results", str(tmp_path / "r")],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return run


@pytest.fixture
def said(start):
    """Run the command line and give all it says."""

    def run(*words: str) -> str:
        process = start(*words)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out + err

    return run


def values(results: Path) -> dict[str, list[float]]:
    """Read every record, wherever it lies."""
    return {
        task_id: Record(results / "many" / stage / task_id)["values"].tolist()
        for stage in ("draw", "scale")
        for task_id in finished(results / "many" / stage)
    }


def test_all_that_is_asked_of_records_is_answered_from_the_archive(said, tmp_path):
    said("toy", "-s", "main/", "-c")
    shown = said("toy", "-s", "main/", "-d", "--why", "1")
    assert "scale: 9 records, 18 files, folded into" in said("toy", "--compact")
    assert [path.name for path in (tmp_path / "r/toy/scale").glob("[!.]*")] == [ARCHIVE]
    (tmp_path / "cache").rename(tmp_path / "old")
    assert said("toy", "-s", "main/", "-d", "--why", "1") == shown
    assert "nothing to compute" in said("toy", "-s", "main/", "-c")
    assert f"scale/{ARCHIVE}:" in said("toy", "-s", "main/", "-f")
    assert "no record to fold" in said("toy", "--compact", "scale")


def test_archived_records_are_removed_copied_and_computed_again(said, tmp_path):
    said("toy", "-s", "main/", "-c")
    shown = said("toy", "-s", "main/", "-d")
    said("toy", "--compact")
    said("toy", "-s", "main/", "-A", str(tmp_path / "copy"))
    assert len([*(tmp_path / "copy/toy").glob("*/*/record.json")]) == 12
    assert "3 records moved to" in said("toy", "-s", "main/method=plain", "-R", "scale", "--yes")
    trash = [*(tmp_path / "r/.trash").glob("*/toy/scale/*/record.json")]
    assert len(trash) == 3
    assert not {path.parent.name for path in trash} & {*finished(tmp_path / "r/toy/scale")}
    assert "3 tasks to compute" in said("toy", "-s", "main/", "-c")
    assert said("toy", "-s", "main/", "-d") == shown
    assert "6 records moved to" in said("toy", "-s", "main/method=plain", "-K", "--yes")
    assert len(finished(tmp_path / "r/toy/scale")) == 3


def test_what_is_folded_is_whole_stages(start):
    process = start("toy", "-s", "main/", "--compact")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "leave out the selector" in err


def test_compaction_killed_at_random_while_runners_work_loses_nothing(start, said, tmp_path):
    rng = random.Random(0)
    results = tmp_path / "r"
    kept: dict[str, list[float]] = {}
    for _ in range(8):
        runner = start("many", "-c", "--jobs", "2")
        time.sleep(0.45 + rng.random() * 0.2)
        folding = start("many", "--compact")
        time.sleep(0.25 + rng.random() * 0.3)
        for process in (folding, runner):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            _, err = process.communicate()
            assert "Traceback" not in err
        found = values(results)
        assert kept.items() <= found.items()
        kept = found
    said("many", "-c", "--jobs", "2")
    said("many", "--compact")
    assert kept.items() <= values(results).items()
    assert len(values(results)) == 200
    for stage in ("draw", "scale"):
        left = sorted(path.name for path in (results / "many" / stage).iterdir())
        assert left == [".work", ARCHIVE]

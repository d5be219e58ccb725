"""Killed at random moments, everything that was finished is whole and the rest is completed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

TESTS = Path(__file__).parents[1]


def command(results: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(TESTS / "run_toy.py"), *arguments, "--results", str(results)]


def environment(tmp_path: Path) -> dict[str, str]:
    path = os.pathsep.join([str(TESTS.parent), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache")}


def records(results: Path) -> dict[str, dict[str, object]]:
    """Read every record, arrays included; fails where one is not whole."""
    found = {}
    for file in results.glob("many/*/[0-9a-f]*/record.json"):
        meta = json.loads(file.read_text())
        with np.load(file.parent / "arrays.npz") as arrays:
            assert arrays["values"].shape == (4,)
        assert meta["id"] == file.parent.name
        found[meta["id"]] = meta
    folders = list(results.glob("many/*/[0-9a-f]*"))
    assert len(folders) == len(found)
    return found


def test_kill_9_of_the_whole_tree_at_random_moments_ten_times_over(tmp_path):
    results = tmp_path / "results"
    rng = random.Random(0)
    kept: dict[str, dict[str, object]] = {}
    for _ in range(10):
        running = subprocess.Popen(
            command(results, "many", "-c", "--jobs", "2"),
            env=environment(tmp_path),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(0.35 + rng.random() * 0.25)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        found = records(results)
        assert kept.items() <= found.items()  # nothing finished is lost or computed again
        kept = found
    last = subprocess.run(
        command(results, "many", "-c", "--jobs", "2"),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert last.returncode == 0, last.stderr
    if len(kept) < 200:
        assert f"{200 - len(kept)} tasks to compute, {len(kept)} done" in last.stderr
    assert len(records(results)) == 200
    assert kept.items() <= records(results).items()
    assert not any(p for p in results.glob("many/*/.work/*"))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_stops_cleanly_and_loses_nothing(tmp_path, jobs):
    results = tmp_path / "results"
    running = subprocess.Popen(
        command(results, "many", "-c", "--jobs", jobs),
        env=environment(tmp_path),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Shells let what they run in the background ignore Ctrl-C, these tests perhaps included.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 30
    while len(list(results.glob("many/draw/[0-9a-f]*"))) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)
    said = running.communicate(timeout=30)[1]
    assert running.returncode == 130
    assert "what was finished is kept" in said
    assert "Traceback" not in said
    kept = records(results)
    assert 5 <= len(kept) < 200
    again = subprocess.run(
        command(results, "many", "-c", "--jobs", jobs),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert f"{200 - len(kept)} tasks to compute, {len(kept)} done" in again.stderr
    assert kept.items() <= records(results).items()


def test_two_runners_at_once_share_the_work(tmp_path):
    results, counts = tmp_path / "results", tmp_path / "counts"
    counts.mkdir()
    runners = [
        subprocess.Popen(
            command(results, "many", "-c", "--jobs", "1"),
            env={**environment(tmp_path), "TOY_COUNTS": str(counts)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [runner.communicate(timeout=120)[1] for runner in runners]
    assert [runner.returncode for runner in runners] == [0, 0], said
    assert len(records(results)) == 200
    computed = {file.name: file.read_text() for file in counts.glob("draw-*")}
    assert set(computed.values()) == {"x"}
    assert len(computed) == 100


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 300 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small tmpfs needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_fails_tasks_clearly_and_loses_nothing(tmp_path, small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"0" * 200_000)

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(small_disk / "results", "many", "-c", "--jobs", "1"),
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    first = run()
    assert first.returncode == 1
    assert "No space left on device" in first.stderr
    kept = records(small_disk / "results")
    assert 0 < len(kept) < 200
    again = run()
    assert again.returncode in (1, 2)  # refused at once, or out of space at the first record
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert run().returncode == 0
    assert len(records(small_disk / "results")) == 200
    assert kept.items() <= records(small_disk / "results").items()

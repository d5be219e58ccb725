"""Looking at what is queued, and taking a hand in it."""

import re
import time

from real_slurm import wait_for

SLOW = ("--set", "steps=300", "--set", "pace=0.2")


def begun(project, count: int = 1) -> None:
    wait_for(
        f"{count} trainings under way",
        lambda: len(list(project.results.glob("train/.work/*/checkpoint/walk.npz"))) >= count,
    )


def test_running_and_waiting_tasks_are_cancelled_and_are_to_do_again(project):
    words = ("-s", "main/", *SLOW)
    project.submit(*words, "--parallel", "2")
    begun(project, 2)
    assert project.states(*words) == {"done": 3, "running": 2, "queued": 10}
    told = project.sonoplan(*SLOW, "--cancel", "main/run=0", "--yes")
    assert re.search(r"\b4\b", told)
    project.sonoplan(*SLOW, "--cancel", "main/", "--yes")
    wait_for("the queue to be empty", project.cluster.empty)
    states = project.states(*words)
    assert states["done"] == 3
    assert states.keys() <= {"done", "to do", "waiting", "stale"}


def test_held_elements_wait_for_their_release(project):
    project.submit("-s", "main/method=plain+run=0")
    project.wait_until_done(3)
    with project.cluster.closed():
        project.submit("-s", "main/run=0")
        project.sonoplan("--hold", "main/method=hasty+run=0")
    time.sleep(3)
    assert len(project.done()) == 3
    assert project.states("-s", "main/run=0") == {"done": 3, "queued": 2}
    project.sonoplan("--release", "main/method=hasty+run=0")
    project.wait_until_done(5)


def test_the_log_of_a_running_task_is_followed_to_its_end(project):
    project.submit("-s", "main/method=plain+run=0", "--set", "steps=15", "--set", "pace=0.2")
    begun(project)
    [work] = project.results.glob("train/.work/*/checkpoint")
    told = project.sonoplan("--log", work.parent.name[:8], "-F")
    assert work.parent.name in project.done("train")
    assert "Traceback" not in told


def test_watching_without_a_terminal_tells_each_change_and_ends_when_all_is_done(project):
    project.submit("-s", "main/run=0", "--set", "pace=0.1")
    told = project.sonoplan("-s", "main/run=0", "--set", "pace=0.1", "--watch")
    assert len(project.done()) == 5
    assert len(told.splitlines()) > 1


def test_one_look_is_one_question_to_the_queue(project, tmp_path):
    project.submit("-s", "main/", "--parallel", "1", "--set", "pace=0.3")
    counting = tmp_path / "counting"
    counting.mkdir()
    for name in ("squeue", "sacct"):
        script = counting / name
        script.write_text(
            f'#!/bin/sh\necho {name} >> {tmp_path}/asked\nPATH=${{PATH#*:}}\nexec {name} "$@"\n'
        )
        script.chmod(0o755)
    project.sonoplan("-s", "main/", "--set", "pace=0.3", "--status", path=counting)
    asked = (tmp_path / "asked").read_text().split()
    assert asked.count("squeue") == 1
    assert asked.count("sacct") <= 1

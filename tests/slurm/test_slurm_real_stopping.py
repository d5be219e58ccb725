"""Told in time: what a job does before its time is up or its node is wanted."""

import pytest
from real_slurm import Project, wait_for

LONG = ("--set", "steps=30", "--set", "pace=0.2")


def running_training(project) -> str:
    """Wait until a training is under way; gives its element's id in Slurm's queue."""

    def look() -> str:
        progress = list(project.results.glob("train/.work/*/checkpoint/walk.npz"))
        lines = project.cluster.queue("%i %j %T")
        ids = [line.split()[0] for line in lines if "train" in line and line.endswith("RUNNING")]
        return ids[0] if progress and ids else ""

    return wait_for("a training under way", look)


@pytest.fixture
def uninterrupted(project):
    """What the long trainings give when nobody disturbs them."""
    here = Project(project.folder.parent / "here", project.cluster)
    here.sonoplan("-s", "main/method=plain+run=0", "--set", "steps=30", "-c")
    return list(here.values().values())


def test_at_its_time_limit_a_training_is_saved_requeued_and_goes_on(project, uninterrupted):
    project.submit("-s", "main/method=plain+run=0", *LONG)
    element = running_training(project)
    # What Slurm sends before the time limit, without waiting a minute for the shortest limit.
    project.cluster.ask("scancel", "--signal=USR2", element)
    project.wait_until_done(3)
    [again] = project.diary("train", "from")
    assert 0 < int(again["what"].removeprefix("from ")) < 30
    assert len(project.diary("train", "begin")) == 2
    assert list(project.values().values()) == uninterrupted
    assert project.states("-s", "main/method=plain+run=0", *LONG) == {"done": 3}


def test_slurm_itself_tells_a_job_before_its_time_limit(project):
    """The one case that waits for Slurm: its shortest limit is a minute, looked at twice in it."""
    project.write_profile(hours=1 / 60, signal_seconds=55)
    project.submit("-s", "main/method=hasty+run=0", "--set", "steps=400", "--set", "pace=0.2")
    project.wait_until_done(3)
    assert len(project.diary("train", "from")) == 1
    assert len(project.diary("train", "end")) == 1


def test_a_training_that_does_not_listen_starts_over(project):
    project.write_profile(signal_seconds=4, grace_seconds=2)
    project.submit("-s", "deaf/run=0", "--set", "steps=10", "--set", "pace=0.5")
    wait_for("the training to begin", lambda: project.diary("train", "begin"))
    [element] = [
        line.split()[0] for line in project.cluster.queue("%i %j %T") if line.endswith("RUNNING")
    ]
    project.cluster.ask("scancel", "--signal=USR2", element)
    wait_for("a second attempt", lambda: project.diary("train", "begin")[1:])
    project.wait_until_done(3)
    assert len(project.diary("train", "end")) == 1


def test_a_job_is_requeued_so_many_times_and_then_left(project):
    project.write_profile(requeues=1)
    words = ("-s", "main/method=plain+run=0", "--set", "steps=1000", "--set", "pace=0.2")
    project.submit(*words)
    for attempt in (1, 2):
        wait_for(f"attempt {attempt}", lambda n=attempt: len(project.diary("train", "begin")) >= n)
        project.cluster.ask("scancel", "--signal=USR2", running_training(project))
    wait_for("the queue to be empty", project.cluster.empty)
    states = project.states(*words)
    assert states["done"] == 1
    assert "failed" not in states
    assert states["to do"] >= 1
    assert list(project.results.glob("train/.work/*/checkpoint/walk.npz"))
    # Submitted anew, it goes on from where it was.
    project.submit(*words)
    wait_for("a third attempt", lambda: len(project.diary("train", "from")) >= 2)
    project.sonoplan("--cancel", *words[1:], "--yes")


def test_pushed_out_by_a_higher_partition_a_training_is_saved_and_comes_back(
    project, uninterrupted
):
    project.write_profile(
        use_gpus=True, partition="cpu", gpu={"partition": "spot", "extra": {"exclusive": True}}
    )
    project.submit("-s", "main/method=plain+run=0", *LONG)
    running_training(project)
    hold = (
        "sbatch",
        "--parsable",
        "-p",
        "gpu",
        "-N",
        "2",
        "--exclusive",
        "-o",
        "/dev/null",
        "--wrap",
        "sleep 3",
    )
    urgent = project.cluster.ask(*hold).strip()
    wait_for(
        "the urgent job to run",
        lambda: "RUNNING" in project.cluster.ask("squeue", "-h", "-j", urgent, "-o", "%T"),
    )
    project.wait_until_done(3)
    assert len(project.diary("train", "from")) == 1
    assert list(project.values().values()) == uninterrupted

"""Submitted, computed, looked at: plans of several stages on a real cluster."""

import json

import pytest
from real_slurm import Cluster, Project, wait_for


def test_a_plan_is_submitted_in_one_command_and_done_in_the_order_of_its_stages(project):
    told = project.sonoplan("-s", "main/", "-c", "--slurm", "test", "--dry-run")
    assert "#SBATCH --array=0-5" in told
    assert not project.ledger()
    assert project.cluster.empty()

    project.submit("-s", "main/")
    arrays = project.ledger()
    assert [entry["stage"] for entry in arrays] == ["draw", "train", "score"]
    assert [len(entry["elements"]) for entry in arrays] == [3, 6, 6]
    waits = {line.partition(" ")[2] for line in project.cluster.queue("%j %E")}
    assert any(arrays[0]["job"] in waited for waited in waits)

    project.wait_until_done(15)
    ends = {s: [n["time"] for n in project.diary(s, "end")] for s in ("draw", "train", "score")}
    assert max(ends["draw"]) < min(ends["train"])
    assert max(ends["train"]) < min(ends["score"])
    table = project.sonoplan("-s", "main/", "-d")
    assert "plain" in table
    assert "hasty" in table

    here = Project(project.folder.parent / "here", project.cluster)
    here.sonoplan("-s", "main/", "-c")
    assert here.values() == project.values()
    wait_for("the queue to be empty", project.cluster.empty)
    assert "nothing to" in project.submit("-s", "main/")


def test_a_record_tells_the_job_that_made_it(project):
    project.submit("-s", "main/method=plain+run=0")
    project.wait_until_done(3)
    [entry] = [entry for entry in project.ledger() if entry["stage"] == "train"]
    record = json.loads((project.done("train").popitem()[1] / "record.json").read_text())
    assert entry["job"] in str(record["slurm_job"])


def test_a_failing_task_leaves_its_traceback_and_spoils_nothing_else(project):
    project.submit("-s", "odd/run=0:main/run=0")
    project.wait_until_done(1 + 2 + 2)
    wait_for("the queue to be empty", project.cluster.empty)
    assert project.states("-s", "odd/run=0") == {"done": 1, "failed": 1, "waiting": 1}
    tasks = project.status("-s", "odd/run=0")["tasks"]
    [failed] = [task["id"] for task in tasks if task["state"] == "failed"]
    told = project.sonoplan("--log", failed[:6])
    assert "ValueError: this method is broken" in told
    assert 'raise ValueError("this method is broken")' in told

    # Corrected, it is retried, and what waited for it goes on.
    stages = project.folder / "experiments" / "naps.py"
    stages.write_text(stages.read_text().replace('if setting.method == "broken"', "if False"))
    project.sonoplan("-s", "odd/run=0", "--retry", "--slurm", "test")
    project.wait_until_done(6)
    project.submit("-s", "odd/run=0")
    project.wait_until_done(7)


def test_jobs_run_the_code_as_it_was_when_they_were_submitted(project):
    stages = project.folder / "experiments" / "naps.py"
    project.submit("-s", "main/run=0", "--parallel", "1")
    stages.write_text(stages.read_text() + "\nraise RuntimeError('edited')\n")
    project.wait_until_done(5)
    assert "edited" in project.sonoplan("-s", "main/run=1", "-c", "--set", "method=plain", status=1)


def test_two_submitters_at_once_submit_each_task_once(project):
    words = ("-s", "main/", "-c", "--slurm", "test")
    both = [project.start(*words) for _ in range(2)]
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    tasks = [task for entry in project.ledger() for ids in entry["elements"] for task in ids]
    assert len(tasks) == len(set(tasks)) == 15
    project.wait_until_done(15)
    assert len(project.diary("train", "begin")) == 6


def test_a_queued_task_is_not_submitted_again_and_not_computed_here(project):
    with project.cluster.closed():
        project.submit("-s", "main/run=0")
        assert project.states("-s", "main/run=0") == {"queued": 5}
        before = len(project.ledger())
        project.submit("-s", "main/run=0")
        assert len(project.ledger()) == before
        project.sonoplan("-s", "main/run=0", "-c")
        assert not project.done()
        # What is new goes behind what is queued.
        project.submit("-s", "main/")
        arrays = project.ledger()[before:]
        assert [len(entry["elements"]) for entry in arrays] == [2, 4, 4]
    project.wait_until_done(15)


def test_several_tasks_share_an_element(project):
    project.submit("-s", "main/", "--pack", "3", "--set", "pace=0.2")
    assert [len(e["elements"]) for e in project.ledger()] == [1, 2, 2]
    project.wait_until_done(15)
    begins = project.diary("train", "begin")
    assert len({note["job"] for note in begins}) == 2
    assert len({note["pid"] for note in begins}) == 6  # side by side, not one after another


def test_no_more_than_asked_for_run_at_once(project):
    project.submit("-s", "main/", "--parallel", "2", "--set", "pace=0.1")
    project.wait_until_done(15)
    begins = [(n["time"], 1) for n in project.diary("train", "begin")]
    ends = [(n["time"], -1) for n in project.diary("train", "end")]
    most = running = 0
    for _, change in sorted(begins + ends):
        running += change
        most = max(most, running)
    assert most == 2


@pytest.fixture
def small_project(tmp_path, small_cluster: Cluster) -> Project:
    """A clone for the cluster without accounting."""
    return Project(tmp_path / "small", small_cluster)


def test_without_accounting_and_with_short_arrays_everything_goes_on(small_project):
    project, cluster = small_project, small_project.cluster
    assert "MaxArraySize            = 6" in cluster.ask("scontrol", "show", "config")
    project.submit("-s", "main/")
    assert [len(e["elements"]) for e in project.ledger()] == [3, 5, 1, 5, 1]
    project.wait_until_done(15)
    wait_for("the queue to be empty", cluster.empty)
    assert project.states("-s", "main/") == {"done": 15}
    # A job that was cancelled behind our back is to do again, not waited for for ever.
    project.submit("-s", "deaf/run=0", "--set", "pace=60")
    wait_for("the training to begin", lambda: project.diary("train", "begin")[6:])
    cluster.clear()
    states = wait_for(
        "the cancelled task to be noticed",
        lambda: (
            (s := project.states("-s", "deaf/run=0", "--set", "pace=60")).get("running", 0) or s
        ),
    )
    assert states.get("failed", 0) == 0

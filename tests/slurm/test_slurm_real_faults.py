"""Power cuts, lost networks, a controller that forgets: nothing is lost, nothing is done twice."""

import json
import os
import signal
import time

from real_slurm import wait_for

ONE = ("-s", "main/method=plain+run=0")


def node_of_the_training(project) -> str:
    return wait_for("a training to begin", lambda: project.diary("train", "begin"))[-1]["node"]


def test_a_node_that_dies_costs_a_requeue(project):
    words = (*ONE, "--set", "steps=30", "--set", "pace=0.2")
    project.submit(*words)
    node = node_of_the_training(project)
    wait_for("a checkpoint", lambda: list(project.results.glob("train/.work/*/checkpoint/walk*")))
    project.cluster.kill_node(node)
    project.cluster.declare_down(node)
    project.wait_until_done(3)
    begins = project.diary("train", "begin")
    assert [note["node"] for note in begins] != [node, node]
    assert len(begins) == 2
    assert len(project.diary("train", "from")) == 1
    assert len(project.diary("train", "end")) == 1


def test_of_two_copies_of_one_job_one_computes(project):
    words = (*ONE, "--set", "steps=60", "--set", "pace=0.2")
    project.submit(*words)
    node = node_of_the_training(project)
    # The node loses its network: Slurm takes it for dead and starts the job elsewhere, while its
    # processes live on.
    project.cluster.kill_node(node, daemon_only=True)
    project.cluster.declare_down(node)
    [entry] = [e for e in project.ledger() if e["stage"] == "train"]
    wait_for(
        "the second copy to start",
        lambda: any(
            line.startswith(entry["job"]) and line.endswith("RUNNING")
            for line in project.cluster.queue("%i %T")
        ),
    )
    project.wait_until_done(3)
    assert len(project.diary("train", "begin")) == 1
    assert len(project.diary("train", "end")) == 1


def test_a_controller_that_is_restarted_loses_nothing(project):
    words = ("-s", "main/method=plain", "--set", "steps=70", "--set", "pace=0.2")
    project.submit(*words)
    wait_for("three trainings to begin", lambda: project.diary("train", "begin")[2:])
    project.cluster.end_controller(signal.SIGTERM)
    # While it is away, nothing is taken for failed, and nothing is submitted.
    assert project.states(*words) == {"done": 3, "running": 3, "unknown": 3}
    refused = project.sonoplan("-s", "deaf/", "-c", "--slurm", "test", status=2)
    assert "nothing was submitted" in refused
    project.cluster.start()
    project.wait_until_done(9)
    assert len(project.diary("train", "begin")) == 3


def test_a_submitted_job_that_never_was_is_unknown_first_and_then_to_do(project):
    with project.cluster.closed():
        for _ in range(3):  # the controller saves its state now and then: it must not be just now
            time.sleep(6)
            project.submit(*ONE)
            project.cluster.end_controller(signal.SIGKILL)
            project.cluster.start()
            if project.cluster.empty():
                break
            project.cluster.clear()
    assert project.states(*ONE) == {"unknown": 3}
    before = len(project.ledger())
    project.submit(*ONE)
    assert len(project.ledger()) == before  # unknown is not to do
    for file in (project.results / ".slurm" / "jobs").glob("*.json"):
        entry = json.loads(file.read_text())
        file.write_text(json.dumps(entry | {"submitted": entry["submitted"] - 1000}))
        past = time.time() - 1000
        os.utime(file, (past, past))
    states = project.states(*ONE)
    assert states.get("to do", 0) + states.get("waiting", 0) == 3
    project.submit(*ONE)
    project.wait_until_done(3)


def test_an_ambiguous_submission_is_found_by_its_name(project, tmp_path):
    # sbatch hands the job over and then loses the answer, as in a network failure.
    unlucky = tmp_path / "unlucky"
    unlucky.mkdir()
    script = unlucky / "sbatch"
    script.write_text(
        "#!/bin/sh\n"
        "PATH=${PATH#*:}\n"  # the real one, behind this one
        f"if mkdir {unlucky}/once 2>/dev/null; then\n"
        '    sbatch "$@" >/dev/null\n'
        '    echo "sbatch: error: Batch job submission failed: Socket timed out" >&2; exit 1\n'
        "fi\n"
        'exec sbatch "$@"\n'
    )
    script.chmod(0o755)
    project.sonoplan("-s", "main/", "-c", "--slurm", "test", path=unlucky)
    project.wait_until_done(15)
    [token] = [entry["token"] for entry in project.ledger() if entry["stage"] == "draw"]
    listed = project.cluster.ask("squeue", "-h", "-t", "all", "-o", "%F %j").splitlines()
    assert len({line.split()[0] for line in listed if line.endswith(token)}) == 1
    assert len(project.diary("draw", "end")) == 3

import os
import subprocess
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import engine
from core import Resources, Stage
from front_door import settle, type_in
from launch import experiments
from launch.slurm import queue, submission
from launch.slurm.accounting import Accounting
from launch.slurm.arrays import Array
from launch.slurm.ledger import Ledger
from launch.slurm.profile import Options
from launch.slurm.submission import parameters, setup

HERE = Path(__file__).parent


@pytest.fixture
def sonoplan(tmp_path, monkeypatch, capsys, slurm):
    """Run the command line on the toy experiment, beside a stand-in for Slurm."""
    settle(tmp_path, monkeypatch)
    monkeypatch.setattr(experiments, "find", lambda _: engine.toy.experiment())
    monkeypatch.setattr(queue, "_ACCOUNTING", Accounting())
    monkeypatch.setattr(submission, "PAUSES", (0.0, 0.0))
    return partial(type_in, capsys, "toy")


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "results" / "toy" / ".slurm")


def profile(tmp_path, text: str) -> None:
    file = tmp_path / "config" / "sonoplan" / "clusters" / "mine.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


SUBMIT = ("-s", "main/", "-c", "--slurm")


def test_one_array_a_stage_the_later_after_the_earlier(sonoplan, slurm, ledger):
    status, out, _ = sonoplan(*SUBMIT)
    assert status == 0
    assert out.splitlines() == [
        "job 1001: stage draw, 3 tasks in 3 jobs",
        "job 1002: stage scale, 9 tasks in 9 jobs",
    ]
    assert [e.job for e in ledger.all()] == ["1001", "1002"]
    assert slurm.jobs["1002"]["dependency"] == "afterany:1001"
    assert [job["name"] for job in slurm.jobs.values()] == list(map(ledger.job_name, ledger.all()))


def test_jobs_compute_what_was_submitted(sonoplan, slurm):
    sonoplan("-s", "main/gain=2+run=1", "-c", "--slurm")
    assert slurm.run_all() == 2
    assert sonoplan("-s", "main/gain=2+run=1", "--status")[1].count(" 1 ") == 4
    assert "nothing to submit" in sonoplan("-s", "main/gain=2+run=1", "-c", "--slurm")[2]


def test_what_is_queued_is_not_submitted_twice(sonoplan, slurm):
    sonoplan("-s", "main/method=plain", "-c", "--slurm")
    status, out, err = sonoplan(*SUBMIT)
    assert status == 0
    assert out == "job 1003: stage scale, 6 tasks in 6 jobs\n"
    assert "6 tasks wait or run already; they are left out" in err
    assert slurm.jobs["1003"]["dependency"] == "afterany:1001"
    assert sonoplan(*SUBMIT)[1:] == (
        "",
        "12 tasks wait or run already; they are left out\nnothing to submit\n",
    )
    assert len(slurm.calls("sbatch")) == 3


def test_arrays_are_cut_at_what_cluster_and_profile_allow(sonoplan, slurm, tmp_path):
    with slurm.edit() as state:
        state["config"]["MaxArraySize"] = "6"
    sonoplan(*SUBMIT)
    counts = [len(job["elements"]) for job in slurm.jobs.values()]
    assert counts == [3, 5, 4]
    profile(tmp_path, "array_limit = 2")
    out = sonoplan("-s", "odd/", "-c", "--slurm", "mine")[1]
    assert [line.rpartition(",")[2] for line in out.splitlines()] == [
        " 2 tasks in 2 jobs",
        " 1 tasks in 1 jobs",
    ]


def test_pack_and_parallel(sonoplan, slurm):
    with slurm.edit() as state:
        state["config"]["MaxArraySize"] = "3"
    sonoplan(*SUBMIT, "--pack", "4", "--parallel", "1")
    jobs = list(slurm.jobs.values())
    assert [job["options"]["array"] for job in jobs] == ["0-0%1", "0-1%1", "0-0%1"]
    assert [job["options"]["cpus-per-task"] for job in jobs] == ["4"] * 3
    # Only one job at once in all: the second piece of the stage waits for the first.
    assert jobs[2]["dependency"] == "afterany:1001:1002"


def test_jobs_run_the_copy_that_was_taken(sonoplan, slurm, ledger):
    sonoplan(*SUBMIT)
    (code,) = (ledger.folder / "code").iterdir()
    assert {entry.code for entry in ledger.all()} == {code.name}
    path = next(x for x in slurm.jobs["1001"]["script"].splitlines() if "PYTHONPATH=" in x)
    assert path.startswith(f"export PYTHONPATH={code}")
    (code / "launch" / "slurm" / "element.py").write_text("raise SystemExit('this copy')")
    done = slurm.run("1001", 0)
    assert done.returncode != 0
    log = next(Path(ledger.all()[0].folder).glob("*_log.out")).read_text()
    assert "this copy" in log or "this copy" in done.stderr


def test_dry_run_shows_the_scripts_and_changes_nothing(sonoplan, slurm, tmp_path):
    profile(tmp_path, 'partition = "long"\nsetup = ["module load x"]')
    status, out, err = sonoplan(*SUBMIT, "mine", "--dry-run")
    assert status == 0
    assert out.count("#SBATCH --partition=long") == out.count("\nmodule load x\n") == 2
    assert "#SBATCH --dependency=afterany:JOB_OF_ARRAY_0" in out
    assert out.count("# 0[") == 3
    assert "# 1[8] scale " in out
    assert "12 tasks would be submitted in 2 arrays" in err
    assert slurm.jobs == {}
    assert not (tmp_path / "results").exists()


def test_what_is_shown_is_what_is_submitted(sonoplan, slurm, ledger):
    shown = sonoplan("-s", "main/", "-c", "--slurm", "--dry-run")[1]
    sonoplan(*SUBMIT)
    script = slurm.jobs["1001"]["script"]
    token = ledger.all()[0].token
    first = shown[shown.index("#!") : shown.index("# 0[0]")]
    dry = first[first.index("sonoplan-toy-draw-") + len("sonoplan-toy-draw-") :][:8]
    assert first.replace(dry, token).strip() == script.strip()


def test_sbatch_that_does_not_answer_is_asked_again(sonoplan, slurm, ledger):
    slurm.fail_next("sbatch", "Batch job submission failed: Socket timed out on send/recv")
    assert sonoplan(*SUBMIT)[0] == 0
    assert [entry.job for entry in ledger.all()] == ["1001", "1002"]
    assert len(slurm.calls("sbatch")) == 3


@pytest.mark.parametrize("text", ["Socket timed out on send/recv", "Segmentation fault"])
def test_a_job_that_was_taken_though_sbatch_failed_is_found_by_its_name(
    sonoplan, slurm, ledger, text
):
    slurm.fail_next("sbatch", text, after_submitting=True)
    assert sonoplan(*SUBMIT)[0] == 0
    assert [entry.job for entry in ledger.all()] == ["1001", "1002"]
    assert len(slurm.jobs) == len(slurm.calls("sbatch")) == 2
    assert slurm.run("1001", 0).returncode == 0


def test_a_refusal_is_told_in_slurms_words_and_what_was_submitted_stays(
    sonoplan, slurm, ledger, tmp_path
):
    words = "Batch job submission failed: Invalid account or account/partition combination"
    sonoplan("-s", "odd/", "-c", "--slurm")
    slurm.fail_next("sbatch", words)
    status, _, err = sonoplan(*SUBMIT)
    assert status == 2
    assert words in err
    assert "Slurm does not take stage 'scale'" in err
    assert len(ledger.all()) == len(list((ledger.folder / "arrays").iterdir())) == 2
    slurm.fail_next("sbatch", "")
    (tmp_path / "other").mkdir()
    err = sonoplan(*SUBMIT, "--results", str(tmp_path / "other"))[2]
    assert "submitted before, and kept: nothing" in err


def test_where_nobody_can_tell_the_entry_stays_and_the_job_is_found_later(sonoplan, slurm, ledger):
    slurm.fail_next("sbatch", "Unable to contact slurm controller", after_submitting=True)
    slurm.fail_next("squeue", "Unable to contact slurm controller", times=9)
    with slurm.edit() as state:  # the first look, before anything is submitted, asks nobody
        assert state["jobs"] == {}
    status, _, err = sonoplan(*SUBMIT)
    assert status == 2
    assert "it is not known whether Slurm took stage 'draw'" in err
    assert [entry.job for entry in ledger.all()] == [None]
    with slurm.edit() as state:
        state["fail"] = {}
    out = sonoplan(*SUBMIT)[1]
    assert out == "job 1002: stage scale, 9 tasks in 9 jobs\n"
    assert slurm.jobs["1002"]["dependency"] == "afterany:1001"


def test_while_slurm_is_down_nothing_is_submitted(sonoplan, slurm):
    sonoplan("-s", "odd/", "-c", "--slurm")
    slurm.down()
    status, _, err = sonoplan(*SUBMIT)
    assert status == 2
    assert "nothing was submitted" in err


def test_without_slurm_that_is_said(sonoplan, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    status, _, err = sonoplan(*SUBMIT)
    assert status == 2
    assert "there is no sbatch on PATH" in err


def test_a_profile_that_cannot_be_read_is_told_before_anything_is_done(sonoplan, slurm, tmp_path):
    profile(tmp_path, "parttion = 1")
    status, _, err = sonoplan(*SUBMIT, "mine")
    assert status == 2
    assert "did you mean 'partition'" in err
    assert slurm.calls("squeue") == slurm.calls("sbatch") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-l", "--slurm"), "write it with -c or --retry"),
        (("-c", "4", "--slurm"), "--jobs and --gpus are this machine's"),
    ],
)
def test_flags_that_do_not_go_together_are_refused(sonoplan, words, said):
    status, _, err = sonoplan("-s", "main/", *words)
    assert status == 2
    assert said in err


def test_what_has_ended_is_swept_when_nothing_of_it_is_waited_for(sonoplan, slurm, ledger):
    sonoplan("-s", "main/method=plain", "-c", "--slurm")
    assert [slurm.run("1001", index).returncode for index in range(3)] == [0, 0, 0]
    draw = ledger.all()[0]
    sonoplan("-s", "main/gain=2", "-c", "--slurm")
    assert draw.token in [e.token for e in ledger.all()]  # its last lines may still be written
    old = time.time() - 3600
    os.utime(ledger.jobs / f"{draw.token}.json", (old, old))
    ledger.write(replace(draw, submitted=old))
    os.utime(ledger.jobs / f"{draw.token}.json", (old, old))
    (ledger.folder / "code" / "0123456789ab").mkdir()
    sonoplan(*SUBMIT)
    assert [e.stage for e in ledger.all()] == ["scale"] * 3
    assert not Path(draw.folder).exists()
    assert len(list((ledger.folder / "code").iterdir())) == 1


# What sbatch is asked for.


def array(**resources: float) -> Array:
    (task,) = [engine.single("toy:nothing")]
    task.stage = Stage("one", "toy:nothing", resources=Resources(**resources))
    return Array(task.stage, ((task,),))


def test_stages_ask_for_what_they_need():
    asked = parameters(array(cpus=3, memory_gb=1.5, hours=0.51), Options(), pack=2)
    assert (asked["cpus_per_task"], asked["mem"], asked["time"]) == (6, "3072M", 31)
    assert asked["additional_parameters"] == {}
    assert "--cpus-per-task=6" in asked["srun_args"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("gres", {"gres": "gpu:h100:2"}),
        ("gpus", {"gpus": "h100:2"}),
        ("gpus_per_node", {"gpus_per_node": "h100:2"}),
    ],
)
def test_gpus_are_asked_for_in_the_clusters_way(how, said):
    options = Options(gpu_request=how, gpu_type="h100", cpus_per_gpu=8)
    asked = parameters(array(gpus=2, cpus=1), options, pack=3)
    assert asked["additional_parameters"] == said
    assert asked["cpus_per_task"] == 16
    assert parameters(array(cpus=1), options, 1)["additional_parameters"] == {}


def test_the_profile_goes_over_the_stage():
    options = Options(cpus=2, memory_gb=0, hours=4, use_gpus=False, extra={"hint": "x", "y": False})
    asked = parameters(array(gpus=1, cpus=9, memory_gb=9), options, pack=1)
    assert "mem" not in asked
    assert (asked["cpus_per_task"], asked["time"]) == (2, 240)
    assert asked["additional_parameters"] == {"hint": "x"}


def test_values_are_quoted_in_the_shell(tmp_path):
    folder = tmp_path / "it's a folder"
    options = Options(environment={"A": "b; rm -rf $HOME"}, setup=("module load x",))
    lines = setup(options, folder, ["/a b"])
    assert lines[0] == "module load x"
    said = subprocess.run(
        ["bash", "-c", "\n".join([*lines[1:3], 'echo "$A $PYTHONPATH"'])],
        env={"PYTHONPATH": "/c"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "b; rm -rf $HOME /a b:/c\n"


def test_each_job_finds_the_pickle_of_its_array(tmp_path):
    folder = tmp_path / "it's a folder"
    folder.mkdir()
    (folder / "element.pkl").write_text("whole")
    link = "\n".join(setup(Options(), folder, ["/a"])[-2:])
    environment = {
        "SLURM_ARRAY_JOB_ID": "7",
        "SLURM_ARRAY_TASK_ID": "3",
        "PATH": os.environ["PATH"],
    }
    own = folder / "7_3_submitted.pkl"
    for content in ("whole", "after a requeue"):
        subprocess.run(["bash", "-c", link], env=environment, check=True)
        assert own.read_text() == content
        own.unlink()
        own.write_text("after a requeue")

import io
import json
import time

import pytest
from rich.console import Console

import engine
import in_queue
from core.claim import take
from core.heart import Heart
from core.status import Left
from core.store import Store
from launch import live
from launch.config import Config
from launch.running import running
from launch.slurm.ledger import Ledger
from launch.state import left_told, scene
from launch.terminal import Terminal
from launch.workspace import Workspace


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(engine.toy.experiment(), Config(tmp_path / "results"))


@pytest.fixture
def tasks(workspace):
    return workspace.tasks(workspace.select("main/run=0"))


def start(store: Store, task, **told: object) -> None:
    """Let this process have a task, which says how far it is."""
    take(store.work(task))
    if told:
        (store.work(task) / "progress.json").write_text(json.dumps(told))


def paced(done: float, total: float, first: float, seconds: float) -> dict[str, object]:
    """What a task told that began at `first` and has gone on for some seconds."""
    now = time.time()
    return {
        **{"done": done, "total": total, "shown": {"loss": 0.25}},
        **{"first": first, "began": now - seconds, "time": now},
    }


def test_remaining_time_follows_the_pace_of_this_attempt(workspace, tasks):
    draw, scale, *_ = tasks
    start(workspace.store, draw, **paced(done=3, total=8, first=1, seconds=20))
    start(workspace.store, scale)
    one, other = running(workspace, tasks, workspace.status(tasks))
    assert (one.progress, one.figures, other.progress) == ("3/8", "loss 0.25", "")
    assert one.remaining == pytest.approx(50, abs=1)
    assert one.time_left == "0:00:50 left"
    assert other.remaining is None


def test_a_task_that_has_just_begun_takes_as_long_as_others_have(workspace, tasks):
    engine.run_all([next(iter(workspace.tasks(workspace.select("main/run=1"))))], workspace.store)
    file = next((workspace.store.folder / "draw").glob("[0-9a-f]*/record.json"))
    file.write_text(json.dumps({**json.loads(file.read_text()), "seconds": 80.0}))
    start(workspace.store, next(iter(tasks)), **paced(done=2, total=8, first=2, seconds=0))
    (one,) = running(workspace, tasks, workspace.status(tasks))
    assert one.remaining == pytest.approx(60)


def test_what_is_told_first_is_kept_for_the_pace(tmp_path):
    heart = Heart()
    claim = take(tmp_path / "work")
    heart.beat_for(claim)
    heart.tell({"done": 5, "total": 9, "shown": {}})
    heart.tell({"done": 7, "total": 9, "shown": {}})
    heart._write_progress(claim)
    told = json.loads((tmp_path / "work" / "progress.json").read_text())
    heart.beat_for(None)
    assert (told["first"], told["done"]) == (5, 7)
    assert told["began"] <= told["time"]


def test_where_a_task_runs_is_its_host_and_its_job(workspace, tasks, slurm):
    in_queue.queue(slurm, Ledger(workspace.store.folder / ".slurm"), [next(iter(tasks))])
    slurm.set_state("1001", "RUNNING")
    start(workspace.store, next(iter(tasks)))
    claim = next(workspace.store.work(next(iter(tasks))).glob("claim.*"))
    claim.write_text(json.dumps({**json.loads(claim.read_text()), "host": "c1", "job": "501001"}))
    (one,) = running(workspace, tasks, workspace.status(tasks))
    assert one.where == "c1, job 1001_0"


@pytest.fixture
def watched(workspace, tasks, monkeypatch, capsys):
    """Watch tasks while `steps` happen, one between two looks; gives status, output, messages."""

    def run(*steps, screen: bool = False) -> tuple[int, str, str]:
        remaining = iter(steps)
        monkeypatch.setattr(live, "sleep", lambda _: next(remaining, lambda: None)())
        terminal = Terminal()
        if screen:
            terminal.out = Console(file=io.StringIO(), force_terminal=True, width=120)
        status = live.watch(workspace, tasks, terminal)
        captured = capsys.readouterr()
        out = terminal.out.file.getvalue() if screen else captured.out
        return status, out, captured.err

    return run


def test_without_a_terminal_each_change_is_a_line_until_nothing_runs(watched, workspace, tasks):
    draw, *scales = tasks
    start(workspace.store, draw)

    def finish():
        for claim in workspace.store.work(draw).glob("claim.*"):
            claim.unlink()
        engine.run_all([draw], workspace.store)

    status, out, err = watched(
        lambda: None, finish, lambda: engine.run_all(scales, workspace.store)
    )
    told = [line.partition(" ")[2] for line in out.splitlines()]
    assert told == [
        "draw: 1 running",
        "scale: 3 waiting",
        "draw: 1 done",
        "scale: 3 to do",
        "scale: 3 done",
    ]
    assert status == 0
    assert "nothing runs and nothing waits" in err


def test_queued_tasks_are_waited_for(watched, workspace, tasks, slurm):
    draw, *scales = tasks
    in_queue.queue(slurm, Ledger(workspace.store.folder / ".slurm"), scales, "1002")
    engine.run_all([draw], workspace.store)
    status, out, _ = watched(
        *[lambda: None] * 3,
        lambda: slurm.down(),
        lambda: slurm.down(False),
        lambda: slurm.set_state("1002", "FAILED", reason="NonZeroExitCode"),
    )
    told = [line.partition(" ")[2] for line in out.splitlines()]
    assert told == [
        "draw: 1 done",
        "scale: 3 queued",
        "scale: 3 unknown",
        "3 tasks are unknown: squeue failed: squeue: error: Unable to contact slurm controller "
        "(connect failure)",
        "scale: 3 queued",
        "scale: 3 to do",
    ]
    assert status == 0


def test_a_terminal_shows_counts_running_tasks_failures_and_what_is_left(watched, workspace, tasks):
    draw, scale, *_ = tasks
    engine.run_all([draw], workspace.store)
    start(workspace.store, scale, **paced(done=3, total=8, first=1, seconds=20))
    status, out, _ = watched(
        lambda: [c.unlink() for c in workspace.store.work(scale).glob("claim.*")], screen=True
    )
    assert status == 0
    for wanted in (
        scale.id[:8],
        "3/8",
        "loss 0.25",
        "0:00:5",
        "running",
        "to do",
        "no duration known",
    ):
        assert wanted in out


def test_failures_are_counted_and_give_exit_status_1(workspace, watched, monkeypatch):
    odd = workspace.tasks(workspace.select("odd/run=0"))
    engine.run_all(odd, workspace.store)
    terminal = Terminal()
    terminal.err = Console(file=io.StringIO())
    monkeypatch.setattr(live, "sleep", lambda _: None)
    assert live.watch(workspace, odd, terminal) == 1
    assert "1 tasks failed" in terminal.err.file.getvalue()
    shown = Console(file=io.StringIO(), width=120)
    shown.print(live.draw(scene(workspace, odd)))
    assert "1 failed" in shown.file.getvalue()


def test_ctrl_c_ends_the_watching_only(watched, workspace, tasks):
    def press():
        raise KeyboardInterrupt

    start(workspace.store, next(iter(tasks)))
    status, _, err = watched(press)
    assert status == 0
    assert "no longer watched; what runs and what waits goes on" in err
    assert workspace.store.unfinished(next(iter(tasks))).running()


def test_what_is_left_is_told_in_hours_of_gpus_and_cpus():
    told = left_told(Left(seconds=7200, gpu_hours=3.5, cpu_hours=0.25, unknown=("scale",)))
    assert told == (
        "about 2:00:00 of one job's time left, 3.5 GPU-hours and 0.25 CPU-hours; "
        "no duration known yet of: scale"
    )
    assert left_told(Left()) == "nothing is left to compute"

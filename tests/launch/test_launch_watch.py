import io
import json

from rich.console import Console

import engine
from core.execute import Outcome
from core.store import Store
from launch.terminal import Terminal
from launch.watch import Watch


def shown(tmp_path, *, bar: bool, lines: bool, monkeypatch) -> str:
    """Watch one task that says how far it is and ends well, and one that fails."""
    monkeypatch.setattr("launch.watch.LOOK_SECONDS", 0)
    terminal = Terminal()
    stream = io.StringIO()
    terminal.err = Console(file=stream, force_terminal=bar, width=120, highlight=False)
    store = Store(tmp_path, "toy")
    tasks = list(engine.tasks_of(engine.toy.experiment(), "main/run=0"))[:2]
    store.prepare({t.stage.name for t in tasks})
    with Watch(terminal, store, tasks, bar, lines) as watch:
        watch.started(tasks[0])
        watch.tick()  # nothing is known of the task yet
        store.work(tasks[0]).mkdir()
        told = {"done": 3, "total": 8, "shown": {"loss": 0.25}, "first": 1, "began": 1, "time": 2}
        (store.work(tasks[0]) / "progress.json").write_text(json.dumps(told))
        watch.tick()
        if watch._bar is not None:
            watch._bar.refresh()
        watch.ended(tasks[0], Outcome("done", 2.5))
        watch.ended(tasks[1], Outcome("failed", 0.1, "ValueError: no"))
    return stream.getvalue()


def test_a_bar_shows_the_running_tasks_with_their_figures(tmp_path, monkeypatch):
    text = shown(tmp_path, bar=True, lines=False, monkeypatch=monkeypatch)
    assert "draw" in text
    assert "3/8" in text
    assert "loss 0.25" in text
    assert "ValueError: no" in text


def test_lines_tell_of_each_task_that_took_a_while_or_failed(tmp_path, monkeypatch):
    text = shown(tmp_path, bar=False, lines=True, monkeypatch=monkeypatch)
    assert "draw 1/1" in text
    assert "2.5 s" in text
    assert "failed: ValueError: no" in text


def test_nothing_is_said_of_what_goes_well_where_nothing_is_wanted(tmp_path, monkeypatch):
    text = shown(tmp_path, bar=False, lines=False, monkeypatch=monkeypatch)
    assert "2.5 s" not in text
    assert "ValueError: no" in text


def test_what_was_killed_or_stopped_is_told_and_not_counted(tmp_path):
    terminal = Terminal()
    stream = io.StringIO()
    terminal.err = Console(file=stream, width=120, highlight=False)
    first, second, *_ = engine.tasks_of(engine.toy.experiment(), "main/")
    with Watch(terminal, Store(tmp_path, "toy"), [first, second], bar=False, lines=True) as watch:
        watch.ended(first, Outcome("killed", error="its worker died"))
        watch.ended(second, Outcome("stopped", 2.5, "asked to stop"))
        watch.ended(first, Outcome("done", 2.5))
    assert stream.getvalue().splitlines() == [
        f"draw {first.id} its worker died; it is tried once more, alone",
        f"draw {second.id} asked to stop",
        f"draw 1/2 {first.id} 2.5 s",
    ]

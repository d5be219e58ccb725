import pytest

import engine
from core.store import Store
from engine import die, look, run_all, tasks_of
from launch.compute import Wishes, to_do


@pytest.fixture
def mixed(tmp_path):
    """Tasks of which some are done, three failed, and one was left by a runner that died."""
    store = Store(tmp_path, "toy")
    tasks = tasks_of(engine.toy.experiment())
    run_all(tasks_of(engine.toy.experiment(), "method=plain+broken"), store)
    left = next(t for t in tasks if t.needs and t.setting.get("gain") == 3)
    die(store, left)
    return tasks, look(tasks, store), left


def test_a_run_computes_all_that_is_not_done(mixed):
    tasks, status, _ = mixed
    assert len(to_do(tasks, status, Wishes())) == 9


def test_skipping_leaves_out_what_failed(mixed):
    tasks, status, _ = mixed
    chosen = to_do(tasks, status, Wishes(skip_failed=True))
    assert {t.setting.method for t in chosen} == {"gained"}  # what is not done and never failed


def test_retrying_takes_what_failed_or_was_left_by_a_dead_runner(mixed):
    tasks, status, left = mixed
    chosen = to_do(tasks, status, Wishes(only_failed=True))
    assert len(chosen) == 4
    assert left in chosen

import pytest

import engine
from core import traces
from core.index import indexes
from core.space import Space
from core.store import Store
from core.traces import Traces
from engine import run_all, tasks_of


@pytest.fixture
def found(tmp_path):
    """Compute what is asked of the toy experiment; then find settings by their records."""
    experiment = engine.toy.experiment()
    store = Store(tmp_path, "toy")

    def find(computed: str, stages: list[str], within: str | None = None) -> list[str]:
        run_all(tasks_of(experiment, computed), store)
        space = Space(experiment.select(within), {"run"})
        seen = indexes(store, ["draw", "scale"], None)
        made = Traces(store.folder, experiment.task_maker(), space).settings(seen, stages)
        return sorted(map(str, made))

    return find


def test_settings_are_found_by_the_records_of_their_last_stage(found):
    assert found("gain=3+run=1", ["scale"]) == ["gain=3+method=gained+run=1"]


def test_failures_are_found_too(found):
    assert found("method=broken+run=0", ["scale"]) == ["method=broken+run=0"]


def test_only_settings_of_the_space_are_found(found):
    assert found("main/run=1", ["scale"], "method=plain") == ["method=plain+run=1"]
    assert found("main/run=1", ["scale"], "gain=2+run=0") == []


def test_a_task_that_many_points_share_tells_of_none(found, monkeypatch):
    shared = found("method=plain+run=2", ["draw"])
    assert len(shared) == 4
    monkeypatch.setattr(traces, "BROAD", 3)
    assert found("method=plain+run=2", ["draw"]) == []


def test_a_damaged_record_says_nothing(found, tmp_path):
    found("method=plain+run=0", ["scale"])
    for record in (tmp_path / "toy" / "scale").glob("*/record.json"):
        record.write_text("{")
    assert found("gain=2+run=0", ["scale"]) == ["gain=2+method=gained+run=0"]

import pytest

from core import Metric
from core.errors import RecordError
from core.index import Index
from core.store import Store
from engine import run_all, single


def test_a_metric_that_cannot_read_a_record_names_both(tmp_path):
    store, task = Store(tmp_path, "toy"), single("toy:nothing")
    store.prepare(["one"])
    run_all([task], store)
    metric = Metric("length", "one", lambda record: float("five"))
    with pytest.raises(RecordError, match=rf"'length' .*{task.id} \(ValueError: could not"):
        Index(store, "one", None).value(task.id, metric)

import json
import threading
from dataclasses import replace

import pytest

from launch.slurm.ledger import Ledger, Submitted

ENTRY = Submitted("0a1b2c3d", None, "train", (("a", "b"), ("c",)), "default", "/x", submitted=5.0)


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "toy" / ".slurm")


def test_an_entry_comes_back_as_it_was_written_and_written_anew(ledger):
    assert ledger.all() == []
    ledger.write(ENTRY)
    assert ledger.all() == [ENTRY]
    known = replace(ENTRY, job="1234")
    ledger.write(known)
    assert ledger.all() == [known]
    ledger.remove(ENTRY.token)
    assert ledger.all() == []


def test_entries_come_in_the_order_of_their_submission(ledger):
    later = replace(ENTRY, token="00000000", submitted=6.0)
    ledger.write(later)
    ledger.write(ENTRY)
    assert ledger.all() == [ENTRY, later]


def test_the_name_in_the_queue_ends_with_the_token(ledger):
    assert ledger.job_name(ENTRY) == "sonoplan-toy-train-0a1b2c3d"


@pytest.mark.parametrize("damage", ["", "{", "[]", json.dumps({"token": "x"})])
def test_a_damaged_entry_is_passed_over_and_told(ledger, caplog, damage):
    ledger.write(ENTRY)
    (ledger.jobs / "ffffffff.json").write_text(damage)
    assert ledger.all() == [ENTRY]
    assert "ffffffff.json cannot be read and is passed over" in caplog.text


def test_a_second_submitter_waits_for_the_first(ledger):
    order = []

    def second() -> None:
        with Ledger(ledger.folder).locked():
            order.append("second")

    with ledger.locked():
        other = threading.Thread(target=second)
        other.start()
        other.join(0.2)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]

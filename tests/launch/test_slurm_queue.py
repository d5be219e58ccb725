import logging
import time

import pytest

import in_queue
from launch.slurm import queue
from launch.slurm.accounting import Accounting, parse_accounting
from launch.slurm.ledger import Ledger, Submitted
from launch.slurm.queue import UNKNOWN_SECONDS, Look, look, parse_queue

# What a cluster of Slurm 22.05 wrote.
RECORDED = """\
25570004|N/A|CANCELLED|c1|None|sonoplan-toy-single-aaaa0004
25570006|N/A|COMPLETING|c1|None|odd|name
25570005|0|FAILED|c1|NonZeroExitCode|sonoplan-toy-fail-aaaa0005
25570005|1|FAILED|c1|NonZeroExitCode|sonoplan-toy-fail-aaaa0005
25570001|2|PENDING||JobArrayTaskLimit|sonoplan-toy-one-aaaa0001
25570001|3|PENDING||JobArrayTaskLimit|sonoplan-toy-one-aaaa0001
25570002|0|PENDING||Dependency|sonoplan-toy-two-aaaa0002
25570007|0|PENDING||BeginTime|sonoplan-toy-req-aaaa0006
25570007|1|PENDING||job requeued in held state|sonoplan-toy-req-aaaa0006
25570001|5|PENDING||JobHeldAdmin|sonoplan-toy-one-aaaa0001
25570003|0|PENDING||JobHeldUser|sonoplan-toy-held-aaaa0003
25570009|0|PENDING||launch failed requeued held|sonoplan-toy-twice-aaaa0009
25570001|0|RUNNING|c1|None|sonoplan-toy-one-aaaa0001
25570001|1|RUNNING|c1|JobHeldAdmin|sonoplan-toy-one-aaaa0001
"""
ACCOUNTED = """\
25570004|CANCELLED by 0|sonoplan-toy-single-aaaa0004
25570006|CANCELLED by 0|odd|name
25570001_0|RUNNING|sonoplan-toy-one-aaaa0001
25570001_[2-4,6-8%2]|PENDING|sonoplan-toy-one-aaaa0001
25570005_0|FAILED|sonoplan-toy-fail-aaaa0005
25570005_1|COMPLETED|sonoplan-toy-fail-aaaa0005
25570008|COMPLETED|another-job-with-an-id-given-twice
"""


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "results" / "toy" / ".slurm")


@pytest.fixture
def submitted(ledger, monkeypatch):
    """Write an array of three elements into the ledger, the last of two tasks."""
    monkeypatch.setattr(queue, "_ACCOUNTING", Accounting())

    def write(job: str | None = "1001", token: str = "aaaa0001", **changes: object) -> Submitted:
        elements = (("t0",), ("t1",), ("t2", "t3"))
        given = {"stage": "one", "elements": elements, "profile": "p", "folder": "f", **changes}
        entry = Submitted(token, job, **given)
        ledger.write(entry)
        return entry

    return write


def in_slurm(slurm, ledger: Ledger, entry: Submitted, job: str = "1001", count: int = 3) -> None:
    in_queue.list_array(slurm, ledger, entry, job, count)


def by_task(found):
    return {task: place.standing for task, place in found.places.items()}


def reasons(found):
    return {task: place.reason for task, place in found.places.items()}


def test_a_recorded_queue_is_understood_line_by_line():
    lines = {(line.job[-2:], line.index): line for line in parse_queue(RECORDED)}
    assert {place: line.standing for place, line in lines.items()} == {
        ("04", 0): "ended",
        ("06", 0): "running",
        ("05", 0): "ended",
        ("05", 1): "ended",
        ("01", 2): "pending",
        ("01", 3): "pending",
        ("02", 0): "pending",
        ("07", 0): "pending",
        ("07", 1): "held",
        ("01", 5): "held",
        ("03", 0): "held",
        ("09", 0): "held",
        ("01", 0): "running",
        ("01", 1): "running",
    }
    assert (lines["06", 0].name, lines["06", 0].told) == ("odd|name", "ending")
    assert lines["05", 0].told == "FAILED, NonZeroExitCode"
    assert lines["09", 0].told == "launch failed requeued held"
    assert lines["01", 1].told == ""
    assert lines["01", 5].token == "aaaa0001"
    assert (lines["01", 0].node, lines["01", 0].reason) == ("c1", "")


def test_a_state_that_nobody_has_heard_of_is_unknown():
    (line,) = parse_queue("7|0|LEVITATING|c1|None|sonoplan-toy-one-aaaa0001\n")
    assert line.standing == "unknown"


def test_nobody_is_asked_where_nothing_was_submitted_or_all_is_done(slurm, ledger, submitted):
    assert look(ledger) == Look()
    submitted()
    assert look(ledger, done={"t0", "t1", "t2", "t3"}) == Look()
    assert slurm.calls("squeue") == []


def test_one_call_tells_of_every_array(slurm, ledger, submitted):
    for number in range(3):
        entry = submitted(f"100{number}", f"aaaa000{number}", elements=((f"t{number}",),))
        in_slurm(slurm, ledger, entry, f"100{number}", count=1)
    slurm.set_state("1001", "RUNNING")
    slurm.set_state("1002", "PENDING", reason="JobHeldUser")
    found = look(ledger)
    assert by_task(found) == {"t0": "pending", "t1": "running", "t2": "held"}
    assert reasons(found) == {"t0": "Priority", "t1": "", "t2": "JobHeldUser"}
    assert [found.places[t].element for t in ("t0", "t1", "t2")] == ["1000_0", "1001_0", "1002_0"]
    assert found.places["t1"].tell() == "job 1001_0 is running on c1"
    assert found.places["t2"].tell() == "job 1002_0 is held: JobHeldUser"
    assert len(slurm.calls("squeue")) == 1
    assert slurm.calls("sacct") == []


def test_tasks_packed_together_stand_alike(slurm, ledger, submitted):
    in_slurm(slurm, ledger, submitted())
    slurm.set_state("1001", "RUNNING", index=2)
    assert by_task(look(ledger)) == {
        "t0": "pending",
        "t1": "pending",
        "t2": "running",
        "t3": "running",
    }


def test_a_job_whose_id_is_not_known_is_found_by_its_name(slurm, ledger, submitted):
    in_slurm(slurm, ledger, submitted(job=None), "1234")
    found = look(ledger)
    assert found.places["t0"].job == "1234"
    assert by_task(found)["t0"] == "pending"


def test_a_job_of_the_same_id_and_another_name_is_somebody_elses(slurm, ledger, submitted):
    entry = submitted()
    in_slurm(slurm, ledger, submitted(job="9", token="bbbb0002", elements=(("x",),)), "1001")
    found = look(ledger, now=entry.submitted)
    assert by_task(found) == {
        "t0": "unknown",
        "t1": "unknown",
        "t2": "unknown",
        "t3": "unknown",
    } | {"x": "pending"}


def test_an_unlisted_job_is_unknown_for_a_while_then_its_tasks_are_to_do(slurm, ledger, submitted):
    entry = submitted()
    early = look(ledger, now=entry.submitted + UNKNOWN_SECONDS - 10)
    late = look(ledger, now=entry.submitted + UNKNOWN_SECONDS + 10)
    assert set(by_task(early).values()) == {"unknown"}
    assert early.places["t0"].tell() == "job 1001_0 is not listed"
    assert set(by_task(late).values()) == {"ended"}
    assert late.places["t0"].tell() == "its job 1001_0 left the queue without a record"


def test_a_job_that_was_in_the_queue_a_moment_ago_is_unknown_first(slurm, ledger, submitted):
    entry = submitted()
    in_slurm(slurm, ledger, entry)
    later = time.time() + 10 * UNKNOWN_SECONDS
    assert by_task(look(ledger, now=later))["t0"] == "pending"
    slurm.forget("1001")
    assert by_task(look(ledger, now=later + 60))["t0"] == "unknown"
    assert by_task(look(ledger, now=later + UNKNOWN_SECONDS + 60))["t0"] == "ended"


def test_an_element_that_left_while_its_array_is_listed_has_ended(slurm, ledger, submitted):
    in_slurm(slurm, ledger, submitted(), count=2)
    assert by_task(look(ledger)) == {"t0": "pending", "t1": "pending", "t2": "ended", "t3": "ended"}


def test_an_element_that_ended_says_how(slurm, ledger, submitted):
    in_slurm(slurm, ledger, submitted())
    slurm.set_state("1001", "FAILED", index=0, reason="NonZeroExitCode")
    place = look(ledger).places["t0"]
    assert place.tell() == (
        "its job 1001_0 left the queue without a record (FAILED, NonZeroExitCode)"
    )


def test_a_queue_that_cannot_be_asked_makes_tasks_unknown_never_failed(slurm, ledger, submitted):
    submitted()
    slurm.down()
    found = look(ledger, now=time.time() + 10 * UNKNOWN_SECONDS)
    assert set(by_task(found).values()) == {"unknown"}
    assert found.error
    assert "Unable to contact slurm controller" in found.error
    assert slurm.calls("sacct") == []


def test_without_slurm_all_in_the_ledger_is_unknown(ledger, submitted, monkeypatch, tmp_path):
    submitted()
    monkeypatch.setenv("PATH", str(tmp_path))
    found = look(ledger)
    assert by_task(found)["t0"] == "unknown"
    assert "not installed" in found.error


def test_an_array_that_was_cancelled_is_not_waited_for(slurm, ledger, submitted):
    submitted(cancelled=True)
    assert reasons(look(ledger))["t0"] == "cancelled"
    assert by_task(look(ledger))["t0"] == "ended"


def test_a_task_submitted_again_stands_where_it_is_now(slurm, ledger, submitted):
    submitted("1001", "aaaa0001", submitted=1.0)
    in_slurm(slurm, ledger, submitted("1002", "aaaa0002", submitted=time.time()), "1002")
    assert look(ledger).places["t0"].job == "1002"


def test_accounting_is_asked_once_for_what_is_unlisted(slurm, ledger, submitted):
    with slurm.edit() as state:
        state["accounting"] = True
    entry = submitted()
    in_slurm(slurm, ledger, entry)
    slurm.set_state("1001", "TIMEOUT")
    with slurm.edit() as state:  # squeue forgets a job minutes after its end; sacct does not
        state["jobs"]["1001"]["user"] = "nobody"
    for _ in range(3):
        assert look(ledger).places["t0"].tell().endswith("without a record (TIMEOUT)")
    assert len(slurm.calls("sacct")) == 1
    assert len(slurm.calls("squeue")) == 3


def test_accounting_that_does_not_work_is_not_asked_again(slurm, ledger, submitted):
    submitted()
    for _ in range(3):
        assert by_task(look(ledger))["t0"] == "unknown"
    assert len(slurm.calls("sacct")) == 1


def test_recorded_accounting_counts_for_jobs_of_the_expected_name_only():
    names = {
        "25570004": "sonoplan-toy-single-aaaa0004",
        "25570001": "sonoplan-toy-one-aaaa0001",
        "25570005": "sonoplan-toy-fail-aaaa0005",
        "25570008": "sonoplan-toy-one-aaaa0008",
    }
    assert parse_accounting(ACCOUNTED, names) == {
        ("sonoplan-toy-single-aaaa0004", 0): "CANCELLED",
        ("sonoplan-toy-fail-aaaa0005", 0): "FAILED",
        ("sonoplan-toy-fail-aaaa0005", 1): "COMPLETED",
    }


def test_a_damaged_entry_hides_no_other(slurm, ledger, submitted, caplog):
    in_slurm(slurm, ledger, submitted())
    (ledger.jobs / "bbbb0002.json").write_text("torn")
    with caplog.at_level(logging.WARNING):
        assert by_task(look(ledger))["t0"] == "pending"
    assert "passed over" in caplog.text

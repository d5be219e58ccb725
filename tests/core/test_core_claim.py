import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, replace

import pytest

from core import claim as claims
from core.claim import current_claim, take, this_process
from core.errors import ClaimLost
from core.heart import HEART

DEAD_SECONDS = claims.DEAD_AFTER_SECONDS + 1


def put(folder, owner, number=1):
    folder.mkdir(exist_ok=True)
    (folder / f"claim.{number}").write_text(json.dumps(asdict(owner)))
    return folder / f"claim.{number}"


def test_a_task_is_claimed_once(tmp_path):
    first = take(tmp_path / "task")
    assert first is not None
    assert first.alive()
    assert take(tmp_path / "task") is None


def test_a_claim_of_a_dead_process_is_taken_over(tmp_path):
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True
    )
    put(tmp_path / "t", replace(this_process(), pid=int(child.stdout), started="1"))
    claim = take(tmp_path / "t")
    assert claim is not None
    assert claim.number == 2


def test_a_pid_given_to_another_process_is_not_the_owner(tmp_path):
    put(tmp_path / "t", replace(this_process(), pid=os.getppid(), started="12"))
    assert not current_claim(tmp_path / "t").alive()


def test_a_machine_started_anew_has_no_old_owners(tmp_path):
    put(tmp_path / "t", replace(this_process(), boot="another boot"))
    assert not current_claim(tmp_path / "t").alive()


@pytest.mark.parametrize("elsewhere", [{"host": "far"}, {"space": "pid:[1]"}])
def test_owners_elsewhere_are_judged_by_their_heartbeat(tmp_path, elsewhere):
    path = put(tmp_path / "t", replace(this_process(), **elsewhere))
    assert current_claim(tmp_path / "t").alive()
    old = time.time() - DEAD_SECONDS
    os.utime(path, (old, old))
    assert not current_claim(tmp_path / "t").alive()


def test_a_claim_being_written_is_respected_for_a_while(tmp_path):
    path = tmp_path / "claim.1"
    path.touch()
    assert take(tmp_path) is None
    old = time.time() - claims.HEARTBEAT_SECONDS - 1
    os.utime(path, (old, old))
    assert take(tmp_path).number == 2


def test_of_many_takers_one_wins(tmp_path):
    put(tmp_path / "t", replace(this_process(), boot="another boot"))
    code = (
        "import sys; from pathlib import Path; from core.claim import take\n"
        "sys.stdin.readline(); won = take(Path(sys.argv[1])) is not None\n"
        "print(int(won), flush=True)\n"
        "sys.stdin.readline()"  # stay alive until all have tried
    )
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "t")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for step in ("go", "end"):
        for taker in takers:
            taker.stdin.write(f"{step}\n")
            taker.stdin.flush()
        if step == "go":
            won = [int(taker.stdout.readline()) for taker in takers]
    for taker in takers:
        taker.communicate()
    assert sum(won) == 1


def test_an_owner_that_was_overtaken_is_told(tmp_path):
    mine = take(tmp_path / "t")
    put(tmp_path / "t", this_process(), number=2)
    with pytest.raises(ClaimLost, match="taken over"):
        mine.check()


def test_an_owner_whose_number_was_given_again_is_told(tmp_path):
    mine = take(tmp_path / "t")
    put(tmp_path / "t", replace(this_process(), pid=1, started="0"))
    with pytest.raises(ClaimLost, match="taken over"):
        mine.check()


def test_the_heart_keeps_a_claim_alive_and_writes_progress(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "HEARTBEAT_SECONDS", 0.5)
    claim = take(tmp_path / "t")
    old = time.time() - 1000
    os.utime(claim.path, (old, old))
    HEART.beat_for(claim)
    HEART.tell({"done": 1, "total": 2, "shown": {}})
    deadline = time.time() + 10
    progress = tmp_path / "t" / "progress.json"
    while time.time() < deadline and not (
        progress.exists() and claim.path.stat().st_mtime > old + 1
    ):
        time.sleep(0.05)
    HEART.beat_for(None)
    assert claim.path.stat().st_mtime > old + 1
    assert json.loads(progress.read_text())["done"] == 1

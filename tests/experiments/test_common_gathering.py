"""Arrays of many files: joined in order, kept over a kill, all bad files in one message."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from core import Output
from core.errors import DataError, Stopped
from core.stop import STOP
from experiments.common import gathering
from experiments.common.gathering import gather, share_of

PATHS = [Path(f"{i}.wav") for i in range(7)]


def analyse(path):
    """As many rows as the file's number, and always two of another array."""
    number = int(path.stem)
    return {"a": np.full((number, 3), number, np.float32), "b": np.arange(2) + number}


@pytest.fixture(autouse=True)
def _two_at_a_time(monkeypatch):
    monkeypatch.setattr(gathering, "SOUNDS", 2)


def attempt(folder, analyse, threads=1, told=None):
    """Run one attempt; what an earlier one in the same folder has left is there."""
    (folder / "record").mkdir(exist_ok=True)
    output = Output(folder / "record", folder, None if told is None else told.append)
    counts = gather(PATHS, analyse, output, threads)
    output.finish()
    return counts, {name: np.load(folder / "record" / f"{name}.npy") for name in counts}


def test_rows_of_all_files_are_joined_in_order(tmp_path):
    told = []
    counts, arrays = attempt(tmp_path, analyse, threads=3, told=told)
    assert counts["a"].tolist() == list(range(7))
    assert counts["b"].tolist() == [2] * 7
    assert arrays["a"].shape == (21, 3)
    assert arrays["a"].dtype == np.float32
    assert arrays["a"][:, 0].tolist() == [i for i in range(7) for _ in range(i)]
    assert arrays["b"].tolist() == [i + j for i in range(7) for j in range(2)]
    assert [(event["done"], event["total"]) for event in told] == [(n, 7) for n in (2, 4, 6, 7)]


def test_several_threads_analyse(tmp_path):
    together = threading.Barrier(2, timeout=20)

    def met(path):
        if path.stem != "6":  # it is alone
            together.wait()
        return analyse(path)

    attempt(tmp_path, met, threads=2)


def test_what_was_done_before_a_kill_is_not_done_again(tmp_path):
    seen = []

    def killed(path):
        if path.stem == "5":
            raise KeyboardInterrupt
        return analyse(path)

    def counted(path):
        seen.append(path.stem)
        return analyse(path)

    with pytest.raises(KeyboardInterrupt):
        attempt(tmp_path, killed)
    _, arrays = attempt(tmp_path, counted)
    assert seen == ["4", "5", "6"]
    assert arrays["a"][:, 0].tolist() == [i for i in range(7) for _ in range(i)]


def test_what_was_written_and_not_saved_before_a_kill_is_overwritten(tmp_path):
    def killed(path):
        if path.stem == "5":
            raise KeyboardInterrupt
        return analyse(path)

    with pytest.raises(KeyboardInterrupt):
        attempt(tmp_path, killed)
    with (tmp_path / "checkpoint" / "a.npy").open("ab") as file:
        file.write(b"half a row" * 1000)
    _, arrays = attempt(tmp_path, analyse)
    assert arrays["a"][:, 0].tolist() == [i for i in range(7) for _ in range(i)]


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: os.truncate(path, 9)])
def test_what_is_lost_is_analysed_again(tmp_path, damage):
    with pytest.raises(DataError):
        attempt(tmp_path, bad("6"))
    damage(tmp_path / "checkpoint" / "a.npy")
    seen = []
    _, arrays = attempt(tmp_path, lambda path: seen.append(path.stem) or analyse(path))
    assert seen == list("0123456")
    assert len(arrays["a"]) == 21


def test_arrays_of_other_files_are_not_gone_on_with(tmp_path):
    with pytest.raises(DataError):
        attempt(tmp_path, bad("6"))
    other = [Path(f"{i}.wav") for i in (3, 1)]
    output = Output(tmp_path / "record", tmp_path)
    assert gather(other, analyse, output, 1)["a"].tolist() == [3, 1]
    output.finish()
    assert np.load(tmp_path / "record" / "a.npy")[:, 0].tolist() == [3, 3, 3, 1]


def bad(*stems):
    """Analyse all but these."""

    def analyse_some(path):
        if path.stem in stems:
            raise DataError(f"{path} cannot be read")
        return analyse(path)

    return analyse_some


def test_all_bad_files_are_named_and_what_is_before_them_kept(tmp_path, caplog):
    with pytest.raises(DataError, match=r"^2\.wav cannot be read; 5\.wav cannot be read$"):
        attempt(tmp_path, bad("2", "5"))
    assert [record.message for record in caplog.records] == [
        "2.wav cannot be read",
        "5.wav cannot be read",
    ]
    seen = []
    attempt(tmp_path, lambda path: seen.append(path.stem) or analyse(path))
    assert seen == list("23456")


def test_stops_when_asked(tmp_path, monkeypatch):
    seen = []

    def asked(path):
        monkeypatch.setattr(STOP, "asked", True)
        seen.append(path.stem)
        return analyse(path)

    with pytest.raises(Stopped, match=r"2 of 7 are analysed"):
        attempt(tmp_path, asked)
    monkeypatch.setattr(STOP, "asked", False)
    attempt(tmp_path, lambda path: seen.append(path.stem) or analyse(path))
    assert seen == list("0123456")


def test_shares_differ_by_one_file_at_most():
    shares = [share_of(range(10), i, 4) for i in range(4)]
    assert [list(share) for share in shares] == [[0, 1], [2, 3, 4], [5, 6], [7, 8, 9]]
    with pytest.raises(DataError, match=r"3 sounds cannot be divided into 4 shares; take fewer"):
        share_of(range(3), 0, 4)
    with pytest.raises(DataError, match="there is nothing to prepare"):
        share_of([], 0, 1)

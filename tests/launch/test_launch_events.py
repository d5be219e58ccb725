from pathlib import Path

import pytest
from tensorboardX.proto.event_pb2 import Event

from launch import events
from launch.events import EventFile


def read(folder: Path) -> list[tuple[str, float, int]]:
    """Read the scalars of an event file: each record has its length, a CRC, data, a CRC."""
    (file,) = folder.glob("events.out.tfevents.*")
    content, found = file.read_bytes(), []
    while content:
        size = int.from_bytes(content[:8], "little")
        event = Event.FromString(content[12 : 12 + size])
        found += [(value.tag, value.simple_value, event.step) for value in event.summary.value]
        content = content[16 + size :]
    return found


def test_scalars_are_read_back_by_name_and_step(tmp_path):
    file = EventFile(tmp_path / "events")
    file.add_scalar("loss", 0.5, 0)
    file.add_scalar("loss", 0.25, 1)
    file.close()
    assert read(tmp_path / "events") == [("loss", 0.5, 0), ("loss", 0.25, 1)]


def test_what_is_written_is_seen_while_the_task_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(events, "FLUSH_SECONDS", 0.0)
    file = EventFile(tmp_path)
    file.add_scalar("loss", 0.5, 0)
    assert read(tmp_path) == [("loss", 0.5, 0)]
    file.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk without room")
def test_a_full_disk_is_an_error_and_no_endless_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(events, "FLUSH_SECONDS", 0.0)
    file = EventFile(tmp_path)
    file.close()
    with Path("/dev/full").open("wb") as full:
        file._file._py_recordio_writer._writer = full
        with pytest.raises(OSError, match="No space left"):
            file.add_scalar("loss", 0.5, 0)
        with pytest.raises(OSError, match="No space left"):
            full.flush()
        full.raw.close()

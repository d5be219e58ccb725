"""TensorBoard's event files."""

import time
from pathlib import Path

FLUSH_SECONDS = 10.0  # TensorBoard shows a training while it runs


class EventFile:
    """Writes scalars where the task runs.

    tensorboardX's own SummaryWriter does it in a thread, which a full disk ends: the training then
    waits for it without an end. Here the disk's error fails the task.
    """

    def __init__(self, folder: Path) -> None:
        from tensorboardX.event_file_writer import EventsWriter  # only tasks that log pay for it

        folder.mkdir(parents=True, exist_ok=True)
        self._file = EventsWriter(str(folder / "events"))
        self._flushed = time.monotonic()

    def add_scalar(self, name: str, value: float, step: int) -> None:
        """Take one value; raises OSError where the disk does not."""
        from tensorboardX.proto.event_pb2 import Event
        from tensorboardX.summary import scalar

        summary = scalar(name, value)
        self._file.write_event(Event(wall_time=time.time(), step=step, summary=summary))
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self._file.flush()
            self._flushed = time.monotonic()

    def close(self) -> None:
        """Finish the file; raises OSError where the disk does not take the rest."""
        self._file.close()

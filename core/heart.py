"""The heartbeat of this process: keeps its claim alive, and its progress on disk."""

import json
import os
import threading
import time

from core import claim as claims
from core.claim import Claim
from core.durable import replace_text
from core.store import PROGRESS_FILE


class Heart:
    """Keeps the current claim of this process alive and its progress on disk, in one thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claim: Claim | None = None
        self._progress: dict[str, object] | None = None
        self._first: dict[str, object] = {}
        self._thread: threading.Thread | None = None
        self._pid = 0

    def beat_for(self, claim: Claim | None) -> None:
        """Keep this claim alive from now on; None for no claim."""
        with self._lock:
            self._claim = claim
            self._progress = None
            self._first = {}
            if self._pid != os.getpid():  # a fork does not take the thread along
                self._pid = os.getpid()
                self._thread = threading.Thread(target=self._run, daemon=True, name="heartbeat")
                self._thread.start()

    def tell(self, progress: dict[str, object]) -> None:
        """Note how far the task is; written within a second.

        Beside it stands what was told first, so that a reader knows how fast the task goes: one
        that continues from a checkpoint does not begin at 0.
        """
        now = time.time()
        self._first = self._first or {"first": progress["done"], "began": now}
        self._progress = {**progress, **self._first, "time": now}

    def _run(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(1.0)
            with self._lock:
                if self._claim is None:
                    continue
                self._write_progress(self._claim)
                if time.monotonic() - last >= claims.HEARTBEAT_SECONDS:
                    last = time.monotonic()
                    self._touch(self._claim)

    def _write_progress(self, claim: Claim) -> None:
        progress, self._progress = self._progress, None
        if progress is None:
            return
        try:
            replace_text(claim.path.parent / PROGRESS_FILE, json.dumps(progress))
        except OSError:
            return  # a full disk stops the display of progress, not the task

    @staticmethod
    def _touch(claim: Claim) -> None:
        try:
            os.utime(claim.path)
        except OSError:
            return  # taken over or removed: noticed when the task finishes


HEART = Heart()

"""A registered checkpoint whose file a server on this machine gives."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from core import download
from local_server import Site, serving
from reference_models import CHECKPOINTS


@contextmanager
def served(name: str, content: bytes, patch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve this content as the file of a checkpoint; the registry says what it must be."""
    patch.setattr(download, "PAUSES_SECONDS", (0.01,))
    patch.setenv("no_proxy", "*")
    with serving(content) as site:
        sha256 = hashlib.sha256(content).hexdigest()
        local = replace(CHECKPOINTS[name], url=site.url, bytes=len(content), sha256=sha256)
        patch.setitem(CHECKPOINTS, name, local)
        yield site

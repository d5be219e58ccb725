"""Registered checkpoints with other contents: given by a server on this machine, or in place."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import pann
from core import download
from local_server import Site, serving
from pann.weights import FRONT_END
from reference_models import CHECKPOINTS


@contextmanager
def served(name: str, content: bytes, patch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve this content as the file of a checkpoint; the registry says what it must be."""
    patch.setattr(download, "PAUSES_SECONDS", (0.01,))
    patch.setenv("no_proxy", "*")
    with serving(content) as site:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        local = replace(CHECKPOINTS[name], url=site.url, bytes=len(content), digest=digest)
        patch.setitem(CHECKPOINTS, name, local)
        yield site


def placed(name: str, content: bytes, folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Put this content into a folder as the file of a checkpoint; the registry agrees."""
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    local = replace(CHECKPOINTS[name], bytes=len(content), digest=digest)
    patch.setitem(CHECKPOINTS, name, local)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / local.file).write_bytes(content)
    return folder / local.file


def published_pann(name: str, highest: int = 0) -> bytes:
    """A whole checkpoint of a PANN at full size, every number the same, so that the file is small.

    Its scores do not depend on the sound: class `highest` has one above 0.5, the others 0.5.
    """
    with torch.device("meta"):
        state = pann.tagger(name).state_dict()
    kinds = {entry.removeprefix("trunk."): value for entry, value in state.items()}
    whole = {
        entry: torch.zeros((), dtype=value.dtype).expand(value.shape)
        for entry, value in kinds.items()
    }
    bias = torch.zeros(527)
    bias[highest] = 2.0
    front_end = {entry: torch.zeros(1) for entry in FRONT_END}
    buffer = io.BytesIO()
    torch.save({"model": {**front_end, **whole, "fc_audioset.bias": bias}}, buffer)
    return buffer.getvalue()

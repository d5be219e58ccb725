"""Which pretrained checkpoints are here, by their sizes: hashes of all would take a while."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from rich.filesize import decimal

from launch.doctor.check import Check
from reference_models import CHECKPOINTS, presence


def checks(folder: Path) -> Iterator[Check]:
    """Look at every checkpoint that is known."""
    found = {c: presence(c, folder) for c in CHECKPOINTS.values()}
    if here := [c.name for c, standing in found.items() if standing.state == "here"]:
        yield Check("here", "ok", ", ".join(here))
    for checkpoint, standing in found.items():
        fetch = f"sonoplan models {checkpoint.name}"
        if standing.state == "partial":
            yield Check(checkpoint.name, "missing", f"{decimal(standing.bytes)} of it", fetch)
        if standing.state == "wrong":
            path = folder / checkpoint.file
            told = f"{path}: {standing.fault}"
            yield Check(checkpoint.name, "problem", told, f"rm {quote(str(path))} && {fetch}")
    if absent := [c.name for c, standing in found.items() if standing.state == "absent"]:
        yield Check("absent", "missing", ", ".join(absent), "sonoplan models NAME")

"""The published checkpoints that Sonoplan knows, each with what it must be to the last bit."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from core.errors import UnknownName

_PANNS = (
    "Q. Kong, Y. Cao, T. Iqbal, Y. Wang, W. Wang and M. D. Plumbley, PANNs: Large-Scale Pretrained "
    "Audio Neural Networks for Audio Pattern Recognition, IEEE/ACM Transactions on Audio, Speech, "
    "and Language Processing 28, 2880-2894, 2020; weights: Zenodo, doi 10.5281/zenodo.3987831"
)


@dataclass(frozen=True)
class Checkpoint:
    """A file of trained weights, as it was published."""

    name: str
    file: str
    url: str
    bytes: int
    sha256: str
    licence: str
    citation: str
    about: str


def _pann(name: str, score: str, size: int, sha256: str) -> Checkpoint:
    """Describe a PANN of Zenodo record 3987831; the score is the file's mAP on AudioSet."""
    file = f"{name.capitalize()}_mAP={score}.pth"
    return Checkpoint(
        name=f"pann_{name}",
        file=file,
        url=f"https://zenodo.org/records/3987831/files/{quote(file)}?download=1",
        bytes=size,
        sha256=sha256,
        licence="CC BY 4.0",
        citation=_PANNS,
        about=f"{name.upper()} trained to tag AudioSet, mAP {score}",
    )


CHECKPOINTS: Mapping[str, Checkpoint] = {
    checkpoint.name: checkpoint
    for checkpoint in (
        _pann(
            "cnn6",
            "0.343",
            23_698_321,
            "8a17541944f2623a2a0164e072ac2f915dcedca99968083cc44bfbc7eb682275",
        ),
        _pann(
            "cnn10",
            "0.380",
            25_237_595,
            "5240bdc47444e331bbeb54fd741d2b3f933a4526e84b0c17bf3593df94b13962",
        ),
        _pann(
            "cnn14",
            "0.431",
            327_428_481,
            "0dc499e40e9761ef5ea061ffc77697697f277f6a960894903df3ada000e34b31",
        ),
    )
}
"""Checkpoints by name."""


def find(name: str) -> Checkpoint:
    """Find a checkpoint; raises UnknownName with the nearest match."""
    if name not in CHECKPOINTS:
        raise UnknownName("checkpoint", name, CHECKPOINTS)
    return CHECKPOINTS[name]

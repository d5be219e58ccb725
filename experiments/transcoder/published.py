"""Transcoders as published: their weights are read from a file, and fit entirely or not at all."""

from hashlib import file_digest
from pathlib import Path

from core.errors import DataError
from experiments.common.weights import fit_state, read_state
from experiments.transcoder.networks import CnnTranscoder
from experiments.transcoder.pinv import Pinv

KERNEL_SIZE, LAYERS, DILATION, CHANNELS = 5, 5, 1, 64
_NAMED = (
    "classifier={}+dataset=full+dilation=1+epoch=200+kernel_size=5+learning_rate=-3"
    "+nb_channels=64+nb_layers=5+{}step=train+transcoder=cnn_pinv+ts={}_model"
)
FILES = {
    ("PANN", 0): _NAMED.format("PANN", "", 0),
    ("PANN", 1): _NAMED.format("PANN", "prop_logit=100+", 1),
    ("YamNet", 1): _NAMED.format("YamNet", "prop_logit=100+", 1),
}
"""Names of the published files by classifier and `ts`: 0 trained on mels, 1 on scores."""
DIGESTS = {
    ("PANN", 0): "719247dcf29d21f31492c7b1578aff5bf7e540b6c7c38d5061c57737b7628961",
    ("PANN", 1): "1fcb3c3cb18dac94e8c7788f3522a15879180881a1eb9f14760ce93d43f47a39",
    ("YamNet", 1): "2789d06f9fa38bb86f3693a17b2cf2a93b797bc4d655d535dbed1bf45ec32710",
}
"""Their sha256."""


def find_published(models: Path, classifier: str, ts: int) -> Path:
    """Find a published file in the folder of models; nobody may hand it on, so none is fetched.

    Raises DataError where there is none of this kind, it is not there, or it is another file.
    """
    if (classifier, ts) not in FILES:
        known = ", ".join(f"classifier={name}+ts={kind}" for name, kind in FILES)
        raise DataError(
            f"no transcoder was published for classifier={classifier}+ts={ts}; known: {known}"
        )
    path = models / FILES[classifier, ts]
    if not path.exists():
        raise DataError(
            f"{path} is not there; take it from the authors' repository, "
            "modantailleur/paperSpectralTranscoder, whose files may not be handed on"
        )
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != DIGESTS[classifier, ts]:
        raise DataError(f"{path} is not the file that was published: its sha256 is {found}")
    return path


def load_published(path: Path, classifier: str) -> CnnTranscoder:
    """Load a published transcoder for PANN or YamNet, in eval mode (Tailleur et al., DCASE 2023).

    It has 5 layers of 64 channels, 186,497 parameters, over the PINV it was trained with, which
    sums powers. The file does not tell its classifier: its name does.

    Raises
    ------
    DataError
        The file is damaged, or does not have exactly the ten entries of this network.
    UnknownName
        There is no such classifier.
    """
    pinv = Pinv(classifier, "power")
    transcoder = CnnTranscoder(pinv, KERNEL_SIZE, LAYERS, DILATION, CHANNELS)
    fit_state(transcoder, read_state(path), path, "is no published transcoder")
    return transcoder.eval()

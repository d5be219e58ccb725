"""The corpora on which sounds are classified, by the names that a plan gives them."""

from collections.abc import Mapping
from pathlib import Path

from core.errors import UnknownName
from experiments.transcoder import sonyc, urbansound8k
from experiments.transcoder.clips import Target
from experiments.transcoder.sonyc_labels import Unlabelled

URBAN_SOUND_8K = urbansound8k.RECORD.dataset
SONYC_UST = sonyc.RECORD.dataset

CORPORA: Mapping[str, str] = {
    "synthetic-urbansound8k": URBAN_SOUND_8K,
    "synthetic-sonyc": SONYC_UST,
    URBAN_SOUND_8K: URBAN_SOUND_8K,
    f"{URBAN_SOUND_8K}-part": URBAN_SOUND_8K,
    SONYC_UST: SONYC_UST,
    f"{SONYC_UST}-part": SONYC_UST,
}
"""Which corpus, URBAN-SOUND-8K or SONYC-UST, a target is, a part of, or made after."""


def load_target(target: str, folder: Path, unlabelled: Unlabelled = "absent") -> Target:
    """Read a target from its folder; only what is named as the whole corpus must be whole.

    `unlabelled` is for SONYC-UST, see `experiments.transcoder.sonyc.load`.
    Raises UnknownName for another target, and DataError for a damaged corpus.
    """
    if target not in CORPORA:
        raise UnknownName("target", target, CORPORA)
    part = target != CORPORA[target]
    if CORPORA[target] == SONYC_UST:
        return sonyc.load(folder, part, unlabelled)
    return urbansound8k.load(folder, part)

"""The corpora of captioned clips, by the names that a plan gives them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from core import Inputs
from core.errors import UnknownName
from experiments.retrieval import audiocaps, clotho
from experiments.retrieval.captioned import Clips

LOADERS: Mapping[str, Callable[[Path], Clips]] = {
    **{dataset: partial(clotho.load, dataset=dataset) for dataset in clotho.DEMANDS},
    "clotho-captions": clotho.load_captions,
    "audiocaps": audiocaps.load,
    "audiocaps-part": partial(audiocaps.load, part=True),
}
"""What reads the clips of each corpus."""


def load(dataset: str, inputs: Inputs) -> Clips:
    """Read the clips of a corpus: a synthetic one from the stage `corpus`, else the user's.

    Raises UnknownName for another corpus, and DataError for whatever is wrong with this one.
    """
    if dataset not in LOADERS:
        raise UnknownName("corpus of captioned clips", dataset, LOADERS)
    folder = inputs["corpus"].folder if "corpus" in inputs else inputs.data
    assert folder is not None, "the stage declares its data"
    return LOADERS[dataset](folder)

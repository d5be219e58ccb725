"""The stage that ranks clips for captions and captions for clips, and scores the rankings."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import torch

from core import Inputs, Output, Record, Setting
from core.errors import DataError
from experiments.retrieval.intervals import half_width
from experiments.retrieval.material import load_part
from experiments.retrieval.metrics import both_directions
from experiments.retrieval.network import Network, load_network
from experiments.retrieval.oracle import caption_oracle
from experiments.retrieval.relevance import Array
from experiments.retrieval.submission import DEPTH, write_submission
from experiments.retrieval.validation import encode

PREFIXES = {"evaluation": "", "validation": "validation_"}
SUBMISSION = "submission.csv"


class Split(NamedTuple):
    """The captions of a split and the clips that they describe.

    Attributes
    ----------
    captions, clips:
        Their positions among those of all splits.
    clip:
        (captions,) the clip of each caption, as a position in `clips`.
    """

    captions: Array
    clips: Array
    clip: Array


def evaluate(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Rank and score the evaluation split by the trained network or, without one, by the oracle.

    Arrays of captions: `caption`, positions among those of all splits, `clip`, the position of
    their clip among those of the split; `t2a_top` (n, 16), the clips ranked best, and scores
    `t2a_ap10`, `t2a_ap16`, `t2a_r1`, `t2a_r5`, `t2a_r10`, see `metrics.measure`. Arrays of clips:
    `fname`, `a2t_top` and others. Beside each score the half-width of the 95 % interval of its
    mean, clustered by clip: `t2a_ap10_half`, …, see `intervals.half_width`. Of a network also the
    vectors that were compared, `caption_vector` and `clip_vector`. The same of the validation
    split, `validation_` before each name.

    `submission.csv` has the ten best clips for each caption of the evaluation split, in the form
    of the challenge, unless the split has fewer clips.
    """
    torch.set_num_threads(inputs.threads)
    network = None
    if "training" in inputs:
        network = load_network(setting, inputs["training"], inputs.device)
    for done, (split, prefix) in enumerate(PREFIXES.items(), start=1):
        chosen = _split(inputs["captions"], split)
        found = _by_network(network, inputs, split) if network else _by_oracle(inputs, chosen)
        found |= dict(_half_widths(found, chosen.clip))
        found |= {"caption": chosen.captions, "clip": chosen.clip}
        found["fname"] = inputs["captions"]["fname"][chosen.clips]
        for name, values in found.items():
            output[prefix + name] = values
        if split == "evaluation" and len(chosen.clips) >= DEPTH:
            texts = inputs["captions"]["text"][chosen.captions].tolist()
            names = found["fname"][found["t2a_top"][:, :DEPTH]].tolist()
            write_submission(output.folder / SUBMISSION, texts, names)
        output.progress(done, len(PREFIXES))


def _split(captions: Record, split: str) -> Split:
    """Find the captions and clips of a split; raises DataError where it has none."""
    clip = captions["clip"]
    mine = np.flatnonzero(captions["split"][clip] == split)
    if not len(mine):
        raise DataError(f"the split {split} has no caption; {' and '.join(PREFIXES)} are scored")
    return Split(mine, *np.unique(clip[mine], return_inverse=True))


def _by_network(network: Network, inputs: Inputs, split: str) -> dict[str, Array]:
    part = load_part(inputs, split)
    vectors = encode(network, part)
    found = both_directions(vectors.captions, vectors.clips, part.clip.numpy())
    named = {"caption_vector": vectors.captions, "clip_vector": vectors.clips}
    return found | {name: values.numpy() for name, values in named.items()}


def _by_oracle(inputs: Inputs, split: Split) -> dict[str, Array]:
    embeddings = torch.from_numpy(inputs["embeddings"]["embedding"][split.captions])
    return caption_oracle(embeddings.to(inputs.device), split.clip)


def _half_widths(found: Mapping[str, Array], clip: Array) -> Iterator[tuple[str, Array]]:
    for name, values in found.items():
        direction, _, measured = name.partition("_")
        if direction in ("t2a", "a2t") and measured != "top":
            cluster = clip if direction == "t2a" else np.arange(len(values))
            yield f"{name}_half", np.array(half_width(values, cluster))

"""How well a network in training finds the clips of a split."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from experiments.retrieval.material import Part
from experiments.retrieval.metrics import measure, products, top_items
from experiments.retrieval.network import Network, encode_clips, encode_texts
from experiments.retrieval.relevance import relevance


class Vectors(NamedTuple):
    """Unit vectors of the clips (n, 300) and the captions (m, 300) of a split, on the CPU."""

    clips: Tensor
    captions: Tensor


def encode(network: Network, part: Part) -> Vectors:
    """Encode a split as it is scored, everything once; the network goes into evaluation mode."""
    clips = encode_clips(network, part.clips, part.rows)
    captions = encode_texts(network, part.embeddings.cpu().numpy())
    return Vectors(torch.from_numpy(clips), torch.from_numpy(captions))


def mean_ap10(vectors: Vectors, part: Part) -> float:
    """Give the mAP@10 of clips ranked for captions."""
    top = top_items(products(vectors.captions, vectors.clips))
    queries = len(part.clip)
    relevant = relevance(np.arange(queries), part.clip.numpy(), queries, len(part.rows))
    return float(measure(top, relevant)["ap10"].mean())

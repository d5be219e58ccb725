"""How well a ranking answers queries: mean average precision and recall, at a few depths.

Items are ranked by falling score. Of equal scores, that of the item that stands first among the
items, in the corpus's own order, is ranked first.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor

from core.errors import DataError
from experiments.retrieval.relevance import Array, Relevance, relevance

DEPTH = 16  # of the rankings that are kept: mAP@16 is the challenge's since 2025
AP_DEPTHS = (10, 16)
RECALL_DEPTHS = (1, 5, 10)
SCORES = 1 << 22  # in memory at once: the train split has 74 million


def both_directions(captions: Tensor, clips: Tensor, clip: Array) -> dict[str, Array]:
    """Rank clips for captions (n, d) and captions for clips (m, d) by their dot product.

    `clip` (n,) says which clip each caption describes. Arrays: see `directions`. Raises DataError
    where a vector is not finite.
    """
    if not (captions.isfinite().all() and clips.isfinite().all()):
        raise DataError(
            "vectors of captions or clips are not finite and cannot be ranked; train again, with "
            "a lower lr or precision=float32"
        )
    forward, back = products(captions, clips), products(clips, captions)
    return directions(top_items(forward), top_items(back), clip)


def directions(clips_found: Array, captions_found: Array, clip: Array) -> dict[str, Array]:
    """Measure the rankings of both directions.

    Arrays of captions: `t2a_top` (n, 16), the ranked clips, and `t2a_ap10` and others, see
    `measure`; of clips, `a2t_top` and others.
    """
    forward = relevance(np.arange(len(clip)), clip, len(clip), len(captions_found))
    found = {"t2a_top": clips_found, "a2t_top": captions_found}
    found |= {f"t2a_{name}": v for name, v in measure(clips_found, forward).items()}
    found |= {f"a2t_{name}": v for name, v in measure(captions_found, forward.reversed()).items()}
    return found


def measure(top: Array, relevant: Relevance) -> dict[str, Array]:
    """Score the ranked items `top` (queries, depth), best first: `ap10`, …, `r1`, …, (queries,).

    Of n relevant items, r<K> is the share that is among the first K, and ap<K> is the sum over
    the relevant ones among the first K of the precision up to each, divided by n. So a clip with
    five captions reaches an r1 of 0.2 at most. Depths beyond that of the ranking are left out,
    unless it holds all items.
    """
    hits = relevant.hits(top)
    counts = relevant.counts
    known = AP_DEPTHS[-1] if top.shape[1] >= relevant.items else top.shape[1]
    precise = {f"ap{k}": average_precision(hits, counts, k) for k in AP_DEPTHS if k <= known}
    return precise | {f"r{k}": recall(hits, counts, k) for k in RECALL_DEPTHS if k <= known}


def average_precision(hits: Array, counts: Array, depth: int) -> Array:
    """Give AP@depth of hits (queries, ranks) where counts (queries,) items are relevant."""
    hits = hits[:, :depth]
    precision = hits.cumsum(1) / np.arange(1, hits.shape[1] + 1)
    average: Array = (hits * precision).sum(1) / counts
    return average


def recall(hits: Array, counts: Array, depth: int) -> Array:
    """Give R@depth of hits (queries, ranks) where counts (queries,) items are relevant."""
    share: Array = hits[:, :depth].sum(1) / counts
    return share


def products(queries: Tensor, items: Tensor) -> Iterator[Tensor]:
    """Give the dot products of queries (n, d) with items (m, d), (rows, m), some rows at a time."""
    for part in torch.split(queries, rows_at_once(len(items))):
        yield part @ items.T


def rows_at_once(items: int) -> int:
    """Tell for how many queries scores fit in memory at once."""
    return max(1, SCORES // items)


def top_items(blocks: Iterable[Tensor], depth: int = DEPTH) -> Array:
    """Give the best items, best first, (queries, depth), of blocks of scores (rows, items).

    There are as many as there are items where these are fewer. Scores are finite.
    """
    return np.concatenate([_top(block, depth).cpu().numpy() for block in blocks])


def _top(scores: Tensor, depth: int) -> Tensor:
    """Give the places of the highest scores of each row; of equal ones the first."""
    items = scores.shape[1]
    if items <= depth:
        return _ranked(scores)
    # topk gives any of equal scores. One more than asked for tells where that makes a difference.
    values, places = scores.topk(depth + 1)
    places, order = places.sort()
    top = places.gather(1, _ranked(values.gather(1, order)))[:, :depth]
    tied = torch.nonzero(values[:, -2] == values[:, -1])[:, 0]
    if len(tied):
        top[tied] = _ranked(scores[tied])[:, :depth]
    return top


def _ranked(scores: Tensor) -> Tensor:
    return scores.argsort(descending=True, stable=True)

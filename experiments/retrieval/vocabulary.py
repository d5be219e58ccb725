"""Statistics of the words of captions."""

from collections import Counter
from collections.abc import Sequence

from experiments.retrieval.captioned import SPLITS, Clips


def count_words(clips: Clips) -> dict[str, object]:
    """Count words and different words, `types`, of all captions and by split.

    Words are what whitespace separates in the plain captions, lower case without punctuation.
    Of each split there are also `clips`, `captions`, how many of these are `repeated` (the plain
    ones, beyond the first), and the `shortest`, `longest` and `mean` number of words of one.
    """
    found = {split: [clip for clip in clips if clip.split == split] for split in SPLITS}
    captions = {
        split: [caption.plain for clip in some for caption in clip.captions]
        for split, some in found.items()
    }
    return {
        "types": len(
            {word for some in captions.values() for text in some for word in text.split()}
        ),
        "splits": {
            split: {"clips": len(found[split]), **_statistics(captions[split])}
            for split in SPLITS
            if captions[split]
        },
    }


def _statistics(captions: Sequence[str]) -> dict[str, float]:
    """Count what is in some captions, at least one."""
    words = [text.split() for text in captions]
    bag = Counter(word for some in words for word in some)
    sizes = [len(some) for some in words]
    return {
        "captions": len(captions),
        "repeated": len(captions) - len(set(captions)),
        "words": bag.total(),
        "types": len(bag),
        "shortest": min(sizes),
        "longest": max(sizes),
        "mean": bag.total() / len(captions),
    }

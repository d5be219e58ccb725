"""Captions tell contents: in different words, and never two contents in the same ones."""

from itertools import chain

import numpy as np
import pytest

from experiments.retrieval.synthetic_captions import (
    MANNERS,
    PATTERNS,
    SOURCES,
    Phrases,
    describe,
)
from experiments.retrieval.synthetic_contents import (
    ALONE,
    RELATIONS,
    THEN,
    WHILE,
    Content,
    Sound,
    draw_content,
)
from experiments.retrieval.synthetic_manners import MANNERS as HEARD
from experiments.retrieval.synthetic_textures import TEXTURES


@pytest.fixture(scope="module")
def described():
    """Contents and their captions."""
    rng = np.random.default_rng(0)
    drawn = [draw_content(rng) for _ in range(3000)]
    return [(content, describe(rng, content)) for content in drawn]


def words(caption):
    return caption.lower().rstrip(".").replace(",", "").split()


def test_all_that_is_heard_can_be_told():
    assert set(SOURCES) == set(TEXTURES)
    assert set(MANNERS) == set(HEARD)
    assert set(PATTERNS) == set(RELATIONS)


def test_every_clip_has_five_different_captions(described):
    assert all(len(set(captions)) == 5 == len(captions) for _, captions in described)


def test_no_caption_is_of_two_contents(described):
    told = {}
    for content, captions in described:
        for caption in captions:
            assert told.setdefault(tuple(words(caption)), content) == content, caption
    assert len(set(told.values())) > 1500


def test_no_phrase_is_of_two_sources_or_manners():
    for phrases in (
        [source.subjects for source in SOURCES.values()],
        [[*source.does, *source.doing] for source in SOURCES.values()],
        list(MANNERS.values()),
    ):
        every = list(chain(*phrases))
        assert len(set(every)) == len(every)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_verbs_come_in_pairs(source: Phrases):
    assert len(source.subjects) * len(source.does) >= 4
    for does, doing in zip(source.does, source.doing, strict=True):
        assert does.split()[0].endswith("s")
        assert doing.split()[0].endswith("ing")
        assert does.split()[1:][-1:] == doing.split()[1:][-1:] or " and " in does


def test_captions_are_as_long_as_real_ones(described):
    """In Clotho they have 5 to 20 words, 11.3 on average; here a few have more."""
    lengths = [len(words(caption)) for _, captions in described for caption in captions]
    assert min(lengths) >= 5
    assert 9 < np.mean(lengths) < 13
    assert np.mean([length <= 20 for length in lengths]) > 0.99


def test_captions_are_written_out_or_not(described):
    captions = list(chain(*(captions for _, captions in described)))
    written = [caption for caption in captions if caption.endswith(".")]
    assert 0.55 < len(written) / len(captions) < 0.65
    assert all(caption[0].isupper() == caption.endswith(".") for caption in captions)


def test_what_is_heard_is_told_in_its_order():
    content = Content(THEN, (Sound("dog", "loud"), Sound("rain")))
    captions = [
        c.lower() for seed in range(20) for c in describe(np.random.default_rng(seed), content)
    ]
    for caption in captions:
        dog = min(caption.find(word) % 1000 for word in ("bark", "yap"))
        rain = min(caption.find(word) % 1000 for word in ("fall", "pour", "patter"))
        assert (dog < rain) != (" after " in caption), caption


def test_what_is_heard_at_once_is_told_in_any_order():
    content = Content(WHILE, (Sound("dog"), Sound("rain")))
    captions = [c for seed in range(20) for c in describe(np.random.default_rng(seed), content)]
    dog_first = [
        min(c.find("bark") % 1000, c.find("yap") % 1000) < c.find("rain") for c in captions
    ]
    assert 0.3 < np.mean(dog_first) < 0.7


def test_a_sound_alone_is_told_with_its_manner():
    captions = describe(np.random.default_rng(0), Content(ALONE, (Sound("bell", "far"),)))
    assert all(any(phrase in caption for phrase in MANNERS["far"]) for caption in captions)

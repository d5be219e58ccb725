"""Statistics of words: of a few captions, and of the real ones."""

import pytest

from experiments.retrieval.captioned import Caption, Captioned, plain
from experiments.retrieval.clotho import load_captions
from experiments.retrieval.vocabulary import count_words


def clip(split, *texts):
    return Captioned(split, "a.wav", tuple(Caption(text, plain(text)) for text in texts))


def test_words_are_counted_by_split_and_types_over_all():
    found = count_words(
        (
            clip("development", "Rain falls on a roof.", "rain, falls on a roof"),
            clip("development", "A dog."),
            clip("evaluation", "A dog barks, barks"),
        )
    )
    assert found["types"] == 7
    assert list(found["splits"]) == ["development", "evaluation"]
    assert found["splits"]["development"] == {
        "clips": 2,
        "captions": 3,
        "repeated": 1,
        "words": 12,
        "types": 6,
        "shortest": 2,
        "longest": 5,
        "mean": 4.0,
    }
    assert found["splits"]["evaluation"]["words"] == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A walkie-talkie's  hiss , loud!", "a walkietalkies hiss loud"),
        (" “Über” ", "“über”"),
        ("...", ""),
    ],
)
def test_plain_text_has_no_punctuation_and_single_spaces(text, expected):
    assert plain(text) == expected


def test_the_real_captions_have_the_published_statistics(real_data):
    found = count_words(load_captions(real_data("clotho")))
    splits = found["splits"]
    assert found["types"] == 4360
    assert [s["words"] for s in splits.values()] == [217_339, 59_540, 59_125]
    assert [s["types"] for s in splits.values()] == [4360, 2876, 3514]
    assert [s["clips"] for s in splits.values()] == [3839, 1045, 1045]
    assert [s["captions"] for s in splits.values()] == [19_195, 5225, 5225]
    assert [s["shortest"] for s in splits.values()] == [5, 8, 8]
    assert [s["longest"] for s in splits.values()] == [20, 20, 20]
    assert [s["repeated"] for s in splits.values()] == [17, 0, 0]
    assert splits["development"]["mean"] == pytest.approx(11.3, abs=0.05)


def test_the_tables_own_plain_text_is_ours_but_for_edits_by_hand(real_data):
    captions = [c for clip in load_captions(real_data("clotho")) for c in clip.captions]
    assert sum(plain(caption.text) != caption.plain for caption in captions) == 26

"""Corrections of captions: what is changed, what stays, and how much of the real ones it is."""

from collections import Counter

import pytest

from core.errors import UnknownName
from experiments.retrieval.captioned import Caption, Captioned
from experiments.retrieval.clotho import load_captions
from experiments.retrieval.corrections import as_fork, correct


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A voice echos. Echos follow", "A voice echoes. Echoes follow"),
        ("two  spaces   or more ", "two spaces or more "),
        ("A a dog barks at the the the cat", "A dog barks at the cat"),
        ("and then  then hammers", "and then hammers"),
        ("Beep, beep, beep", "Beep, beep, beep"),
        ("a second and", "a second and"),
        ("The grey colour of an echo echoes", "The grey colour of an echo echoes"),
    ],
)
def test_what_the_fork_changes(text, expected):
    assert as_fork(text) == expected
    assert as_fork(expected) == expected


def test_plain_text_is_made_anew_where_the_caption_changes_only():
    """What the table's plain text says otherwise than the caption is an edit by hand."""
    edited, doubled = Caption("Beep, beep.", "beep"), Caption("The the rain.", "the the rain")
    clips = (Captioned("evaluation", "a.wav", (edited, doubled)),)
    (clip,) = correct(clips, "fork")
    assert clip.captions == (edited, Caption("The rain.", "the rain"))
    assert correct(clips, "none") is clips
    with pytest.raises(UnknownName, match="did you mean 'none'"):
        correct(clips, "non")


def test_what_changes_in_the_real_captions(real_data):
    """Measured: nearly all of it are double spaces; no caption has "echos" any more."""
    before = load_captions(real_data("clotho"))
    after = correct(before, "fork")
    changed = Counter(
        old.split
        for old, new in zip(before, after, strict=True)
        for one, other in zip(old.captions, new.captions, strict=True)
        if one.text != other.text
    )
    assert changed == {"development": 73, "validation": 67, "evaluation": 1}
    spaces = [c.text for clip in before for c in clip.captions if "  " in c.text]
    assert len(spaces) == 71 + 66 + 1

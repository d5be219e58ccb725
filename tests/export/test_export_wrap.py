"""Wrapping: at spaces, then at punctuation, then anywhere; nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.wrap import wrap


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("", 5, [""]),
        ("short", 5, ["short"]),
        ("two words", 5, ["two", "words"]),
        ("a bc def", 4, ["a bc", "def"]),
        ("on_AudioSet/v2.1", 9, ["on_", "AudioSet/", "v2.1"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("see abcdefgh", 3, ["see", "abc", "def", "gh"]),
    ],
)
def test_where_text_is_broken(text, limit, lines):
    assert wrap(text, limit, len) == lines


@given(st.text("ab_-/, "), st.integers(1, 12))
def test_lines_fit_and_no_character_is_lost(text, limit):
    lines = wrap(text, limit, len)
    assert all(len(line) <= limit for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())

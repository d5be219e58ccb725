"""Contents of synthetic clips: drawn evenly, played in their order, and told apart by a ceiling."""

from collections import Counter

import numpy as np
import pytest

from experiments.retrieval.synthetic_contents import (
    ALONE,
    PLAIN_SHARE,
    RELATIONS,
    THEN,
    WHILE,
    Content,
    Sound,
    ceiling,
    draw_content,
    play,
)
from experiments.retrieval.synthetic_textures import TEXTURES

RATE = 44_100


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(0)
    return [draw_content(rng) for _ in range(3000)]


def share(wave, low, high):
    """The part of the power between two frequencies in Hz."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    hertz = np.fft.rfftfreq(len(wave), 1 / RATE)
    return power[(hertz > low) & (hertz < high)].sum() / power.sum()


def test_relations_sources_and_manners_are_drawn_evenly(drawn):
    assert min(Counter(c.relation for c in drawn).values()) > 3000 / len(RELATIONS) * 0.9
    sounds = [sound for content in drawn for sound in content.sounds]
    assert min(Counter(s.source for s in sounds).values()) > len(sounds) / len(TEXTURES) * 0.8
    plain = np.mean([sound.manner == "plain" for sound in sounds])
    assert plain == pytest.approx(PLAIN_SHARE, abs=0.03)
    heard = {(s.source, s.manner) for s in sounds if s.manner != "plain"}
    assert heard == {(name, m) for name, texture in TEXTURES.items() for m in texture.manners}


def test_two_sounds_have_two_sources(drawn):
    for content in drawn:
        assert len({s.source for s in content.sounds}) == 1 + (content.relation != ALONE)


def test_sounds_at_once_have_no_order(drawn):
    pairs = [c.sounds for c in drawn if c.relation == WHILE]
    assert all(tuple(sorted(pair)) == pair for pair in pairs)
    followed = [c.sounds for c in drawn if c.relation == THEN]
    assert 0.4 < np.mean([tuple(sorted(pair)) == pair for pair in followed]) < 0.6


def test_sounds_follow_one_another_or_are_heard_at_once():
    hum, birds = Sound("hum"), Sound("birds", "loud")
    shares = {}
    for relation, sounds in ((THEN, (hum, birds)), (WHILE, (birds, hum))):
        wave = play(np.random.default_rng(0), Content(relation, sounds), RATE, 4.0)
        assert wave.shape == (4 * RATE,)
        assert wave.dtype == np.float32
        early, late = wave[: int(1.5 * RATE)], wave[int(2.5 * RATE) :]
        shares[relation] = [share(part, 2000, 6000) for part in (early, late)]
    assert shares[THEN][0] < 0.01
    assert shares[THEN][1] > 0.9
    assert min(shares[WHILE]) > 0.3
    assert max(shares[WHILE]) < 0.9


def test_two_loud_sounds_are_not_clipped():
    both = Content(WHILE, (Sound("siren", "loud"), Sound("waves", "loud")))
    peaks = [np.abs(play(np.random.default_rng(i), both, RATE, 3.0)).max() for i in range(10)]
    assert 0.4 < max(peaks) < 1


def test_the_ceiling_is_one_where_all_contents_differ():
    assert ceiling([Content(ALONE, (Sound(name),)) for name in TEXTURES]) == 1


def test_the_ceiling_shares_ranks_between_equal_contents():
    a, b = (Content(ALONE, (Sound(name),)) for name in ("rain", "wind"))
    assert ceiling([a, a, b]) == pytest.approx((0.75 + 0.75 + 1) / 3)
    assert ceiling([a] * 20) == pytest.approx(sum(1 / rank for rank in range(1, 11)) / 20)
    assert ceiling([a, a, b, b], cut=1) == pytest.approx(0.5)

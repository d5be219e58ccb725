"""Textures are whole, and manners change them as they say."""

from itertools import combinations

import numpy as np
import pytest

from experiments.retrieval.synthetic_manners import FAINT, LOUD, MANNERS
from experiments.retrieval.synthetic_textures import TEXTURES

RATE = 44_100
HEARD = [(name, m) for name, texture in TEXTURES.items() for m in ("plain", *texture.manners)]


def play(source, manner, seed=0, seconds=3.0):
    return TEXTURES[source].play(np.random.default_rng(seed), RATE, seconds, manner)


def centre(wave):
    """The mean frequency in Hz, by power."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    return np.average(np.fft.rfftfreq(len(wave), 1 / RATE), weights=power)


def loudness(wave, step=0.02):
    """Peak to the highest, every so many s."""
    frames = round(step * RATE)
    peaks = np.abs(wave[: len(wave) // frames * frames]).reshape(-1, frames).max(1)
    return peaks / peaks.max()


def onsets(wave):
    """How often it becomes loud after it was not."""
    loud = loudness(wave) > 0.2
    return int((loud[1:] & ~loud[:-1]).sum())


@pytest.mark.parametrize(("source", "manner"), HEARD)
def test_sounds_are_whole(source, manner):
    wave = play(source, manner)
    assert wave.shape == (3 * RATE,)
    assert wave.dtype == np.float32
    assert np.isfinite(wave).all()
    assert abs(wave[0]) < 1e-2 * np.abs(wave).max() > abs(wave[-1])
    low, high = MANNERS[manner].level
    assert low <= 20 * np.log10(np.abs(wave).max()) <= high + 1e-3


@pytest.mark.parametrize("source", TEXTURES)
def test_no_tone_or_noise_is_above_what_the_rate_holds(source):
    for manner in TEXTURES[source].manners:
        for family in TEXTURES[source].families:
            varied = MANNERS[manner].vary(family, 3.0)
            if varied.tones:
                tones = varied.tones
                assert tones.pitch[1] * 2 ** (tones.notes / 12) * max(1, tones.glide) < 0.4 * RATE
            if varied.noise:
                assert varied.noise.band[1] * 1.15 < 0.45 * RATE


def test_sounds_of_a_texture_differ():
    first, second = (play("footsteps", "plain", seed) for seed in range(2))
    assert np.corrcoef(first, second)[0, 1] < 0.5


def test_loud_is_25_db_above_faint():
    assert LOUD[0] - FAINT[1] >= 23
    assert 20 * np.log10(2) + LOUD[1] < 0


@pytest.mark.parametrize(
    "source", [name for name, texture in TEXTURES.items() if "high" in texture.manners]
)
def test_high_is_above_plain_and_low_below(source):
    low, plain, high = (
        np.mean([centre(play(source, manner, seed)) for seed in range(3)])
        for manner in ("low", "plain", "high")
    )
    assert high > 1.35 * plain
    assert low < plain / 1.35


@pytest.mark.parametrize("source", ["clock", "dog", "drops", "footsteps", "knocking"])
def test_fast_has_more_strokes_than_plain_and_slow_fewer(source):
    slow, plain, fast = (
        np.mean([onsets(play(source, manner, seed, 4.0)) for seed in range(3)])
        for manner in ("slow", "plain", "fast")
    )
    assert fast > 1.5 * plain
    assert slow < plain / 1.5


@pytest.mark.parametrize("source", ["crowd", "dog", "footsteps", "rain"])
def test_what_is_far_is_duller_and_fainter(source):
    far, near = play(source, "far"), play(source, "plain")
    assert centre(far) < 0.9 * centre(near)
    assert np.abs(far).max() < 0.6 * np.abs(near).max()


def test_an_echo_fills_the_pauses():
    dry, echoing = (np.median(loudness(play("footsteps", m))) for m in ("plain", "echoing"))
    assert dry < 0.02 < 0.05 < echoing


def test_bursts_come_and_go_and_rhythm_is_regular():
    gaps = {}
    for manner in ("bursts", "rhythmic"):
        loud = loudness(play("hum", manner, seconds=6.0), 0.01) > 0.3
        assert 0.2 < loud.mean() < 0.8
        starts = np.flatnonzero(loud[1:] & ~loud[:-1])
        gaps[manner] = np.diff(starts)
    assert gaps["rhythmic"].std() < 1 < 5 < gaps["bursts"].std()
    assert gaps["rhythmic"].mean() < 30 < gaps["bursts"].mean()


def test_plain_sources_lie_apart():
    """In where they are in the spectrum, or in how they move."""

    def place(source):
        level = loudness(play(source, "plain", seconds=6.0))
        wave = play(source, "plain", seconds=6.0)
        return np.array([np.log2(centre(wave)), 2 * np.log2(level.mean()), onsets(wave) / 10])

    places = {source: place(source) for source in TEXTURES}
    for one, other in combinations(places, 2):
        assert np.abs(places[one] - places[other]).max() > 0.2, (one, other)

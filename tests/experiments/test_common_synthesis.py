"""Noise, tones and strokes are as their numbers say."""

import numpy as np
import pytest

from experiments.common.synthesis import (
    FADE,
    background,
    decay,
    draw_frames,
    fade_ends,
    noise,
    repeat,
    rolling_off,
    steady,
    tone,
    wander,
)

RATE = 32_000


def spectrum(wave):
    """Power at each frequency in Hz."""
    return np.fft.rfftfreq(len(wave), 1 / RATE), np.abs(np.fft.rfft(wave)) ** 2


@pytest.mark.parametrize("slope", [0.0, 1.0, 2.0])
def test_the_background_falls_with_its_slope(slope):
    wave = background(np.random.default_rng(0), 20 * RATE + 7, slope)
    hertz, power = spectrum(wave)
    low, high = (power[(hertz > f) & (hertz < 2 * f)].mean() for f in (200, 3200))
    assert 10 * np.log10(low / high) == pytest.approx(12.04 * slope, abs=0.5)
    assert wave.std() == pytest.approx(1, abs=1e-5)


def test_a_tone_has_the_weights_of_its_harmonics():
    wave = tone(steady(500, RATE), [1, 0, 0.5], RATE)
    _, power = spectrum(wave)
    assert wave.std() == pytest.approx(0.5**0.5, rel=1e-3)
    assert power[1500] / power[500] == pytest.approx(0.25, rel=1e-3)
    assert power[[500, 1500]].sum() / power.sum() > 0.999


def test_harmonics_above_what_the_rate_holds_are_left_out():
    _, power = spectrum(tone(steady(5000, RATE), rolling_off(9, 0), RATE))
    assert power[[5000, 10_000]].sum() / power.sum() > 0.999


def test_harmonics_fall_with_a_power_of_their_number():
    np.testing.assert_allclose(rolling_off(3, 2), [1, 1 / 4, 1 / 9])
    np.testing.assert_allclose(rolling_off(2, 0), [1, 1])


def test_noise_is_between_its_frequencies():
    wave = noise(np.random.default_rng(1), 2 * RATE, RATE, (1000, 4000))
    hertz, power = spectrum(wave)
    assert wave.dtype == np.float32
    assert wave.std() == pytest.approx(1, abs=0.1)
    assert power[(hertz > 800) & (hertz < 5000)].sum() / power.sum() > 0.9


def test_a_sound_is_repeated_at_once_and_after_pauses():
    rng = np.random.default_rng(0)
    wave = repeat(rng, 10, 10, lambda: np.ones(3), pause=(0.2, 0.2))
    assert wave.tolist() == [1, 1, 1, 0, 0, 1, 1, 1, 0, 0]
    assert repeat(rng, 10, 5, lambda: np.ones(3)).tolist() == [1] * 5


def test_ends_fade_and_the_middle_stays():
    for seconds in (FADE, 1.0):
        wave = fade_ends(np.ones(round(seconds * RATE)), seconds)
        assert wave[0] == 0 == wave[-1]
        assert wave[len(wave) // 2] == pytest.approx(1, abs=1e-4)
    assert wave[round(FADE * RATE) : -round(FADE * RATE)].min() == 1


def test_a_decay_is_told_in_nepers():
    wave = decay(100, 3)
    assert (wave[0], wave[-1]) == pytest.approx((1, np.exp(-3)))


def test_draws_stay_within_their_bounds():
    rng = np.random.default_rng(0)
    drawn = [draw_frames(rng, 1000, (0.1, 0.2)) for _ in range(100)]
    assert 100 <= min(drawn) < 110
    assert 190 < max(drawn) < 200
    factor = wander(rng, RATE, RATE, 0.3)
    assert factor.shape == (RATE,)
    assert 0.7 <= factor.min() < factor.max() <= 1.3

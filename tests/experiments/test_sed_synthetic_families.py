"""Families of sounds: one for each class, each whole."""

import numpy as np
import pytest

from experiments.sed.classes import CLASSES
from experiments.sed.synthetic_families import FAMILIES

RATE = 44_100


def spectrum(wave):
    """Frequencies in Hz, and the power at each."""
    return np.fft.rfftfreq(len(wave), 1 / RATE), np.abs(np.fft.rfft(wave)) ** 2


def test_every_class_has_a_family_of_its_own():
    assert set(FAMILIES) == set(CLASSES)
    assert len(set(FAMILIES.values())) == len(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_sounds_are_whole(name):
    family = FAMILIES[name]
    for seed in range(5):
        wave = family.play(np.random.default_rng(seed), RATE)
        assert np.isfinite(wave).all()
        assert wave.dtype == np.float32
        assert np.abs(wave).max() == pytest.approx(1)
        assert abs(wave[0]) < 1e-3 > abs(wave[-1])
        assert family.seconds[0] <= len(wave) / RATE + 1e-4 <= family.seconds[1] + 2e-4


@pytest.mark.parametrize("name", CLASSES)
def test_no_tone_is_above_what_is_analysed(name):
    tones = FAMILIES[name].tones
    if tones:
        highest = tones.pitch[1] * 2 ** (tones.notes / 12) * max(tones.ratios) * max(1, tones.glide)
        assert highest < 16_000


def test_sounds_of_a_family_differ():
    waves = [FAMILIES["Flute"].play(np.random.default_rng(seed), RATE) for seed in range(4)]
    assert len({len(wave) for wave in waves}) == 4
    peaks = {spectrum(wave[: RATE // 2])[1].argmax() for wave in waves}
    assert len(peaks) == 4

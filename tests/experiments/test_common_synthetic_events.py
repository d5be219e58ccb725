"""Events are as their numbers say."""

import numpy as np
import pytest

from experiments.common.synthetic_events import Family, Noise, Stroke, Tones

RATE = 44_100


def spectrum(wave):
    """Frequencies in Hz, and the power at each."""
    return np.fft.rfftfreq(len(wave), 1 / RATE), np.abs(np.fft.rfft(wave)) ** 2


def test_a_tone_has_its_pitch_ratios_and_odd_harmonics():
    tones = Tones((440, 440), notes=0, ratios=(1, 1.5), harmonics=3, rolloff=0, even=0)
    hertz, power = spectrum(tones.play(np.random.default_rng(0), RATE, 440, RATE))
    loud = hertz[power > 0.1 * power.max()]
    assert loud.tolist() == [440, 660, 1320, 1980]


def test_a_pitch_glides_and_turns():
    rng = np.random.default_rng(0)
    wave = Tones((400, 400), notes=0, glide=2).play(rng, RATE, 400, RATE)
    early, late = (spectrum(wave[at : at + 4410])[1].argmax() * 10 for at in (0, RATE - 4410))
    assert early == pytest.approx(400, abs=30)
    assert late == pytest.approx(800, abs=30)
    still, turning = (
        spectrum(Tones((1000, 1000), notes=0, vibrato=v).play(rng, RATE, 1000, RATE))[1]
        for v in ((0, 0), (5, 0.05))
    )
    assert still.max() / still.sum() > 0.99 > 0.5 > turning.max() / turning.sum()


def test_a_stroke_rises_and_falls_by_its_nepers():
    envelope = Stroke((1, 1), attack=0.25, decay=2).envelope(400)
    assert envelope.argmax() == 100
    assert (envelope[0], envelope[50], envelope[-1]) == pytest.approx((0, 0.5, np.exp(-2)))
    assert Stroke((1, 1), attack=0).envelope(7).tolist() == [1] * 7


def test_strokes_come_with_pauses():
    family = Family(
        Stroke((0.1, 0.1), attack=0, pause=(0.1, 0.1)), noise=Noise((500, 5000)), seconds=(1, 1)
    )
    wave = family.play(np.random.default_rng(0), RATE)
    loud = np.abs(wave).reshape(10, -1).max(1) > 0.1
    assert loud.tolist() == [True, False] * 5


def test_noise_is_weighed_against_tones():
    power = {}
    for rms in (0.1, 1.0):
        family = Family(
            Stroke((1, 1), attack=0), Tones((300, 300), notes=0), Noise((2000, 6000), rms), (1, 1)
        )
        hertz, found = spectrum(family.play(np.random.default_rng(0), RATE))
        power[rms] = found[hertz > 1500].sum() / found[hertz < 500].sum()
    assert power[1.0] / power[0.1] == pytest.approx(100, rel=0.2)

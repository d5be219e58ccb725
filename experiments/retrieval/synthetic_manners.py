"""How something is heard: louder or fainter, higher or lower, slower or faster, where, and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt
from scipy.signal.windows import tukey

from experiments.common.synthesis import Wave, decay, draw_frames, fade_ends, repeat
from experiments.common.synthetic_events import Family, Noise, Range, Tones

Treatment = Callable[[np.random.Generator, Wave, int], Wave]

# Peaks in dB re full scale: two sounds at once, both loud, stay below it.
USUAL: Range = (-20.0, -16.0)
LOUD: Range = (-9.0, -7.0)
FAINT: Range = (-36.0, -32.0)
AWAY: Range = (-29.0, -25.0)

DISTANT = 900.0  # Hz from which on the air takes away what comes from far
ECHO = 1.2  # s, in which an echo falls by its nepers
ECHO_NEPERS = 6.0
ECHO_ENERGY = 4.0  # of the echo, to that of the sound itself


@dataclass(frozen=True)
class Manner:
    """What a manner does to a sound.

    Attributes
    ----------
    pitch, pace:
        Factors of its frequencies, and of how fast it moves.
    level:
        Peak in dB re full scale.
    treat:
        What is done to the samples, (frames,), given the rate.
    """

    pitch: float = 1.0
    pace: float = 1.0
    level: Range = USUAL
    treat: Treatment = lambda rng, wave, rate: wave

    def vary(self, family: Family, seconds: float) -> Family:
        """Give the family at this pitch and pace, of this length in s."""
        longer = 1 / self.pace
        lasts, pause = family.stroke.seconds, family.stroke.pause
        stroke = replace(family.stroke, seconds=_scale(lasts, longer), pause=_scale(pause, longer))
        return Family(stroke, self._tune(family.tones), self._colour(family.noise), (seconds,) * 2)

    def peak(self, rng: np.random.Generator) -> float:
        """Draw a peak, of 1 for full scale."""
        return float(10 ** (rng.uniform(*self.level) / 20))

    def _tune(self, tones: Tones | None) -> Tones | None:
        if tones is None:
            return None
        often, depth = tones.vibrato
        pitch = _scale(tones.pitch, self.pitch)
        return replace(tones, pitch=pitch, vibrato=(often * self.pace, depth))

    def _colour(self, noise: Noise | None) -> Noise | None:
        return noise and replace(noise, band=_scale(noise.band, self.pitch))


def _scale(span: Range, factor: float) -> Range:
    return span[0] * factor, span[1] * factor


def _go_away(rng: np.random.Generator, wave: Wave, rate: int) -> Wave:
    """Leave what the air does not take away."""
    heard: Wave = sosfilt(butter(2, DISTANT, fs=rate, output="sos"), wave)
    return heard


def _echo(rng: np.random.Generator, wave: Wave, rate: int) -> Wave:
    """Let it be heard in a large room, as long as the sound itself lasts."""
    frames = round(ECHO * rate)
    tail = rng.standard_normal(frames, np.float32) * decay(frames, ECHO_NEPERS)
    tail *= np.sqrt(ECHO_ENERGY / np.sum(tail**2))
    tail[0] += 1
    return fade_ends(fftconvolve(wave, tail)[: len(wave)], len(wave) / rate)


def _come_and_go(rng: np.random.Generator, wave: Wave, rate: int) -> Wave:
    """Let it be heard now and then, at no regular times."""

    def burst() -> Wave:
        window: Wave = tukey(draw_frames(rng, rate, (0.15, 0.5)), 0.2)
        return window

    return wave * repeat(rng, rate, len(wave), burst, pause=(0.2, 0.8))


def _pulse(rng: np.random.Generator, wave: Wave, rate: int) -> Wave:
    """Let it be heard some times a second, as regularly as a machine."""
    beat = rng.uniform(0.08, 0.1)
    pulse = tukey(round(beat * rate), 0.3)
    return wave * repeat(rng, rate, len(wave), lambda: pulse, pause=(beat, beat))


PLAIN = "plain"
MANNERS: Mapping[str, Manner] = {
    PLAIN: Manner(),
    "loud": Manner(level=LOUD),
    "faint": Manner(level=FAINT),
    "high": Manner(pitch=1.8),
    "low": Manner(pitch=0.55),
    "slow": Manner(pace=0.4),
    "fast": Manner(pace=2.5),
    "far": Manner(level=AWAY, treat=_go_away),
    "echoing": Manner(treat=_echo),
    "bursts": Manner(treat=_come_and_go),
    "rhythmic": Manner(treat=_pulse),
}
"""What each manner does; `plain` is none."""

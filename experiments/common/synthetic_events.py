"""Events made from numbers: strokes one after another, of a few tones, of noise, or of both."""

from dataclasses import dataclass

import numpy as np

from experiments.common.synthesis import (
    Wave,
    decay,
    draw_frames,
    fade_ends,
    noise,
    repeat,
    rolling_off,
    steady,
    tone,
)

Range = tuple[float, float]

# Lengths of sounds in s: struck once or a few times, or going on. Real ones last 0.3 to 30 s.
SHORT: Range = (0.3, 1.5)
LONG: Range = (0.8, 4.0)

OUT_OF_TUNE = 0.3  # semitones that strokes differ in pitch at the least
ANOTHER_SIZE = 1.15  # factor by which the noise of a source is higher or lower than another's
FAINT = 0.5  # the weakest stroke, to the loudest


@dataclass(frozen=True)
class Stroke:
    """How long a stroke is in s, and how its loudness goes.

    `attack` is the part of it in which it rises, `decay` the nepers it has fallen by at its end,
    `pause` how long nothing is heard after it, in s.
    """

    seconds: Range
    attack: float = 0.02
    decay: float = 0.0
    pause: Range = (0, 0)

    def envelope(self, frames: int) -> Wave:
        """Give the loudness at each sample, (frames,), at most 1."""
        rising = round(self.attack * frames)
        rise = np.linspace(0, 1, rising, endpoint=False, dtype=np.float32)
        return np.concatenate([rise, decay(frames - rising, self.decay)])


@dataclass(frozen=True)
class Tones:
    """What sounds at a pitch.

    Attributes
    ----------
    pitch:
        Hz of the lowest tone; each sound has its own.
    notes:
        Semitones by which strokes are higher or lower than that.
    ratios:
        Frequencies of the tones that sound at once, to the lowest.
    harmonics, rolloff, even:
        How many each tone has, the power of their number by which they fall, and the weight of
        the even ones.
    glide:
        Pitch at the end of a stroke to that at its beginning.
    vibrato:
        How often a second the pitch turns, and by which part of it.
    """

    pitch: Range
    notes: float = OUT_OF_TUNE
    ratios: tuple[float, ...] = (1.0,)
    harmonics: int = 1
    rolloff: float = 1.0
    even: float = 1.0
    glide: float = 1.0
    vibrato: Range = (0.0, 0.0)

    def play(self, rng: np.random.Generator, rate: int, pitch: float, frames: int) -> Wave:
        """Make the tones of a stroke (frames,) float32 with rms about 1."""
        often, depth = self.vibrato
        phase = rng.random()
        played = pitch * 2 ** (rng.uniform(-self.notes, self.notes) / 12)
        curve = steady(played, frames)
        if self.glide != 1:
            curve *= np.geomspace(1, self.glide, frames)
        if depth:
            turn = 2 * np.pi * (often * np.arange(frames) / rate + phase)
            curve *= 1 + depth * np.sin(turn)
        weights = rolling_off(self.harmonics, self.rolloff)
        weights[1::2] *= self.even
        chord = [tone(curve * ratio, weights, rate) for ratio in self.ratios]
        wave: Wave = np.sum(chord, axis=0) / np.float32(len(chord) ** 0.5)
        return wave


@dataclass(frozen=True)
class Noise:
    """What hisses: noise between two frequencies in Hz, and its rms, to that of the tones."""

    band: Range
    rms: float = 1.0


@dataclass(frozen=True)
class Family:
    """Sounds of a kind, of this length in s; each is a draw of its pitch, size and strokes."""

    stroke: Stroke
    tones: Tones | None = None
    noise: Noise | None = None
    seconds: Range = LONG

    def play(self, rng: np.random.Generator, rate: int) -> Wave:
        """Make a sound (frames,) float32, faded in and out, with peak 1."""
        seconds = _draw(rng, self.seconds)
        pitch = _draw(rng, self.tones.pitch) if self.tones else 0.0
        size = _draw(rng, (1 / ANOTHER_SIZE, ANOTHER_SIZE))

        def stroke() -> Wave:
            frames = draw_frames(rng, rate, self.stroke.seconds)
            wave = np.zeros(frames, np.float32)
            if self.tones:
                wave += self.tones.play(rng, rate, pitch, frames)
            if self.noise:
                low, high = self.noise.band
                wave += self.noise.rms * noise(rng, frames, rate, (size * low, size * high))
            return np.float32(rng.uniform(FAINT, 1)) * wave * self.stroke.envelope(frames)

        frames = round(seconds * rate)
        wave = fade_ends(repeat(rng, rate, frames, stroke, self.stroke.pause), seconds)
        scaled: Wave = (wave / np.abs(wave).max()).astype(np.float32)
        return scaled


def _draw(rng: np.random.Generator, span: Range) -> float:
    """Draw between two values, with as much chance in every octave."""
    return float(np.exp(rng.uniform(*np.log(span))))

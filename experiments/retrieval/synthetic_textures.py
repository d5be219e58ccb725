"""The sixteen things that are heard in synthetic clips, each a caricature in numbers.

They lie in different parts of the spectrum or move differently in time, and each is heard in the
manners that change what it is: only what has a pitch is high or low, only what is struck is slow.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.common.synthesis import Wave
from experiments.common.synthetic_events import Family, Noise, Stroke, Tones
from experiments.retrieval.synthetic_manners import MANNERS

LOUDNESS = ("loud", "faint")
STEADY = (*LOUDNESS, "bursts", "rhythmic")
PITCH = ("high", "low")
PACE = ("slow", "fast")
ROOM = ("far", "echoing")


@dataclass(frozen=True)
class Texture:
    """Something that is heard: what sounds at once in it, and its manners beside `plain`."""

    families: tuple[Family, ...]
    manners: tuple[str, ...]

    def play(self, rng: np.random.Generator, rate: int, seconds: float, manner: str) -> Wave:
        """Make a sound (frames,) float32 of this length in s, faded in and out.

        Its peak is as the manner says.
        """
        how = MANNERS[manner]
        layers = [how.vary(family, seconds).play(rng, rate) for family in self.families]
        wave = how.treat(rng, np.sum(layers, axis=0), rate)
        scaled: Wave = (how.peak(rng) / np.abs(wave).max() * wave).astype(np.float32)
        return scaled


_VOICE = Family(
    Stroke((0.1, 0.25), attack=0.4, decay=1, pause=(0.0, 0.1)),
    Tones((110, 260), notes=2, harmonics=24, rolloff=0.6, glide=0.9),
)
_BIRD = Family(
    Stroke((0.08, 0.14), attack=0.2, decay=1, pause=(0.06, 0.3)),
    Tones((2500, 3300), notes=1, glide=1.4),
)

TEXTURES: Mapping[str, Texture] = {
    "bell": Texture(
        (
            Family(
                Stroke((0.7, 0.8), attack=0.005, decay=4),
                Tones((500, 600), ratios=(1, 2.76, 5.4)),
            ),
        ),
        (*LOUDNESS, *PITCH, *PACE, *ROOM),
    ),
    "birds": Texture((_BIRD, _BIRD), (*LOUDNESS, *PITCH, *PACE, "far")),
    "clock": Texture(
        (Family(Stroke((0.02, 0.025), decay=5, pause=(0.35, 0.36)), noise=Noise((2500, 7000))),),
        (*LOUDNESS, *PACE, "echoing"),
    ),
    "cricket": Texture(
        (Family(Stroke((0.08, 0.1), attack=0.4, pause=(0.05, 0.06)), Tones((4400, 5000))),),
        (*LOUDNESS, *PACE, "bursts"),
    ),
    "crowd": Texture((_VOICE,) * 4, (*LOUDNESS, *ROOM)),
    "dog": Texture(
        (
            Family(
                Stroke((0.15, 0.22), decay=3, pause=(0.25, 0.4)),
                Tones((480, 600), harmonics=10, rolloff=0.5, glide=0.5),
                Noise((500, 4000), 0.5),
            ),
        ),
        (*LOUDNESS, *PITCH, *PACE, *ROOM),
    ),
    "drill": Texture(
        (
            Family(
                Stroke((4, 5), attack=0.02),
                Tones((430, 520), harmonics=14, rolloff=0.2, vibrato=(7, 0.01)),
                Noise((2000, 8000), 0.6),
            ),
        ),
        (*STEADY, *PITCH, "far"),
    ),
    "drops": Texture(
        (
            Family(
                Stroke((0.05, 0.09), attack=0.05, decay=4, pause=(0.2, 0.5)),
                Tones((900, 1200), notes=4, glide=1.6),
            ),
        ),
        (*LOUDNESS, *PITCH, *PACE, "echoing"),
    ),
    "engine": Texture(
        (
            Family(
                Stroke((0.16, 0.18), attack=0, decay=1.5),
                Tones((50, 60), harmonics=30, rolloff=0.7),
                Noise((200, 1500), 0.3),
            ),
        ),
        (*LOUDNESS, *PITCH, *PACE, "far"),
    ),
    "footsteps": Texture(
        (Family(Stroke((0.08, 0.12), decay=5, pause=(0.4, 0.5)), noise=Noise((150, 1200))),),
        (*LOUDNESS, *PACE, *ROOM),
    ),
    "hum": Texture(
        (Family(Stroke((4, 5), attack=0), Tones((110, 130), harmonics=10, rolloff=0.8)),),
        (*STEADY, *PITCH),
    ),
    "knocking": Texture(
        (
            Family(
                Stroke((0.06, 0.08), decay=6, pause=(0.12, 0.2)),
                Tones((190, 260), harmonics=3),
                Noise((300, 2000), 0.7),
            ),
        ),
        (*LOUDNESS, *PACE, *ROOM),
    ),
    "rain": Texture(
        (
            Family(Stroke((4, 5), attack=0), noise=Noise((1500, 13_000))),
            Family(Stroke((0.01, 0.02), decay=3, pause=(0.02, 0.1)), noise=Noise((3000, 9000))),
        ),
        (*LOUDNESS, "far"),
    ),
    "siren": Texture(
        (
            Family(
                Stroke((4, 5), attack=0),
                Tones((750, 850), harmonics=5, rolloff=1.3, vibrato=(1.0, 0.25)),
            ),
        ),
        (*LOUDNESS, *PITCH, *PACE, *ROOM),
    ),
    "waves": Texture(
        (Family(Stroke((1.0, 1.4), attack=0.5, decay=3), noise=Noise((250, 6000))),),
        (*LOUDNESS, *PACE, "far"),
    ),
    "wind": Texture(
        (Family(Stroke((0.8, 1.6), attack=0.5, decay=0.7), noise=Noise((250, 700))),),
        (*LOUDNESS, *PITCH, "bursts"),
    ),
}
"""The texture of each source."""

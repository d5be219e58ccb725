"""Captions of synthetic clips: what is heard, told in five different ways by a small grammar.

No two contents are ever told by the same words: sources and manners share no phrase, and each
pattern says whether sounds are alone, one after another or at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.retrieval.clotho import CAPTIONS
from experiments.retrieval.synthetic_contents import ALONE, THEN, WHILE, Content, Sound

WRITTEN_OUT = 0.6  # the share of captions with a capital and a full stop


@dataclass(frozen=True)
class Phrases:
    """What a source is called, and what it does: `rings`, `ringing`."""

    subjects: tuple[str, ...]
    does: tuple[str, ...]
    doing: tuple[str, ...]


SOURCES: Mapping[str, Phrases] = {
    "bell": Phrases(
        ("a bell", "a church bell"),
        ("rings", "tolls", "chimes"),
        ("ringing", "tolling", "chiming"),
    ),
    "birds": Phrases(
        ("a bird", "a songbird", "a flock of birds"),
        ("chirps", "sings", "tweets"),
        ("chirping", "singing", "tweeting"),
    ),
    "clock": Phrases(
        ("a clock", "an old watch"),
        ("ticks", "ticks and tocks"),
        ("ticking", "ticking and tocking"),
    ),
    "cricket": Phrases(
        ("a cricket", "an insect", "a cicada"),
        ("trills", "buzzes in the grass"),
        ("trilling", "buzzing in the grass"),
    ),
    "crowd": Phrases(
        ("a crowd", "a group of people", "an audience"),
        ("talks", "chatters", "babbles"),
        ("talking", "chattering", "babbling"),
    ),
    "dog": Phrases(
        ("a dog", "a hound", "a puppy"),
        ("barks", "yaps"),
        ("barking", "yapping"),
    ),
    "drill": Phrases(
        ("a drill", "a power tool", "an electric saw"),
        ("whirs", "cuts through wood"),
        ("whirring", "cutting through wood"),
    ),
    "drops": Phrases(
        ("water", "a leaking tap", "a faucet"),
        ("drips", "drips into a sink"),
        ("dripping", "dripping into a sink"),
    ),
    "engine": Phrases(
        ("an engine", "a motor", "a truck"),
        ("runs", "idles", "rumbles"),
        ("running", "idling", "rumbling"),
    ),
    "footsteps": Phrases(
        ("a person", "someone in boots"),
        ("walks", "walks across the floor", "takes steps"),
        ("walking", "walking across the floor", "taking steps"),
    ),
    "hum": Phrases(
        ("a transformer", "a refrigerator", "an electric device"),
        ("hums", "drones"),
        ("humming", "droning"),
    ),
    "knocking": Phrases(
        ("a visitor", "a hand", "a fist"),
        ("knocks on a door", "raps on wood"),
        ("knocking on a door", "rapping on wood"),
    ),
    "rain": Phrases(
        ("rain", "a rain shower"),
        ("falls", "pours down", "patters on the roof"),
        ("falling", "pouring down", "pattering on the roof"),
    ),
    "siren": Phrases(
        ("a siren", "an ambulance", "a police car"),
        ("wails", "sounds its alarm"),
        ("wailing", "sounding its alarm"),
    ),
    "waves": Phrases(
        ("the sea", "the ocean", "surf"),
        ("washes ashore", "breaks on the beach"),
        ("washing ashore", "breaking on the beach"),
    ),
    "wind": Phrases(
        ("the wind", "a breeze", "a storm"),
        ("blows", "howls", "whooshes"),
        ("blowing", "howling", "whooshing"),
    ),
}
"""How each source is told."""

MANNERS: Mapping[str, tuple[str, ...]] = {
    "plain": ("",),
    "loud": ("loudly", "very loudly", "noisily"),
    "faint": ("faintly", "quietly", "softly"),
    "high": ("at a high pitch", "in a shrill tone", "shrilly"),
    "low": ("at a low pitch", "in a deep tone", "deeply"),
    "slow": ("slowly", "at a slow pace", "unhurriedly"),
    "fast": ("quickly", "at a fast pace", "rapidly"),
    "far": ("in the distance", "far away", "far off"),
    "echoing": ("with a long echo", "in a large hall", "in an echoing room"),
    "bursts": ("in short bursts", "on and off", "with interruptions"),
    "rhythmic": ("rhythmically", "in a steady rhythm", "with a regular beat"),
}
"""How each manner is told."""

# Whether sounds are told by what they do or by what they are doing, and between which words.
PATTERNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    ALONE: (
        ("does", "in this recording {0}"),
        ("does", "{0} and nothing else is heard"),
        ("does", "all the time {0}"),
        ("doing", "the sound of {0}"),
        ("doing", "{0} can be heard"),
        ("doing", "there is only {0}"),
    ),
    THEN: (
        ("does", "{0}, then {1}"),
        ("does", "{0} and afterwards {1}"),
        ("does", "{0} before {1}"),
        ("does", "{1} after {0}"),
        ("doing", "{0} followed by {1}"),
        ("doing", "first {0}, later {1}"),
    ),
    WHILE: (
        ("does", "{0} while {1}"),
        ("does", "{0} as {1}"),
        ("does", "{0} and at the same time {1}"),
        ("doing", "{0} together with {1}"),
        ("doing", "{0} along with {1}"),
        ("doing", "a mix of {0} and {1}"),
    ),
}
"""How relations are told: one pattern a caption, so that a clip has no caption twice."""


def describe(rng: np.random.Generator, content: Content) -> list[str]:
    """Write five different captions of a content."""
    patterns = PATTERNS[content.relation]
    chosen = rng.permutation(len(patterns))[:CAPTIONS]
    return [_caption(rng, content, *patterns[i]) for i in chosen]


def _caption(rng: np.random.Generator, content: Content, form: str, pattern: str) -> str:
    told = [_tell(rng, sound, form) for sound in content.sounds]
    if content.relation == WHILE:  # neither is the first
        rng.shuffle(told)
    text = pattern.format(*told)
    return f"{text[0].upper()}{text[1:]}." if rng.random() < WRITTEN_OUT else text


def _tell(rng: np.random.Generator, sound: Sound, form: str) -> str:
    phrases = SOURCES[sound.source]
    verbs = phrases.does if form == "does" else phrases.doing
    words = (_pick(rng, phrases.subjects), _pick(rng, verbs), _pick(rng, MANNERS[sound.manner]))
    return " ".join(word for word in words if word)


def _pick(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[rng.integers(len(choices))]

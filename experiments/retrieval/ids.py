"""Ids of clips and captions: hashes of what they are, the same on every machine."""

from hashlib import sha256

DIGITS = 16  # of 64 bits: 100,000 items share one with a chance of 3e-10


def clip_id(split: str, fname: str) -> str:
    """Give the id of a clip, made of its split and its file's name.

    Not of its samples: captions alone, without a sound, then have the same ids, and so has a copy
    in another format. Within a split a name is there once.
    """
    return _digits(f"{split}/{fname}")


def caption_id(clip: str, text: str) -> str:
    """Give the id of a caption, made of its clip's id and its text; equal captions share one."""
    return _digits(f"{clip} {text}")


def _digits(content: str) -> str:
    return sha256(content.encode()).hexdigest()[:DIGITS]

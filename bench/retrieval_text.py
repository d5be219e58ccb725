"""Milliseconds to embed a caption: in batches of like length, and one by one as published.

Run it as `python bench/retrieval_text.py [--models FOLDER] [--captions FILE]`. Real captions are
read from a csv of Clotho (column raw_text), which SONOPLAN_TEST_DATA may hold; without one some are
drawn from a short vocabulary at the lengths of Clotho's. A checkpoint that is not at hand is left
out. To reach: 4 times the speed of one by one; bfloat16 helps where the processor knows it. The
ways take turns, and the shortest of some rounds counts: other work only adds to it.
"""

import argparse
import csv
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from experiments.retrieval.hashed import HashedWords
from experiments.retrieval.kept_embeddings import KeptEmbeddings
from experiments.retrieval.text_encoders import SENTENCES, TextEncoder, load_text_encoder
from launch.config import load
from reference_models import CHECKPOINTS, presence
from timing import seconds

DATA = Path(os.environ.get("SONOPLAN_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
FILE = DATA / "clotho" / "evaluation_captions.csv"
WORDS = ("rain", "birds", "wind", "a car", "someone walks", "dogs bark", "and", "while")
SOME = 24
ROUNDS = 5


def captions(file: Path, count: int) -> list[str]:
    """Give captions, all different, at equal distances in the file."""
    if not file.is_file():
        rng = np.random.default_rng(0)
        drawn = (rng.choice(WORDS, rng.integers(8, 16)) for _ in range(count))
        return [f"{' '.join(words)} {i}." for i, words in enumerate(drawn)]
    with file.open(newline="", encoding="utf-8") as opened:
        texts = list(dict.fromkeys(row["raw_text"] for row in csv.DictReader(opened)))
    return texts[:: max(1, len(texts) // count)][:count]


def milliseconds(work: Callable[[], object], texts: int) -> float:
    """Time one call, per text."""
    return 1e3 * seconds(work) / texts


def compare(name: str, encoder: TextEncoder, rounded: TextEncoder, texts: list[str]) -> None:
    """Print a line for a text encoder, after checking that all ways agree."""
    some = texts[:: len(texts) // SOME][:SOME]
    alone = np.concatenate([encoder.encode([text]) for text in some])
    np.testing.assert_allclose(encoder.encode(some), alone, rtol=0, atol=1e-5)
    np.testing.assert_allclose(rounded.encode(some), alone, rtol=0, atol=1e-2)
    ways: dict[str, Callable[[], float]] = {
        "one by one": lambda: milliseconds(
            lambda: [encoder.encode([text]) for text in some], len(some)
        ),
        "float32": lambda: milliseconds(lambda: encoder.encode(texts), len(texts)),
        "bfloat16": lambda: milliseconds(lambda: rounded.encode(texts), len(texts)),
    }
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, measure in ways.items():
            taken[way].append(measure())
    for way, times in taken.items():
        ratio = min(taken["one by one"]) / min(times)
        print(f"{name}, {way}: {min(times):.2f} ms a caption, {ratio:.1f} times as fast")
    with tempfile.TemporaryDirectory() as folder:
        KeptEmbeddings(encoder, Path(folder)).encode(texts)
        kept = milliseconds(lambda: KeptEmbeddings(encoder, Path(folder)).encode(texts), len(texts))
        print(f"{name}: {kept:.4f} ms a caption that was encoded before")


def main() -> None:
    """Print lines for each text encoder at hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=load().models)
    parser.add_argument("--captions", type=Path, default=FILE)
    parser.add_argument("--count", type=int, default=320)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    texts = captions(asked.captions, asked.count)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    load_now = os.getloadavg()[0]
    print(f"{len(texts)} captions on {device}, {asked.threads} threads; load {load_now:.1f}")
    hashed = milliseconds(lambda: HashedWords().encode(texts), len(texts))
    print(f"hashed: {hashed:.3f} ms a caption")
    for name in SENTENCES:
        if presence(CHECKPOINTS[name], asked.models).state == "here":
            kinds = ("float32", "bfloat16")
            compare(name, *(load_text_encoder(name, asked.models, device, k) for k in kinds), texts)
        else:
            print(f"{name}: not in {asked.models}; sonoplan models {name}")


if __name__ == "__main__":
    main()

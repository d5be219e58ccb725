"""The synthetic corpus: Clotho's layout, the same bytes from a seed, and what is said is heard."""

import csv

import numpy as np
import pytest
import soundfile
import soxr
import torch
from packed import contents

from core import Inputs, Output, Setting
from experiments.retrieval import clotho
from experiments.retrieval.synthetic import count_of, make, write_corpus
from experiments.retrieval.synthetic_contents import ceiling
from pann.frontend import PANN, LogMel

SOUNDS = 200
COUNTS = {"development": 200, "validation": 50, "evaluation": 50}
FRONT_END = LogMel(PANN)
CAPTIONS = [f"caption_{number}" for number in range(1, 6)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """The stage's corpus, and what it says of it."""
    folder = tmp_path_factory.mktemp("corpus")
    output = Output(folder, tmp_path_factory.mktemp("work"))
    make(Setting({"corpus_seed": 0, "sounds": SOUNDS}), Inputs(), output)
    return folder, output.info


def rows_of(folder, split):
    with (folder / f"clotho_captions_{split}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def path_of(folder, split, name):
    path = folder / split / name
    return path if path.exists() else path.with_name(f" {name}")


@pytest.mark.parametrize("split", COUNTS)
def test_a_split_is_laid_out_as_clotho_s(corpus, split):
    rows = rows_of(corpus[0], split)
    assert list(rows[0]) == ["file_name", *CAPTIONS]
    assert len(rows) == COUNTS[split]
    for row in rows:
        assert len({row[caption] for caption in CAPTIONS}) == 5
        assert all(row[caption] == row[caption].strip() != "" for caption in CAPTIONS)
    on_disk = {path.name.strip() for path in (corpus[0] / split).iterdir()}
    assert on_disk == {row["file_name"] for row in rows}


def test_the_loader_of_clotho_reads_it(corpus):
    clips = clotho.load(corpus[0], "synthetic")
    assert {split: sum(clip.split == split for clip in clips) for split in COUNTS} == COUNTS


@pytest.mark.parametrize("split", COUNTS)
def test_sounds_are_as_clotho_s_but_shorter(corpus, split):
    described = [soundfile.info(path) for path in (corpus[0] / split).iterdir()]
    assert {(d.samplerate, d.channels, d.subtype) for d in described} == {(44_100, 1, "PCM_16")}
    seconds = np.array([d.duration for d in described])
    assert 3 <= seconds.min() < 3.5
    assert 5.5 < seconds.max() <= 6


def test_names_have_spaces_and_two_begin_with_one(corpus):
    names = [path.name for split in COUNTS for path in (corpus[0] / split).iterdir()]
    assert len(set(names)) == len(names) == sum(COUNTS.values())
    assert sum(" " in name.strip() for name in names) > len(names) / 4
    led = [path.name for path in corpus[0].glob("*/ *.wav")]
    assert led == [name for name in names if name.startswith(" ")]
    assert len(led) == 2


def test_sounds_are_neither_clipped_nor_silent(corpus):
    for path in (corpus[0] / "evaluation").iterdir():
        wave, _ = soundfile.read(path)
        assert 0.01 < np.abs(wave).max() < 0.99
        assert np.abs(wave[-2000:]).max() > 0


def test_other_splits_have_a_quarter_and_never_none():
    assert [count_of("evaluation", sounds) for sounds in (1, 4, 10, 400)] == [1, 1, 3, 100]
    assert count_of("development", 10) == 10


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_threads(tmp_path):
    for name, (seed, threads) in {"a": (1, 1), "b": (1, 3), "c": (2, 1)}.items():
        write_corpus(tmp_path / name, seed, 3, threads)
    a, b, c = (contents(tmp_path / name) for name in "abc")
    assert a == b
    sounds = [content for name, content in a.items() if name.endswith(".wav")]
    assert len(set(sounds)) == 5
    assert not set(sounds) & set(c.values())


def test_a_smaller_corpus_is_the_beginning_of_a_larger_one(corpus, tmp_path):
    write_corpus(tmp_path / "small", 0, 2)
    for path in (tmp_path / "small").glob("*/*.wav"):
        assert (corpus[0] / path.relative_to(tmp_path / "small")).read_bytes() == path.read_bytes()
    for split in COUNTS:
        few = rows_of(tmp_path / "small", split)
        assert few == rows_of(corpus[0], split)[: len(few)]


def test_progress_is_told_of_every_clip(tmp_path):
    told = []
    write_corpus(tmp_path / "corpus", 0, 2, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_ceilings_are_told(corpus, tmp_path):
    found = write_corpus(tmp_path / "corpus", 0, 8)
    assert list(corpus[1]["ceiling"]) == list(COUNTS)
    assert ceiling(found["evaluation"]) == 1
    assert 0.9 < corpus[1]["ceiling"]["development"] < corpus[1]["ceiling"]["evaluation"] <= 1


@pytest.fixture(scope="module")
def learnt(corpus):
    """Captions of evaluation (clips, 5, words), and those guessed from log-mels (clips, words)."""
    words, found = vocabulary(corpus[0]), {}
    for split in ("development", "evaluation"):
        rows = rows_of(corpus[0], split)
        sounds = np.array([statistics(path_of(corpus[0], split, r["file_name"])) for r in rows])
        texts = np.array([[bag(row[caption], words) for caption in CAPTIONS] for row in rows])
        found[split] = sounds, texts
    (seen, texts), (heard, asked) = found.values()
    common = texts.mean((0, 1))
    seen, heard = ((x - seen.mean(0)) / (seen.std(0) + 1e-6) for x in (seen, heard))
    return asked - common, heard @ ridge(seen, texts.mean(1) - common)


def vocabulary(folder):
    captions = (row[caption] for row in rows_of(folder, "development") for caption in CAPTIONS)
    return {word: i for i, word in enumerate(sorted({w for c in captions for w in split_up(c)}))}


def split_up(caption):
    return caption.lower().replace(",", "").rstrip(".").split()


def bag(caption, words):
    counts = np.zeros(len(words))
    counts[[words[word] for word in split_up(caption)]] = 1
    return counts / np.linalg.norm(counts)


@torch.inference_mode()
def statistics(path):
    """Mean, spread and movement in each band of a log-mel, in each half of it."""
    wave, rate = soundfile.read(path, dtype="float32")
    at_rate = torch.from_numpy(soxr.resample(wave, rate, PANN.sample_rate))
    halves = np.array_split(FRONT_END(at_rate[None])[0, 0].numpy(), 2, axis=1)
    return np.concatenate([np.r_[h.mean(1), h.std(1), np.abs(np.diff(h)).mean(1)] for h in halves])


def ridge(features, targets, penalty=50.0):
    gram = features.T @ features + penalty * np.eye(features.shape[1])
    return np.linalg.solve(gram, features.T @ targets)


def map_at_10(clips, captions):
    """Rank clips (n, words) for each of their captions (n, 5, words)."""
    score = captions @ (clips / np.linalg.norm(clips, axis=1, keepdims=True)).T
    own = np.diagonal(score, axis1=0, axis2=2).T[..., None]
    rank = 1 + (score > own).sum(2)
    return np.where(rank <= 10, 1 / rank, 0).mean()


CHANCE = sum(1 / rank for rank in range(1, 11)) / COUNTS["evaluation"]


def test_what_is_said_is_heard(corpus, learnt):
    """Linear regression from statistics to words finds clips far better than by chance."""
    captions, guessed = learnt
    found = map_at_10(guessed, captions)
    assert 7 * CHANCE < found < corpus[1]["ceiling"]["evaluation"]
    assert map_at_10(np.roll(guessed, 1, axis=0), captions) < 2 * CHANCE


def test_other_captions_of_a_clip_tell_it_but_do_not_repeat_it(learnt):
    captions, _ = learnt
    others = captions[:, 1:].mean(1)
    assert 7 * CHANCE < map_at_10(others, captions[:, :1]) < 0.98

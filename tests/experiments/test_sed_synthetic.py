"""The synthetic sources: real layouts, the same bytes from a seed, told apart by structure."""

import csv
from collections import Counter

import numpy as np
import pytest
import soundfile
import soxr
import torch
from packed import contents
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from core import Inputs, Output, Setting
from experiments.common.corpora import CORPUS
from experiments.common.urban_scenes import SCENES
from experiments.sed import backgrounds, fsdkaggle2018
from experiments.sed.classes import CLASSES
from experiments.sed.features import LogMel
from experiments.sed.mixer import SAMPLE_RATE
from experiments.sed.synthetic import (
    SOUND_RATE,
    UNVERIFIED,
    synthesise_events,
    synthesise_scenes,
    write_scenes,
    write_sounds,
)
from experiments.sed.synthetic_families import FAMILIES
from kept_transcoder import one_thread


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    setting = Setting({"corpus_seed": 1, "sounds": UNVERIFIED})
    synthesise_events(setting, Inputs(), Output(folder, folder))
    return folder / CORPUS


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    setting = Setting({"corpus_seed": 1, "clips": 3, "clip_seconds": 2})
    synthesise_scenes(setting, Inputs(), Output(folder, folder))
    return folder / CORPUS


def test_sounds_are_laid_out_as_fsdkaggle2018(sounds):
    found = fsdkaggle2018.load(sounds, part=True)
    assert fsdkaggle2018.inspect_part(sounds).whole
    assert np.bincount(found.labels.label).tolist() == [UNVERIFIED] * len(CLASSES)
    verified = found.labels.label[found.labels.verified]
    assert np.bincount(verified).tolist() == [UNVERIFIED - 1] * len(CLASSES)
    with (sounds / "train.csv").open() as file:
        names = [row["fname"] for row in csv.DictReader(file)]
    assert names == sorted(names)
    assert {len(name) for name in names} == {len("00044347.wav")}
    described = soundfile.info(found.clips[0].path)
    assert (described.samplerate, described.channels, described.subtype) == (44_100, 1, "PCM_16")


def test_rows_are_in_no_order_of_classes(sounds):
    """So that each fold, dealt row by row, has sounds of most classes."""
    label = fsdkaggle2018.load(sounds, part=True).labels.label
    assert 0.005 < (label[1:] == label[:-1]).mean() < 0.06
    assert len(set(label[: len(label) // 4].tolist())) > 25


def test_lengths_are_within_those_of_the_real_ones(sounds):
    seconds = np.array([clip.seconds for clip in fsdkaggle2018.load(sounds, part=True).clips])
    assert 0.3 <= seconds.min() < 0.4
    assert 3.5 < seconds.max() <= 4 < 30
    assert 0.6 < (seconds < 2).mean() < 0.85


def test_scenes_are_laid_out_as_tut_2018(scenes):
    assert len(backgrounds.load(scenes, "synthetic")) == 12
    with (scenes / "meta.csv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert rows[11] == {
        "filename": "audio/bus-helsinki-1-11-a.wav",
        "scene_label": "bus",
        "identifier": "helsinki-1",
        "source_label": "a",
    }
    assert Counter(row["scene_label"] for row in rows[:10]) == Counter(SCENES)
    described = soundfile.info(scenes / rows[0]["filename"])
    assert (described.samplerate, described.channels, described.subtype) == (48_000, 2, "PCM_16")
    assert described.duration == 2


def test_scenes_of_the_real_length_pass_for_a_part(tmp_path):
    write_scenes(tmp_path / "corpus", 0, 1)
    assert backgrounds.inspect_part(tmp_path / "corpus").whole


def test_scenes_are_noise_that_falls_as_their_kind(scenes):
    falls = {}
    for scene in backgrounds.load(scenes, "synthetic"):
        wave, _ = soundfile.read(scene.path)
        assert np.abs(np.corrcoef(wave.T)[0, 1]) < 0.5
        assert 0.01 < wave.std() < 0.1
        power = np.abs(np.fft.rfft(wave[:, 0])) ** 2
        low, high = (power[2 * f : 4 * f].mean() for f in (200, 3200))
        falls.setdefault(scene.scene, 10 * np.log10(low / high) / 12.04)
    assert falls["bus"] - falls["park"] > 0.4
    assert all(0.3 < fall < 2.5 for fall in falls.values())


@pytest.mark.parametrize(
    "write",
    [
        lambda folder, seed: write_sounds(folder, seed, 1),
        lambda folder, seed: write_scenes(folder, seed, 3, 0.5),
    ],
    ids=["sounds", "scenes"],
)
def test_the_same_seed_gives_the_same_bytes(write, tmp_path):
    for name, seed in {"a": 1, "b": 1, "c": 2}.items():
        write(tmp_path / name, seed)
    a, b, c = (contents(tmp_path / name) for name in "abc")
    assert a == b
    waves = [content for name, content in a.items() if name.endswith(".wav")]
    assert len(set(waves)) == len(waves)
    assert not set(waves) & set(c.values())


def test_the_number_of_threads_changes_nothing(tmp_path):
    for threads in (1, 3):
        write_scenes(tmp_path / f"{threads}", 5, 4, 0.5, threads)
    assert contents(tmp_path / "1") == contents(tmp_path / "3")


def test_some_unverified_sounds_are_something_else(tmp_path):
    """None of the verified ones is; the family that is heard is told by which one made it."""
    heard = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "experiments.sed.synthetic.FAMILIES", {name: Overheard(name, heard) for name in CLASSES}
        )
        write_sounds(tmp_path / "corpus", 0, 2 * UNVERIFIED)
    said = [CLASSES[i % len(CLASSES)] for i in range(len(heard))]
    turns = np.arange(len(heard)) // len(CLASSES)
    wrong = np.array([a != b for a, b in zip(heard, said, strict=True)])
    unverified = turns % UNVERIFIED == UNVERIFIED - 1
    assert not wrong[~unverified].any()
    assert 0.2 < wrong[unverified].mean() < 0.45


class Overheard:
    """A family of which one hears nothing but that it was played."""

    def __init__(self, name, heard):
        self.name, self.heard = name, heard

    def play(self, rng, rate):
        self.heard.append(self.name)
        return np.zeros(4, np.float32)


def second_at_20_db(name, seed):
    """A second of a class, or less, above white noise."""
    rng = np.random.default_rng(seed)
    wave = soxr.resample(FAMILIES[name].play(rng, SOUND_RATE)[:SOUND_RATE], SOUND_RATE, SAMPLE_RATE)
    noisy = 10 * wave / wave.std() + rng.standard_normal(len(wave))
    return torch.from_numpy(noisy.astype(np.float32))


def score(features, label, test):
    """The share of test sounds that a linear classifier of the others tells."""
    classifier = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    classifier.fit(features[~test], label[~test])
    return classifier.score(features[test], label[test])


@torch.inference_mode()
def test_events_are_told_apart_by_spectrum_and_structure():
    """With a linear classifier of their log-mels, on sounds that it has not learnt."""
    count, front_end = 8, LogMel()
    pairs = [(name, [k, i]) for k, name in enumerate(CLASSES) for i in range(count)]
    with one_thread():
        log_mels = [front_end(second_at_20_db(*pair)).numpy() for pair in pairs]
    label = np.repeat(np.arange(len(CLASSES)), count)
    test = np.tile(np.arange(count) % 4 == 0, len(CLASSES))
    mean = np.array([log_mel.mean(0) for log_mel in log_mels])
    spread = np.array([log_mel.std(0) for log_mel in log_mels])
    movement = np.array([np.abs(np.diff(log_mel, axis=0)).mean(0) for log_mel in log_mels])
    both = score(np.hstack([mean, spread, movement]), label, test)
    assert 0.98 > both > 0.8
    assert both > score(mean, label, test) + 0.05

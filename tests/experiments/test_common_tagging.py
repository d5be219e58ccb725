"""Tags of recordings: which classes, how high, and when."""

import numpy as np
import pytest
import soundfile

import pann
from core.errors import DataError
from experiments.common.tagging import tagger
from local_checkpoint import placed, published_pann

RATE = 16_000
BIRD = 111


@pytest.fixture
def models(tmp_path, monkeypatch):
    placed("pann_cnn6", published_pann("cnn6", BIRD), tmp_path / "models", monkeypatch)
    return tmp_path / "models"


@pytest.fixture
def int8(real_data, tmp_path, monkeypatch):
    content = (real_data("yamnet") / "yamnet_classification_int8.tflite").read_bytes()
    placed("yamnet_int8", content, tmp_path / "models", monkeypatch)
    return tmp_path / "models"


def test_the_highest_classes_come_first(models, tmp_path):
    path = tmp_path / "noise.wav"
    soundfile.write(path, np.random.default_rng(1).uniform(-1, 1, 3 * RATE), RATE)
    found = tagger("pann_cnn6", models)(path, 3)
    assert [tag["name"] for tag in found] == ["Bird", *pann.class_names()[:2]]
    assert [tag["score"] for tag in found] == pytest.approx([0.880797, 0.5, 0.5])
    assert {tag["at"] for tag in found} == {0.0}


def test_a_sound_that_is_too_short_is_named(models, tmp_path):
    path = tmp_path / "click.wav"
    soundfile.write(path, np.ones(1_000), RATE)
    with pytest.raises(DataError, match=r"click.wav: .* at least 9920 samples"):
        tagger("pann_cnn6", models)(path, 3)


@pytest.mark.parametrize(
    ("clip", "heard"),
    [
        ("street_traffic-barcelona-162-4949-a", "Vehicle"),
        ("park-london-96-2684-a", "Bird"),
    ],
)
def test_real_scenes_are_heard(int8, real_data, clip, heard):
    found = tagger("yamnet_int8", int8)(real_data("tau-clips") / f"{clip}.flac", 3)
    assert heard in [tag["name"] for tag in found]
    assert all(0 <= tag["score"] <= tag["highest"] <= 1 for tag in found)
    assert all(0 <= tag["at"] <= 10 - 0.96 for tag in found)


def test_it_is_told_when_a_class_is_highest(int8, real_data, tmp_path):
    """Traffic for ten seconds, then silence; and the other way round."""
    clip = real_data("tau-clips") / "street_traffic-barcelona-162-4949-a.flac"
    sound, rate = soundfile.read(clip)
    silence = np.zeros_like(sound)
    tag = tagger("yamnet_int8", int8)
    when = []
    for name, parts in {"first": (sound, silence), "last": (silence, sound)}.items():
        soundfile.write(tmp_path / f"{name}.wav", np.concatenate(parts), rate)
        found = {tag["name"]: tag["at"] for tag in tag(tmp_path / f"{name}.wav", 20)}
        when.append(found["Vehicle"])
    assert when[0] < 10 < when[1]

"""Recordings transcoded and scored: sounds and levels agree, seconds follow each other."""

import numpy as np
import pytest
import soundfile
import torch

from core.errors import DataError, UnknownName
from experiments.transcoder.at_hand import choose
from experiments.transcoder.layout import OFFSET
from experiments.transcoder.recording import read
from experiments.transcoder.representation import representation
from experiments.transcoder.transcoding import Transcoding
from kept_transcoder import CLASSES, keep_training, one_thread
from local_checkpoint import placed

ID = "4f98adc81de777b7"
RATE = 44_100


@pytest.fixture(autouse=True)
def quietly():
    with one_thread():
        yield


@pytest.fixture(params=["PANN", "YamNet"])
def transcoding(request, tmp_path):
    folder = keep_training(tmp_path / "results", ID, request.param)
    return Transcoding(choose([str(folder), "pinv"], None, None), tmp_path)


@pytest.fixture
def sound(tmp_path):
    """Two seconds and a half of noise that swells."""
    wave = np.random.default_rng(1).normal(size=RATE * 5 // 2)
    soundfile.write(tmp_path / "sound.wav", wave * np.linspace(0.01, 0.1, len(wave)), RATE)
    return tmp_path / "sound.wav"


def test_each_whole_second_is_scored(transcoding, sound):
    heard = transcoding.hear(sound)
    target = representation(transcoding.classifier)
    assert heard.levels.shape == (16, 29)
    assert heard.scores.shape == (2, len(CLASSES))
    assert heard.wave.shape == (2 * target.sample_rate,)
    assert [(n, m.shape) for n, m in heard.mels.items()] == [
        ("CNN-logits 4f98", (2, target.frames, 64))
    ]
    model = transcoding.models["CNN-logits 4f98"]
    levels = torch.from_numpy(heard.levels + np.float32(26)).view(2, 8, 29)
    for second in range(2):
        with torch.no_grad():
            alone = model(levels[second : second + 1]).scores.numpy()
        np.testing.assert_allclose(heard.scores[second : second + 1], alone, atol=1e-5)


def test_levels_are_in_db_re_full_scale(tmp_path, transcoding):
    tone = np.sin(2 * np.pi * 1000 * np.arange(32_000) / 32_000)
    soundfile.write(tmp_path / "tone.wav", tone / 2, 32_000, "FLOAT")
    heard = transcoding.hear(tmp_path / "tone.wav")
    # Scaled to its peak, a sine is at -3 dB.
    np.testing.assert_allclose(heard.levels[:, 17], -3.01, atol=0.01)


def test_levels_of_a_sensor_are_heard_as_the_sound_is(tmp_path, transcoding, sound):
    of_sound = transcoding.hear(sound)
    written = of_sound.levels - OFFSET  # as a sensor has it, full scale at 90 dB
    np.savetxt(tmp_path / "sensor.csv", written, delimiter=",")
    of_levels = transcoding.hear(tmp_path / "sensor.csv")
    assert of_levels.wave is None
    np.testing.assert_allclose(of_levels.scores, of_sound.scores, atol=1e-4)
    np.testing.assert_allclose(of_levels.levels, of_sound.levels, atol=1e-4)
    np.save(tmp_path / "sensor.npy", written - 20)
    assert np.abs(transcoding.hear(tmp_path / "sensor.npy").scores - of_sound.scores).max() > 0.01
    quieter = transcoding.hear(tmp_path / "sensor.npy", offset=OFFSET + 20)
    np.testing.assert_allclose(quieter.scores, of_sound.scores, atol=1e-4)


def test_recordings_of_an_array_follow_each_other(tmp_path, transcoding):
    levels = np.random.default_rng(0).normal(60, 8, (2, 19, 29))
    np.save(tmp_path / "levels.npy", levels)
    heard = transcoding.hear(tmp_path / "levels.npy")
    assert heard.scores.shape == (4, len(CLASSES))
    np.testing.assert_allclose(heard.levels[16:], levels[1, :16] + OFFSET, atol=1e-4)


def test_every_transcoder_and_the_truth(tmp_path, transcoding, sound):
    heard = transcoding.hear(sound, every=True)
    assert list(heard.mels) == ["PINV", "CNN-logits 4f98", "ground truth"]
    target = representation(transcoding.classifier)
    wave = read(sound, (target.sample_rate,))[target.sample_rate]
    second = torch.from_numpy(wave[: target.sample_rate][None])
    np.testing.assert_allclose(heard.mels["ground truth"][:1], target.module()(second), atol=1e-4)
    np.savetxt(tmp_path / "levels.csv", heard.levels, delimiter=",")
    assert list(transcoding.hear(tmp_path / "levels.csv", 0, every=True).mels) == [
        "PINV",
        "CNN-logits 4f98",
    ]


def test_a_student_has_no_log_mel(tmp_path, sound):
    folder = keep_training(tmp_path / "results", ID, transcoder="self")
    found = Transcoding(choose([str(folder), "pinv"], None, None), tmp_path)
    assert found.hear(sound).mels == {}
    assert list(found.hear(sound, every=True).mels) == ["PINV", "ground truth"]


def test_classes_are_the_highest_or_those_named(transcoding, sound):
    heard = transcoding.hear(sound)
    means = heard.scores.mean(axis=0)
    highest = [CLASSES[index] for index in np.argsort(-means)]
    tags = transcoding.tags(heard, 2)
    assert [tag["name"] for tag in tags] == highest[:2]
    assert tags[0]["score"] == pytest.approx(means.max())
    assert tags[0]["at"] in (0.0, 1.0)
    (tag,) = transcoding.tags(heard, 2, ["Bark"])
    assert tag["highest"] == pytest.approx(heard.scores[:, 1].max())
    with pytest.raises(UnknownName, match="unknown class 'bark'; did you mean 'Bark'"):
        transcoding.tags(heard, 2, ["bark"])


def test_what_cannot_be_transcoded_is_named(tmp_path, transcoding):
    (tmp_path / "notes.txt").write_text("no sound")
    soundfile.write(tmp_path / "click.wav", np.ones(3000), 32_000)
    np.save(tmp_path / "octaves.npy", np.ones((16, 10)))
    np.save(tmp_path / "blink.npy", np.ones((7, 29)))
    for name, told in [
        ("nothing.wav", "there is no file .*nothing.wav"),
        ("notes.txt", r"notes.txt cannot be read"),
        ("click.wav", r"click.wav lasts 0.094 s; at least 1 s"),
        ("octaves.npy", r"octaves.npy holds an array of shape \(16, 10\).* 29 third-octave bands"),
        ("blink.npy", "blink.npy has 7 frames; one second"),
    ]:
        with pytest.raises(DataError, match=told):
            transcoding.hear(tmp_path / name)


def test_a_real_street_by_published_weights(tmp_path, monkeypatch, real_data):
    """The published transcoder and int8 YAMNet, a sibling of its teacher, as measured here."""
    content = (real_data("yamnet") / "yamnet_classification_int8.tflite").read_bytes()
    placed("yamnet_int8", content, tmp_path, monkeypatch)
    choice = choose([str(real_data("transcoder-weights"))], None, "int8")
    found = Transcoding(choice, tmp_path)
    street = real_data("tau-clips") / "street_traffic-barcelona-162-4949-a.flac"
    (tag,) = found.tags(found.hear(street), 1)
    assert (found.label, tag["name"], tag["at"]) == ("CNN-logits", "Synthesizer", 6.0)
    assert tag["score"] == pytest.approx(0.239, abs=2e-3)

"""Log-mels made audible: near what they came from, as long as it, the same for the same seed."""

import numpy as np
import pytest
import soundfile
import torch

from experiments.transcoder.recording import read
from experiments.transcoder.representation import representation
from experiments.transcoder.sounds import decibels, invert, joined, write_sound
from experiments.transcoder.urban_scene import arrange, mix
from experiments.transcoder.urban_sounds import SOURCES
from kept_transcoder import one_thread

CLASSIFIERS = ["PANN", "YamNet"]


@pytest.fixture(autouse=True)
def quietly():
    with one_thread():
        yield


def seconds_of(wave: np.ndarray, classifier: str) -> np.ndarray:
    """The log-mels (n, T, 64) of whole seconds of a wave at the classifier's rate."""
    target = representation(classifier)
    cut = torch.from_numpy(wave).view(-1, target.sample_rate)
    return target.module()(cut).numpy()


def scene(classifier: str, seconds: int = 3) -> np.ndarray:
    """Seconds of a synthetic town at the classifier's rate."""
    rng = np.random.default_rng(5)
    rate = representation(classifier).sample_rate
    return mix(rng, rate, seconds, arrange(rng, SOURCES, seconds))


def distance(wave: np.ndarray, log_mel: np.ndarray, classifier: str) -> float:
    """Mean absolute error in dB between the log-mel of a wave and another."""
    found = seconds_of(wave, classifier)
    return float(np.abs(decibels(found, classifier) - decibels(log_mel, classifier)).mean())


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_a_sound_made_of_a_log_mel_has_that_log_mel(classifier):
    wave = scene(classifier)
    log_mel = seconds_of(wave, classifier)
    made = invert(log_mel, classifier)
    assert made.shape == wave.shape
    assert distance(made, log_mel, classifier) < 1.5
    # Louder by 6 dB is twice the amplitude, which logarithms taken for powers would not give.
    louder = log_mel + np.float32({"PANN": 20 * np.log10(2), "YamNet": np.log(2)}[classifier])
    ratio = invert(louder, classifier).std() / made.std()
    assert ratio == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize(("classifier", "error"), [("PANN", 0.68), ("YamNet", 0.44)])
def test_the_error_on_a_real_street(real_data, classifier, error):
    path = real_data("tau-clips") / "street_pedestrian-paris-152-4607-a.flac"
    rate = representation(classifier).sample_rate
    log_mel = seconds_of(read(path, (rate,))[rate][: 10 * rate], classifier)
    assert distance(invert(log_mel, classifier), log_mel, classifier) == pytest.approx(
        error, abs=0.05
    )


def test_phases_come_from_the_seed_alone():
    log_mel = seconds_of(scene("PANN", 1), "PANN")
    before = torch.random.get_rng_state()
    made = invert(log_mel, "PANN", seed=1)
    torch.rand(5)
    np.testing.assert_array_equal(invert(log_mel, "PANN", seed=1), made)
    assert not np.array_equal(invert(log_mel, "PANN", seed=2), made)
    torch.random.set_rng_state(before)
    invert(log_mel, "PANN")
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_silence_stays_silent(classifier):
    rate = representation(classifier).sample_rate
    log_mel = seconds_of(np.zeros(2 * rate, np.float32), classifier)
    assert np.abs(invert(log_mel, classifier)).max() < 1e-4


def test_seconds_are_joined_to_100_frames_each_and_a_last_one():
    frames = np.arange(202, dtype=np.float32).reshape(2, 101, 1)
    expected = [*range(100), *range(101, 202)]
    np.testing.assert_array_equal(joined(frames)[:, 0], expected)
    patches = np.arange(192, dtype=np.float32).reshape(2, 96, 1)
    expected = [*range(95), *[95] * 5, *range(96, 191), *[191] * 6]
    np.testing.assert_array_equal(joined(patches)[:, 0], expected)


def test_the_floor_of_yamnet_is_60_db_down():
    silence = seconds_of(np.zeros(16_000, np.float32), "YamNet")
    assert decibels(silence, "YamNet") == pytest.approx(-60, abs=1e-3)


def test_only_what_exceeds_full_scale_is_scaled(tmp_path):
    wave = np.array([0.5, -0.25, 0.0])
    for factor, highest in [(1, 0.5), (4, 1.0)]:
        write_sound(tmp_path / "sound.wav", factor * wave, 16_000)
        found, rate = soundfile.read(tmp_path / "sound.wav")
        assert rate == 16_000
        assert np.abs(found).max() == pytest.approx(highest, abs=1e-4)
        assert found[1] / found[0] == pytest.approx(-0.5, abs=1e-4)

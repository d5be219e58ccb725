"""Mixing, sample by sample, and what can be wrong with the files that are mixed."""

import numpy as np
import pytest
import soundfile

from core.errors import DataError
from experiments.sed.mixer import SAMPLE_RATE, Heard, mix, read_scene, read_sound, rms, write_clip

RNG = np.random.default_rng(0)
SCENE = RNG.normal(0, 0.02, SAMPLE_RATE).astype(np.float32)
SOUND = RNG.normal(0, 0.3, 8000).astype(np.float32)


def level(wave):
    return np.sqrt(np.mean(np.asarray(wave, float) ** 2))


@pytest.mark.parametrize("snr", [20, 10, 0, -3.5])
def test_the_whole_file_has_the_ratio_that_was_asked_for(snr):
    clip = mix(SCENE, [Heard(SOUND, rms(SOUND), 1000)], snr).astype(float)
    heard = clip[1000 : 1000 + len(SOUND), 0]
    assert 20 * np.log10(level(heard) / level(clip[:, 1])) == pytest.approx(snr, abs=0.05)


def test_a_sound_is_scaled_before_it_is_cut():
    """Half of the file is silent: what is heard of it is 3 dB louder than asked for."""
    file = np.concatenate([SOUND, np.zeros_like(SOUND)])
    clip = mix(SCENE, [Heard(SOUND, rms(file), 0)], 0).astype(float)
    heard, scene = level(clip[: len(SOUND), 0]), level(clip[:, 1])
    assert 20 * np.log10(heard / scene) == pytest.approx(3.01, abs=0.05)


def test_samples_are_where_they_belong():
    clip = mix(SCENE, [Heard(SOUND, rms(SOUND), 5000), Heard(SOUND[:9], rms(SOUND), 31_991)], 0)
    assert clip.dtype == np.int16
    assert clip.shape == (SAMPLE_RATE, 2)
    assert np.abs(clip).max() == 32_767  # the highest sample of either channel
    events = clip[:, 0]
    assert not events[:5000].any()
    assert not events[13_000:31_991].any()
    gain = events[5000] / SOUND[0]
    np.testing.assert_allclose(events[5000:13_000], SOUND * gain, atol=2)
    np.testing.assert_allclose(events[-9:], SOUND[:9] * gain, atol=2)


def test_overlapping_events_are_added():
    one = mix(SCENE, [Heard(SOUND, 1, 0)], 0)[:, 0].astype(float)
    two = mix(SCENE, [Heard(SOUND, 1, 0), Heard(SOUND, 1, 0)], 0)[:, 0].astype(float)
    scenes = [mix(SCENE, [Heard(SOUND, 1, 0)] * n, 0)[:, 1].astype(float) for n in (1, 2)]
    ratio = (level(two) / level(scenes[1])) / (level(one) / level(scenes[0]))
    assert ratio == pytest.approx(2, rel=1e-3)


def test_silence_stays_silent():
    quiet = np.zeros(100, np.float32)
    clip = mix(SCENE, [Heard(quiet, 0.0, 0)], 0)
    assert not clip[:, 0].any()
    assert clip[:, 1].any()
    assert not mix(np.zeros(500, np.float32), [Heard(quiet, 0.0, 0)], 20).any()


def test_a_clip_shorter_than_an_event_is_refused():
    with pytest.raises(DataError, match=r"ends at 1\.25 s in a clip of 1 s; take longer clips"):
        mix(SCENE, [Heard(SOUND, 1.0, SAMPLE_RATE)], 0)


def test_files_are_read_as_one_channel_at_32_khz(tmp_path):
    time = np.arange(48_000) / 48_000
    tone = 0.5 * np.sin(2 * np.pi * 440 * time)
    soundfile.write(tmp_path / "a.wav", np.stack([tone, 0 * tone], axis=1), 48_000)
    found = read_sound(tmp_path / "a.wav")
    expected = 0.25 * np.sin(2 * np.pi * 440 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[200:-200], expected[200:-200], atol=1e-3)


def test_a_scene_may_lack_a_moment_and_no_more(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.full(31_000, 0.1), SAMPLE_RATE)
    scene = read_scene(tmp_path / "a.wav", SAMPLE_RATE)
    assert len(scene) == SAMPLE_RATE
    assert not scene[31_000:].any()
    assert len(read_scene(tmp_path / "a.wav", 100)) == 100
    with pytest.raises(DataError, match=r"a\.wav holds 0\.969 s, and a clip takes 2 s"):
        read_scene(tmp_path / "a.wav", 2 * SAMPLE_RATE)


def test_damaged_files_are_named(tmp_path):
    path = tmp_path / "cut.wav"
    soundfile.write(path, np.full(9000, 0.1), SAMPLE_RATE)
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(DataError, match=r"cut\.wav"):
        read_sound(path)
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), SAMPLE_RATE)
    with pytest.raises(DataError, match=r"empty\.wav"):
        read_sound(tmp_path / "empty.wav")


def test_a_clip_comes_back_from_its_file_bit_by_bit(tmp_path):
    clip = mix(SCENE, [Heard(SOUND, rms(SOUND), 7)], 10)
    write_clip(tmp_path / "00000.wav", clip)
    again, rate = soundfile.read(tmp_path / "00000.wav", dtype="int16")
    assert rate == SAMPLE_RATE
    np.testing.assert_array_equal(again, clip)

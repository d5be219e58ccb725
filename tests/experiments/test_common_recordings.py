"""Recordings read whole: channels averaged, damage named."""

import numpy as np
import pytest
import soundfile

from core.errors import DataError
from experiments.common.recordings import read_mono

RATE = 8_000


def sound(channels: int = 1) -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, (RATE, channels)).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_are_averaged_at_full_scale(tmp_path, channels):
    written = sound(channels)
    soundfile.write(tmp_path / "sound.wav", written, RATE, subtype="FLOAT")
    wave, rate = read_mono(tmp_path / "sound.wav")
    assert rate == RATE
    assert wave.dtype == np.float32
    np.testing.assert_allclose(wave, written.mean(axis=1), atol=1e-7)


def test_recordings_that_cannot_be_used_are_named(tmp_path):
    path = tmp_path / "sound.wav"
    with pytest.raises(DataError, match=r"sound.wav cannot be read"):
        read_mono(path)
    path.write_bytes(b"no sound")
    with pytest.raises(DataError, match=r"sound.wav cannot be read"):
        read_mono(path)
    soundfile.write(path, sound()[:0], RATE)
    with pytest.raises(DataError, match=r"sound.wav holds no sound"):
        read_mono(path)
    broken = sound()
    broken[7] = np.nan
    soundfile.write(path, broken, RATE, subtype="FLOAT")
    with pytest.raises(DataError, match=r"sound.wav holds samples that are not finite"):
        read_mono(path)


def test_a_flac_that_ends_early_is_refused(tmp_path):
    path = tmp_path / "sound.flac"
    soundfile.write(path, sound(), RATE)
    path.write_bytes(path.read_bytes()[:6000])
    with pytest.raises(DataError, match=r"sound.flac .*; copy it again"):
        read_mono(path)

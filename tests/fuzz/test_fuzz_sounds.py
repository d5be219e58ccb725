"""Damaged sounds: read whole, or refused by an error that names the file."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from damage import BINARY, Damage, instead, put, refused
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import DataError
from experiments.common.recordings import read_mono
from experiments.common.sound_files import seconds_of, sounds_by_stem, visible_files
from experiments.retrieval.windows import read_windows, windows_of
from experiments.transcoder.recording import read

RATE, FRAMES = 8000, 9000


def sound(form: str, subtype: str, channels: int = 1) -> bytes:
    """Write a sound in memory."""
    file = io.BytesIO()
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (FRAMES, channels)).astype(np.float32)
    soundfile.write(file, noise, RATE, format=form, subtype=subtype)
    return file.getvalue()


VALID = {
    "pcm.wav": sound("WAV", "PCM_16"),
    "float.wav": sound("WAV", "FLOAT"),
    "stereo.wav": sound("WAV", "PCM_24", channels=2),
    "sound.flac": sound("FLAC", "PCM_16"),
}
# The number of samples in a FLAC file's header, 36 bits of it, and of blocks.
ENDLESS = VALID["sound.flac"][:21] + b"\xff\xff\xff\xff\xff" + VALID["sound.flac"][26:]
RATELESS = VALID["pcm.wav"][:24] + bytes(4) + VALID["pcm.wav"][28:]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sounds")


@pytest.mark.parametrize("name", VALID)
@given(changed=BINARY)
@example(changed=instead(ENDLESS))
@example(changed=instead(RATELESS))
@example(changed=instead(b""))
def test_a_damaged_sound_is_read_whole_or_refused(name, folder, changed: Damage):
    path = put(folder / name, changed(VALID[name]))
    with refused(path, error=DataError):
        assert 0 < seconds_of(path) < 1e6
    with refused(path, error=DataError):
        wave, rate = read_mono(path)
        assert rate > 0 and len(wave) and np.isfinite(wave).all()
    with refused(path, error=DataError):
        waves = read(path, (16_000,))
        assert np.isfinite(waves[16_000]).all() and np.abs(waves[16_000]).max() <= 1
    with refused(path, error=DataError):
        for wave, _ in read_windows(path, windows_of(path)):
            assert np.isfinite(wave).all()


@given(
    value=st.sampled_from([np.nan, np.inf, -np.inf, 1e38, -3e38]), place=st.integers(0, FRAMES - 1)
)
def test_samples_that_are_no_sound_are_refused_or_scaled(folder, value, place):
    path = folder / "odd.wav"
    samples = np.full(FRAMES, 0.25, np.float32)
    samples[place] = value
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    with refused(path, error=DataError):
        waves = read(path, (16_000, RATE))
        assert np.isfinite(value)
        assert all(np.isfinite(wave).all() for wave in waves.values())


@pytest.mark.parametrize("name", ["sound.raw", "sound.txt", "sound", "folder.wav", "\u00e9.mp3"])
def test_names_do_not_mislead(folder, name):
    for content in (None, b"", VALID["pcm.wav"]):
        path = folder / "names" / name
        if content is None:
            path.mkdir(parents=True)
        else:
            put(path, content)
        with refused(path, error=DataError):
            assert read_mono(path)[1] == RATE
        with refused(path, error=DataError):
            assert seconds_of(path) == FRAMES / RATE
        if content is None:
            path.rmdir()
        else:
            path.unlink()


def test_folders_named_like_sounds_are_none(tmp_path):
    (tmp_path / "a.wav").mkdir()
    put(tmp_path / "a.wav" / "b.wav", VALID["pcm.wav"])
    assert list(sounds_by_stem(tmp_path, visible_files(tmp_path, "sounds"))) == ["b"]

"""Sounds that are whole, cut short, empty and no sounds."""

import numpy as np
import pytest
import soundfile

from core.errors import DataError
from experiments.common.sound_files import seconds_of, sounds_by_stem, visible_files

RATE = 8000
NOISE = np.random.default_rng(1).uniform(-0.1, 0.1, 2 * RATE)


def write(path, sound=NOISE, **how):
    soundfile.write(path, sound, RATE, **how)
    return path


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_the_length_of_a_sound_is_told(tmp_path, name, subtype):
    assert seconds_of(write(tmp_path / name, subtype=subtype)) == 2.0


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.95])
def test_a_sound_that_is_cut_short_is_refused(tmp_path, name, share):
    path = write(tmp_path / name)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=f"{name}.*copy it again"):
        seconds_of(path)


def test_a_wav_that_was_written_into_a_pipe_is_taken_as_it_is(tmp_path):
    path = write(tmp_path / "a.wav")
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert seconds_of(path) == 2.0


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
@pytest.mark.parametrize("content", [b"", b"RIFF", b"<html>not found</html>"])
def test_what_is_no_sound_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name):
        seconds_of(tmp_path / name)


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_a_sound_of_no_length_is_refused(tmp_path, name):
    with pytest.raises(DataError, match=name):
        seconds_of(write(tmp_path / name, NOISE[:0]))


def test_sounds_are_found_by_name_wherever_they_lie(tmp_path):
    for name in ("b.wav", "below/a.FLAC", "below/._a.wav", "a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    files = visible_files(tmp_path, "them")
    assert sounds_by_stem(tmp_path, files) == {
        "b": tmp_path / "b.wav",
        "a": tmp_path / "below" / "a.FLAC",
    }
    with pytest.raises(DataError, match="keep one"):
        sounds_by_stem(tmp_path, [*files, tmp_path / "a.flac"])
    with pytest.raises(DataError, match=r"no \.wav or \.flac recording"):
        sounds_by_stem(tmp_path, [tmp_path / "a.txt"])
    with pytest.raises(DataError, match=r"no folder .*give the one with them"):
        visible_files(tmp_path / "none", "them")

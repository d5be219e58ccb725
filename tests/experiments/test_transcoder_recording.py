"""Reading recordings: rates, channels, peaks, and files that are no good."""

import numpy as np
import pytest
import soundfile

from core.errors import DataError
from experiments.transcoder.recording import read


def tone(rate: int, seconds: float = 1.0, frequency: float = 1000) -> np.ndarray:
    """A sine of amplitude 0.25 (samples,)."""
    return 0.25 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


def test_every_rate_is_resampled_to_peak_one(tmp_path):
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(44_100, 2), 44_100, "PCM_24")
    waves = read(path)
    assert list(waves) == [32_000, 16_000]
    for rate, wave in waves.items():
        assert (wave.shape, wave.dtype) == ((2 * rate,), np.float32)
        assert np.abs(wave).max() == 1
        middle = slice(rate // 2, 3 * rate // 2)
        np.testing.assert_allclose(wave[middle], 4 * tone(rate, 2)[middle], atol=0.01)


def test_what_the_lower_rate_cannot_hold_is_not_folded_back(tmp_path):
    path = tmp_path / "high.wav"
    loud_and_high = tone(44_100) / 1000 + tone(44_100, frequency=12_000)
    soundfile.write(path, loud_and_high, 44_100, "FLOAT")
    wave = read(path, rates=(16_000,))[16_000][4_000:12_000]
    spectrum = np.abs(np.fft.rfft(wave))
    assert spectrum.argmax() == 500  # 1 kHz, of which there is a thousandth of what 12 kHz has


def test_channels_are_averaged(tmp_path):
    path = tmp_path / "stereo.wav"
    left, right = tone(32_000), tone(32_000, frequency=3000)
    soundfile.write(path, np.stack([left, right], axis=1), 32_000, "FLOAT")
    mean = (left + right) / 2
    expected = mean / np.abs(mean).max()
    np.testing.assert_allclose(read(path)[32_000], expected, atol=1e-6)


def test_silence_stays_silence(tmp_path):
    path = tmp_path / "silence.wav"
    soundfile.write(path, np.zeros(44_100), 44_100)
    assert not any(wave.any() for wave in read(path).values())


def test_a_recording_that_is_too_short_is_refused(tmp_path):
    path = tmp_path / "short.wav"
    soundfile.write(path, tone(32_000, 0.5), 32_000)
    with pytest.raises(DataError, match=r"short\.wav lasts 0\.500 s; at least 1 s"):
        read(path)
    assert len(read(path, shortest=0.5)[16_000]) == 8000
    soundfile.write(path, np.zeros(0), 32_000)
    with pytest.raises(DataError, match="holds no sound"):
        read(path, shortest=0)


def test_samples_that_are_no_numbers_are_refused(tmp_path):
    path = tmp_path / "broken.wav"
    wave = tone(32_000)
    wave[1234] = np.nan
    soundfile.write(path, wave, 32_000, "FLOAT")
    with pytest.raises(DataError, match=r"broken\.wav holds samples that are not finite"):
        read(path)


@pytest.mark.parametrize("kept", [0, 30, 70_000])
@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_a_file_cut_short_is_refused(tmp_path, ending, kept):
    path = tmp_path / f"cut.{ending}"
    noise = np.random.default_rng(0).normal(0, 0.1, 64_000)
    soundfile.write(path, noise, 32_000, "PCM_16")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"cut\."):
        read(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nothing\.wav"):
        read(tmp_path / "nothing.wav")

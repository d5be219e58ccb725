"""From a recording to a prepared cycle: the published numbers, and torchaudio's."""

import math
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch
from torchaudio.functional import resample as torchaudio_resample

from core.errors import DataError, UnknownName
from experiments.icbhi.corpus import Recording
from experiments.icbhi.metadata import Cycle, Name, Patient
from experiments.icbhi.waveform import cut, prepare_cycle, resample

RATE = 16_000
RAMP = (np.arange(1, 20_001) / 20_000).astype(np.float32)


def noise(frames):
    return (0.1 * np.random.default_rng(0).standard_normal(frames)).astype(np.float32)


def prepare(wave, pad="circular", seconds=8):
    row = np.full(seconds * RATE, np.nan, np.float32)
    prepare_cycle(wave, RATE, RATE, pad, row)
    return row


@pytest.mark.parametrize("source_rate", [4_000, 10_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("seconds", [0.2, 2.7001])
def test_resamples_as_torchaudio(source_rate, seconds):
    wave = noise(int(seconds * source_rate))
    ours = resample(wave, source_rate, RATE)
    # In float64, as torchaudio itself errs by 6e-6 when it makes its filters in float32.
    theirs = torchaudio_resample(torch.from_numpy(wave).double(), source_rate, RATE).numpy()
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
    single = torchaudio_resample(torch.from_numpy(wave), source_rate, RATE).numpy()
    np.testing.assert_allclose(ours, single, rtol=0, atol=1e-5)


def test_the_published_ramp():
    prepared = prepare(RAMP)
    expected = [0, 0, 0.012538, 0.05, 0.05005, 0.50005]
    np.testing.assert_allclose(prepared[[0, 1, 500, 999, 1000, 10_000]], expected, atol=1e-6)
    np.testing.assert_allclose(
        prepared[[20_500, 126_999, 127_000]], [0.012538, 0.35, 0.35005], atol=1e-6
    )
    assert prepared[-1] == 0


def test_a_short_cycle_is_centred_in_zeros():
    prepared = prepare(RAMP[:19_999], pad="zero")
    left = math.floor((128_000 - 19_999) / 2)
    assert not prepared[: left + 1].any()
    assert prepared[left + 10_000] == RAMP[10_000]
    assert not prepared[left + 19_998 :].any()


def test_a_long_cycle_keeps_its_beginning_without_a_new_fade():
    prepared = prepare(RAMP, seconds=1)
    np.testing.assert_array_equal(prepared, prepare(RAMP)[:RATE])
    assert prepared[-1] == RAMP[RATE - 1]


def test_a_cycle_shorter_than_its_fades_is_finite():
    assert np.isfinite(prepare(RAMP[:7])).all()


def test_the_cycle_given_is_left_alone():
    wave = RAMP.copy()
    prepare(wave)
    np.testing.assert_array_equal(wave, RAMP)


def test_an_unknown_pad_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'zero'"):
        prepare(RAMP, pad="zeros")


# Cutting


def recording(path, sound, rate, *spans, subtype="PCM_16"):
    soundfile.write(path, sound, rate, subtype=subtype)
    cycles = tuple(Cycle(onset, offset, 0) for onset, offset in spans)
    name = Name(101, "1b1", "Al", "sc", "Meditron")
    return Recording(path, name, False, Patient(70, "F"), rate, len(sound), cycles)


def test_cuts_at_truncated_frames(tmp_path):
    wave = noise(4_000)
    found = recording(tmp_path / "a.wav", wave, 4_000, (0.0363, 0.579), (0.579, 0.9999))
    stored, _ = soundfile.read(found.path, dtype="float32")
    first, second = cut(found)
    np.testing.assert_array_equal(first, stored[145:2316])
    np.testing.assert_array_equal(second, stored[2316:3999])


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "FLOAT"])
def test_averages_channels_at_any_depth(tmp_path, subtype):
    stereo = noise(8_000).reshape(-1, 2)
    found = recording(tmp_path / "a.wav", stereo, 4_000, (0, 1), subtype=subtype)
    (wave,) = cut(found)
    np.testing.assert_allclose(wave, stereo.mean(axis=1), atol=2**-15)


def test_a_cycle_that_ends_a_sample_late_is_cut_at_the_end(tmp_path):
    found = recording(tmp_path / "a.wav", noise(4_000), 4_000, (0.5, 1.00025))
    (wave,) = cut(found)
    assert len(wave) == 2_000


def test_a_file_cut_short_since_it_was_listed_is_named(tmp_path):
    found = recording(tmp_path / "short.wav", noise(4_000), 4_000, (0, 1))
    with pytest.raises(DataError, match=r"short\.wav"):
        list(cut(replace(found, frames=8_000, cycles=(Cycle(0, 2, 0),))))


def test_a_damaged_flac_is_named(tmp_path):
    found = recording(tmp_path / "bad.flac", noise(40_000), 4_000, (0, 10))
    data = bytearray(found.path.read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    found.path.write_bytes(data)
    with pytest.raises(DataError, match=r"bad\.flac"):
        list(cut(found))


def test_a_cycle_without_a_sample_is_named(tmp_path):
    found = recording(tmp_path / "a.wav", noise(4_000), 4_000, (0, 0.5), (0.5, 0.50001))
    with pytest.raises(DataError, match=r"a\.wav: no sample"):
        list(cut(found))

"""Levels that users bring: every kind of file, offsets, and layouts that do not match."""

import numpy as np
import pytest

from core.errors import DataError, UnknownName
from experiments.transcoder.layout import read_levels
from experiments.transcoder.third_octave import BANDS, CENTRES

SHIFT = -90 + 26  # dB: to full scale, and the sensor's sensitivity


def levels(frames: int = 16) -> np.ndarray:
    """Levels (frames, 29) in dB."""
    return np.random.default_rng(0).normal(60, 8, (frames, 29))


def write_csv(path, array: np.ndarray, header: str = "") -> None:
    np.savetxt(path, array, delimiter=",", header=header, comments="")


@pytest.mark.parametrize("header", ["", ",".join(map(str, BANDS)), ",".join(map(str, CENTRES))])
def test_csv_with_and_without_frequencies(tmp_path, header):
    write_csv(tmp_path / "levels.csv", levels(), header)
    found = read_levels(tmp_path / "levels.csv")
    assert found.shape == (1, 16, 29)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], levels() + SHIFT, atol=1e-4)


def test_npy_of_one_recording_or_several(tmp_path):
    path = tmp_path / "levels.npy"
    np.save(path, levels())
    np.testing.assert_allclose(read_levels(path), levels()[None] + SHIFT, atol=1e-4)
    np.save(path, levels().reshape(2, 8, 29))
    assert read_levels(path).shape == (2, 8, 29)


def test_h5_and_its_dataset(tmp_path):
    h5py = pytest.importorskip("h5py", reason="h5 files need h5py: pip install h5py")
    path = tmp_path / "levels.h5"
    with h5py.File(path, "w") as file:
        file["fast_125ms"] = levels()
    np.testing.assert_allclose(read_levels(path), levels()[None] + SHIFT, atol=1e-4)
    with h5py.File(path, "w") as file:
        file["slow_1s"] = levels()
    with pytest.raises(DataError, match=r"no dataset 'fast_125ms'.*known: slow_1s"):
        read_levels(path)
    path.write_bytes(b"nothing")
    with pytest.raises(DataError, match="cannot be read as an h5 file"):
        read_levels(path)


def test_an_offset_of_ones_own_and_an_automatic_one(tmp_path):
    path = tmp_path / "levels.npy"
    np.save(path, levels(200))
    np.testing.assert_allclose(read_levels(path, -70)[0], levels(200) - 70 + 26, atol=1e-4)
    found = read_levels(path, "auto")[0].astype(np.float64) - 26
    totals = 10 * np.log10((10 ** (found / 10)).sum(axis=1))
    assert np.percentile(totals, 99) == pytest.approx(0, abs=1e-4)


def test_twenty_bands_are_not_taken_for_twenty_nine(tmp_path):
    path = tmp_path / "levels.csv"
    write_csv(path, levels()[:, :20])
    with pytest.raises(DataError, match=r"shape \(16, 20\).*29 third-octave bands from 20 Hz"):
        read_levels(path)
    write_csv(path, levels()[:, :20], ",".join(map(str, BANDS[8:28])))
    with pytest.raises(DataError, match=r"20 bands from 125 Hz to 10000 Hz; expected are 29"):
        read_levels(path)


def test_bands_shifted_by_one_are_refused(tmp_path):
    path = tmp_path / "levels.csv"
    write_csv(path, levels(), ",".join(map(str, (*BANDS[1:], 16_000))))
    with pytest.raises(DataError, match=r"29 bands from 25 Hz to 16000 Hz; expected are 29"):
        read_levels(path)


def test_less_than_a_second_is_refused(tmp_path):
    np.save(tmp_path / "levels.npy", levels(7))
    with pytest.raises(DataError, match="7 frames; one second, 8 frames"):
        read_levels(tmp_path / "levels.npy")


@pytest.mark.parametrize("text", ["", "\n", ",".join(map(str, BANDS))])
def test_a_csv_file_without_levels_is_refused(tmp_path, text):
    path = tmp_path / "levels.csv"
    path.write_text(text)
    with pytest.raises(DataError, match="0 frames"):
        read_levels(path)


def test_csv_files_of_something_else_are_refused(tmp_path):
    path = tmp_path / "levels.csv"
    path.write_text("time,20,25\n0,1,2\n")
    with pytest.raises(DataError, match="nor are frequencies in Hz its first line"):
        read_levels(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="is no text"):
        read_levels(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_levels_that_are_no_numbers_are_refused(tmp_path, value):
    array = levels()
    array[3, 4] = value
    np.save(tmp_path / "levels.npy", array)
    with pytest.raises(DataError, match="not finite numbers"):
        read_levels(tmp_path / "levels.npy")


def test_npy_files_of_something_else_are_refused(tmp_path):
    path = tmp_path / "levels.npy"
    path.write_bytes(b"nothing")
    with pytest.raises(DataError, match="cannot be read as an array"):
        read_levels(path)
    np.save(path, np.full((8, 29), "loud"))
    with pytest.raises(DataError, match="not finite numbers"):
        read_levels(path)


def test_unknown_endings_and_missing_files_are_named(tmp_path):
    with pytest.raises(UnknownName, match=r"'\.xlsx'"):
        read_levels(tmp_path / "levels.xlsx")
    with pytest.raises(DataError, match=r"there is no file .*levels\.csv"):
        read_levels(tmp_path / "levels.csv")

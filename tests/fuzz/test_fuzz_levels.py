"""Damaged files of third-octave levels: read, or refused by an error that names the file."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from damage import BINARY, Damage, damage, instead, put, refused
from hypothesis import example, given

from experiments.transcoder.layout import read_levels
from experiments.transcoder.third_octave import BANDS

LEVELS = np.random.default_rng(0).uniform(20, 80, (9, len(BANDS)))


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same levels in files of each kind."""
    folder = tmp_path_factory.mktemp("levels")
    np.savetxt(
        folder / "levels.csv", LEVELS, "%.2f", ",", header=",".join(map(str, BANDS)), comments=""
    )
    np.save(folder / "levels.npy", LEVELS)
    with h5py.File(folder / "levels.h5", "w") as file:
        file["fast_125ms"] = LEVELS
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


def check(path: Path) -> None:
    for offset in (-90.0, "auto"):
        with refused(path):
            levels = read_levels(path, offset)
            assert levels.shape[1] >= 8 and levels.shape[2] == len(BANDS)
            assert np.isfinite(levels).all()


@given(changed=damage())
@example(changed=instead("# nothing\n# at all\n"))
@example(changed=instead("\n".join([",".join(["1e300"] * 29)] * 9)))
@example(changed=instead("\n".join([",".join(["-1e30"] * 29)] * 9)))
def test_a_damaged_csv_is_read_or_refused(tmp_path_factory, valid, changed: Damage):
    check(put(tmp_path_factory.getbasetemp() / "fuzzed" / "levels.csv", changed(valid[".csv"])))


@given(changed=BINARY)
@example(changed=instead(b"\x93NUMPY\x01\x00\x16\x00{'descr': '<f8', (2, 0)\n"))
def test_a_damaged_npy_is_read_or_refused(tmp_path_factory, valid, changed: Damage):
    check(put(tmp_path_factory.getbasetemp() / "fuzzed" / "levels.npy", changed(valid[".npy"])))


@given(changed=BINARY)
def test_a_damaged_h5_is_read_or_refused(tmp_path_factory, valid, changed: Damage):
    check(put(tmp_path_factory.getbasetemp() / "fuzzed" / "levels.h5", changed(valid[".h5"])))


def test_an_archive_of_arrays_is_no_array(tmp_path):
    np.savez(tmp_path / "levels.npz", LEVELS)
    check((tmp_path / "levels.npz").rename(tmp_path / "levels.npy"))


@pytest.mark.parametrize("shape", [(10**12, 29), (2**62, 29), (2**64, 29), (-1, 29)])
def test_an_array_that_claims_more_than_it_holds_is_refused(tmp_path, valid, shape):
    written, claimed = str(LEVELS.shape).encode(), str(shape).encode()
    content = valid[".npy"].replace(
        written + b", }" + b" " * (len(claimed) - len(written)), claimed + b", }"
    )
    assert claimed in content and len(content) == len(valid[".npy"])
    check(put(tmp_path / "levels.npy", content))

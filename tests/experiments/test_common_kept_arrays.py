"""Arrays kept from call to call."""

import numpy as np
import pytest

from experiments.common.kept_arrays import keep_arrays, kept_arrays

ARRAYS = {"name": np.array(["rain", "дождь"]), "vector": np.eye(2, dtype=np.float32)}


def test_what_is_kept_is_read_again(tmp_path):
    path = tmp_path / "cache" / "a.npz"
    keep_arrays(path, ARRAYS)
    found = kept_arrays(path)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
    assert [file.name for file in path.parent.iterdir()] == ["a.npz"]


@pytest.mark.parametrize("damage", [b"", b"other", b"PK\x03\x04cut"])
def test_what_is_damaged_is_nothing(tmp_path, damage):
    path = tmp_path / "a.npz"
    assert kept_arrays(path) == {}
    path.write_bytes(damage)
    assert kept_arrays(path) == {}
    keep_arrays(path, ARRAYS)
    path.write_bytes(path.read_bytes()[:-30])
    assert kept_arrays(path) == {}


def test_pickled_objects_are_not_read(tmp_path):
    np.savez(tmp_path / "a.npz", name=np.array([{}], dtype=object))
    assert kept_arrays(tmp_path / "a.npz") == {}


def test_a_place_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    keep_arrays(tmp_path / "file" / "a.npz", ARRAYS)
    (tmp_path / "folder.npz").mkdir()
    keep_arrays(tmp_path / "folder.npz", ARRAYS)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder.npz"]

import pytest

from core.errors import DataError
from core.fingerprint import fingerprint


def make(folder, text="label", size=10):
    (folder / "audio").mkdir(parents=True)
    (folder / "audio" / "a.wav").write_bytes(b"0" * size)
    (folder / "labels.txt").write_text(text)
    return folder


def test_a_copy_elsewhere_is_the_same(tmp_path):
    assert fingerprint(make(tmp_path / "one")) == fingerprint(make(tmp_path / "two"))


@pytest.mark.parametrize("change", [{"text": "lable"}, {"size": 11}])
def test_changed_sizes_and_changed_text_show(tmp_path, change):
    assert fingerprint(make(tmp_path / "one")) != fingerprint(make(tmp_path / "two", **change))


def test_a_file_more_or_elsewhere_shows(tmp_path):
    before = fingerprint(make(tmp_path / "one"))
    (tmp_path / "one" / "extra.wav").touch()
    more = fingerprint(tmp_path / "one")
    (tmp_path / "one" / "extra.wav").rename(tmp_path / "one" / "other.wav")
    assert len({before, more, fingerprint(tmp_path / "one")}) == 3


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="gone does not exist"):
        fingerprint(tmp_path / "gone")

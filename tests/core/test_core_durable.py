import pytest

from core.durable import replace_text


def test_a_file_is_replaced_or_left_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "index.json"
    replace_text(path, "first")
    replace_text(path, "second")

    def refuse(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        replace_text(path, "third")
    assert path.read_text() == "second"
    assert list(tmp_path.iterdir()) == [path]

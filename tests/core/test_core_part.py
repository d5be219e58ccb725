"""Parts of files under their lock."""

import hashlib
import threading

from core.part import Part, locked_part, part_of


def test_a_part_knows_its_bytes_their_version_and_their_hash(tmp_path):
    path = tmp_path / "file"
    with locked_part(path, "md5") as part:
        part.restart("v1")
        part.append(b"abc")
    with locked_part(path, "md5") as part:
        assert (part.done, part.version) == (3, "v1")
        part.append(b"def")
        assert part.hexdigest() == hashlib.md5(b"abcdef").hexdigest()
        part.restart("v2")
        part.append(b"x")
        assert (part.done, part.hexdigest()) == (1, hashlib.md5(b"x").hexdigest())
        part.move(path)
    assert path.read_bytes() == b"x"
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_part_that_was_set_aside_is_not_gone_on_with_by_the_next(tmp_path):
    path = tmp_path / "file"
    seen: list[tuple[int, bool]] = []

    def wait_for_it() -> None:
        with locked_part(path, "sha256") as part:
            seen.append((part.done, part_of(path).exists()))

    with locked_part(path, "sha256") as part:
        part.append(b"wrong")
        thread = threading.Thread(target=wait_for_it)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        part.move(tmp_path / "file.wrong")
    thread.join(10)
    assert seen == [(0, True)]
    assert (tmp_path / "file.wrong").read_bytes() == b"wrong"


def test_a_version_that_cannot_be_read_is_none(tmp_path):
    part_of(tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "file.part.version").write_bytes(b"\xff\xfe")
    with locked_part(tmp_path / "file", "sha256") as part:
        assert isinstance(part, Part)
        assert (part.done, part.version) == (3, "")

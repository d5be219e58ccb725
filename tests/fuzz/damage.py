"""Damaged files: what a disk, an editor, a spreadsheet or a broken line makes of valid ones."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from core.errors import SonoplanError

ODD = (
    *(b"", b" ", b"nan", b"inf", b"-inf", b"1e999", b"-1e308", b"1e308", b"-1", b"0", b"1_0"),
    *(b"9" * 400, b"9" * 5000, b"x" * 140_000, b"0x10", b"1,5", b"True", b"null", b"[]", b"{}"),
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n"),
    *(b"#", b"..", b"/", b"\\", b"../../x", b"%s", b"\xed\xa0\x80", b"[" * 3000, b"{'a':" * 999),
    *("²".encode(), "١".encode(), "é".encode(), "\u2028".encode(), "\U0001f40d".encode()),
    *(b"\xff" * 4, b"\xff" * 8, b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff", b"\0\0\0\x80"),
)
"""What numbers, names, lines and fields of headers turn into."""


@dataclass(frozen=True)
class Edit:
    """One change between two places, which are shares of the length."""

    way: str
    start: float
    stop: float
    put: bytes

    def __call__(self, content: bytes) -> bytes:
        """Make the change."""
        return WAYS[self.way](content, self)

    def places(self, length: int) -> tuple[int, int]:
        """Give the two places of something so long, in order."""
        first, last = sorted((self.start, self.stop))
        return int(first * length), int(last * length)


@dataclass(frozen=True)
class Damage:
    """What becomes of a file: some changes, or another content altogether."""

    edits: tuple[Edit, ...] = ()
    instead: bytes | None = None

    def __call__(self, content: bytes) -> bytes:
        """Damage a content."""
        if self.instead is not None:
            return self.instead
        for edit in self.edits:
            content = edit(content)
        return content


def instead(content: bytes | str) -> Damage:
    """Have another content in place of the valid one."""
    return Damage(instead=content.encode() if isinstance(content, str) else content)


def _bytes(change: Callable[[bytes, bytes], bytes]) -> Callable[[bytes, Edit], bytes]:
    """Change what lies between the two places."""

    def changed(content: bytes, edit: Edit) -> bytes:
        a, b = edit.places(len(content))
        return content[:a] + change(content[a:b], edit.put) + content[b:]

    return changed


def _head(content: bytes, edit: Edit) -> bytes:
    """Write over some of the first bytes, where formats keep their sizes."""
    at = int(edit.start * min(len(content), 96))
    return content[:at] + edit.put[:8] + content[at + len(edit.put[:8]) :]


def _lines(
    change: Callable[[list[bytes], int, int], list[bytes]],
) -> Callable[[bytes, Edit], bytes]:
    def changed(content: bytes, edit: Edit) -> bytes:
        lines = content.split(b"\n")
        a, b = (min(place, len(lines) - 1) for place in edit.places(len(lines)))
        return b"\n".join(change(lines, a, b))

    return changed


def _swapped(lines: list[bytes], a: int, b: int) -> list[bytes]:
    lines[a], lines[b] = lines[b], lines[a]
    return lines


def _cell(content: bytes, edit: Edit) -> bytes:
    """Put something odd into one cell of one line."""
    lines = content.split(b"\n")
    line = min(int(edit.start * len(lines)), len(lines) - 1)
    mark = next((mark for mark in (b"\t", b";", b",") if mark in lines[line]), b" ")
    cells = lines[line].split(mark)
    cells[min(int(edit.stop * len(cells)), len(cells) - 1)] = edit.put
    lines[line] = mark.join(cells)
    return b"\n".join(lines)


def _columns(change: Callable[[list[bytes], int], list[bytes]]) -> Callable[[bytes, Edit], bytes]:
    """Change the same column of every line."""

    def changed(content: bytes, edit: Edit) -> bytes:
        mark = next((mark for mark in (b"\t", b";", b",") if mark in content), b" ")
        lines = []
        for line in content.split(b"\n"):
            cells = line.split(mark)
            lines.append(
                mark.join(change(cells, min(int(edit.start * len(cells)), len(cells) - 1)))
            )
        return b"\n".join(lines)

    return changed


def _field(content: bytes, edit: Edit) -> bytes:
    """Take away a field of a JSON document, or have something else in it."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return content
    if not isinstance(document, dict) or not document:
        return content
    name = sorted(document)[min(int(edit.start * len(document)), len(document) - 1)]
    if edit.stop == 1:
        del document[name]
    else:
        document[name] = _VALUES[int(edit.stop * len(_VALUES))]
    return json.dumps(document).encode()


_VALUES = (None, True, -1, 0.5, 1e999, 10**400, "", "x", [], [1], ["x"], {}, {"x": 1}, {"x": None})
WAYS: dict[str, Callable[[bytes, Edit], bytes]] = {
    "cut": lambda content, edit: content[: edit.places(len(content))[1]],
    "removed": _bytes(lambda middle, put: b""),
    "repeated": _bytes(lambda middle, put: middle * 2),
    "replaced": _bytes(lambda middle, put: put),
    "inserted": _bytes(lambda middle, put: put + middle),
    "flipped": _bytes(
        lambda middle, put: bytes([middle[0] ^ 0x55]) + middle[1:] if middle else b""
    ),
    "zeroed": _bytes(lambda middle, put: b"\0" * len(middle)),
    "head": _head,
    "line removed": _lines(lambda lines, a, b: lines[:a] + lines[a + 1 :]),
    "line twice": _lines(lambda lines, a, b: [*lines[:b], lines[a], *lines[b:]]),
    "lines swapped": _lines(_swapped),
    "cell": _cell,
    "column removed": _columns(lambda cells, at: cells[:at] + cells[at + 1 :]),
    "column twice": _columns(lambda cells, at: [*cells, cells[at]]),
    "columns turned": _columns(lambda cells, at: cells[at:] + cells[:at]),
    "field": _field,
    "crlf": lambda content, edit: content.replace(b"\n", b"\r\n"),
    "mark": lambda content, edit: b"\xef\xbb\xbf" + content,
    "utf-16": lambda content, edit: content.decode(errors="replace").encode("utf-16"),
    "latin-1": lambda content, edit: content + "é".encode("latin-1"),
}
"""Ways in which files change."""

_SHARES = st.floats(0, 1, allow_nan=False)
_PUT = (
    st.sampled_from(ODD)
    | st.binary(max_size=12)
    | st.text(max_size=6).map(lambda text: text.encode(errors="surrogatepass"))
)


def damage(*ways: str) -> st.SearchStrategy[Damage]:
    """Draw a damage: one to three changes, in some ways or in all, now and then anything else."""
    edits = st.lists(
        st.builds(Edit, st.sampled_from(ways or sorted(WAYS)), _SHARES, _SHARES, _PUT),
        min_size=1,
        max_size=3,
    )
    anything = st.binary(max_size=80) | st.text(max_size=40).map(
        lambda text: text.encode(errors="surrogatepass")
    )
    return st.builds(Damage, edits.map(tuple)) | anything.map(instead)


BINARY = damage("cut", "removed", "repeated", "replaced", "inserted", "flipped", "zeroed", "head")
"""Damage to what is no text."""


@contextmanager
def refused(*names: object, error: type[Exception] = SonoplanError) -> Iterator[None]:
    """Let a block succeed, or raise an error of ours that names one of these; nothing else."""
    try:
        yield
    except error as raised:
        told = str(raised)
        assert told and (not names or any(str(name) in told for name in names)), told


def put(path: Path, content: bytes) -> Path:
    """Write a file; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path

"""A file on a web server, read from any byte on."""

import http.client
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from urllib.error import HTTPError, URLError

TIMEOUT_SECONDS = 30.0
BLOCK = 1 << 20
# The header Content-Range: "bytes 100-899/900", or "bytes */900" where there is nothing to send.
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")
# Answers that another try may turn into the file: too many requests, and a server in trouble.
_BUSY = (408, 425, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Answer:
    """What a server sends of a file.

    Attributes
    ----------
    start:
        Number of the first byte sent; -1 where the server does not say it.
    total:
        Bytes of the whole file; None where the server does not say it.
    version:
        What the server calls this content (ETag, else Last-Modified); empty where it does not.
    blocks:
        The bytes as they arrive, at most 1 MiB at once. They may end before `total`.
    """

    start: int
    total: int | None
    version: str
    blocks: Iterator[bytes]

    def continues(self, version: str) -> bool:
        """Tell whether this may be the rest of a version: a server may look past If-Range."""
        return not (version and self.version) or version == self.version


@contextmanager
def ask(url: str, start: int = 0, version: str = "") -> Iterator[Answer]:
    """Ask for a file from byte `start` on, if it still is this version; from the beginning else.

    A server may answer with another start than the one asked for. Where it says that nothing
    follows `start`, the answer starts at the end and is empty.

    Raises OSError (URLError, HTTPError and TimeoutError are) or http.client.HTTPException.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "sonoplan"})  # noqa: S310
    if start:
        request.add_header("Range", f"bytes={start}-")
        if version:
            request.add_header("If-Range", version)
    try:
        response: http.client.HTTPResponse = _opener().open(request, timeout=TIMEOUT_SECONDS)
    except HTTPError as error:
        error.close()
        raise
    with response:
        yield _answer(response)


def passing(error: Exception, connected: bool) -> bool:
    """Tell whether another try may go better; `connected`: whether bytes came from there before."""
    if isinstance(error, HTTPError):
        return error.code in _BUSY
    return connected or not isinstance(error, URLError)


def told(error: Exception) -> str:
    """Say in words what stopped a transfer."""
    if isinstance(error, HTTPError):
        return f"the server answers {error.code} {error.reason}"
    if isinstance(error, URLError):
        return f"no connection ({error.reason})"
    return str(error) or type(error).__name__


class _Errors(urllib.request.HTTPErrorProcessor):
    """Lets 416 pass: a file that has arrived completely has no bytes left to ask for."""

    def http_response(
        self, request: urllib.request.Request, response: http.client.HTTPResponse
    ) -> http.client.HTTPResponse:
        if response.status == 416:
            return response
        checked: http.client.HTTPResponse = super().http_response(request, response)
        return checked

    https_response = http_response


def _opener() -> urllib.request.OpenerDirector:
    """Build an opener for http and https alone, redirections included."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
        _Errors(),
    ):
        opener.add_handler(handler)
    return opener


def _answer(response: http.client.HTTPResponse) -> Answer:
    version = _version(response.headers)
    if response.status not in (206, 416):
        return Answer(0, response.length, version, _blocks(response))
    found = _RANGE.match(response.headers.get("Content-Range", ""))
    start, total = found.groups() if found else (None, "*")
    size = None if total == "*" else int(total)
    if response.status == 206:
        return Answer(-1 if start is None else int(start), size, version, _blocks(response))
    return Answer(-1 if size is None else size, size, "", iter(()))


def _version(headers: Message) -> str:
    # A weak ETag (W/"...") promises the same meaning, not the same bytes.
    tag = str(headers.get("ETag", ""))
    return tag if tag.startswith('"') else str(headers.get("Last-Modified", ""))


def _blocks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    # read1 gives what has arrived; read would lose it when the connection breaks.
    while block := response.read1(BLOCK):
        yield block

"""A web server on this machine with one file, which can be told to misbehave."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """What is served and how; `asked` has the path and the Range of every request."""

    content: bytes
    url: str = ""
    etag: str = '"1"'
    modified: str = ""
    ranges: bool = True
    heeds_if_range: bool = True
    chunked: bool = False
    length: int | None = None  # announced instead of the true one
    shift: int = 0  # a range begins this much later than asked
    statuses: list[int] = field(default_factory=list)  # answered first, one a request
    cuts: list[int] = field(default_factory=list)  # bytes sent before the connection breaks
    reset: bool = False  # it breaks with a reset
    redirect: str = ""  # where /moved leads
    stall: threading.Event = field(default_factory=threading.Event)  # a cut waits for it
    stalls: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Serves the site of its server."""

    def do_GET(self) -> None:
        site: Site = self.server.site
        self.close_connection = True
        wanted = self.headers.get("Range", "")
        site.asked.append((self.path, wanted))
        site.headers.append(dict(self.headers))
        if self.path == "/moved":
            self.answer(302, Location=site.redirect)
        elif site.statuses and (status := site.statuses.pop(0)) != 200:
            self.answer(status)
        elif wanted and site.ranges and self.unchanged():
            self.send_range(int(wanted.removeprefix("bytes=").removesuffix("-")))
        else:
            self.send(200, site.content)

    def unchanged(self) -> bool:
        site: Site = self.server.site
        told = self.headers.get("If-Range", site.etag)
        return told in (site.etag, site.modified) or not site.heeds_if_range

    def send_range(self, start: int) -> None:
        site: Site = self.server.site
        size = len(site.content)
        if start >= size:
            self.answer(416, **{"Content-Range": f"bytes */{size}"})
            return
        start += site.shift
        told = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
        self.send(206, site.content[start:], **told)

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, status: int, body: bytes, **headers: str) -> None:
        site: Site = self.server.site
        length = len(body) if site.length is None else site.length
        framing = (
            {"Transfer-Encoding": "chunked"} if site.chunked else {"Content-Length": str(length)}
        )
        version = {"ETag": site.etag, "Last-Modified": site.modified}
        self.answer(status, **framing, **headers, **{n: v for n, v in version.items() if v})
        cut = site.cuts.pop(0) if site.cuts else None
        sent = body[:cut]
        self.wfile.write(b"%x\r\n%s\r\n" % (len(sent), sent) if site.chunked else sent)
        if cut is not None:
            self.break_off()
        elif site.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def break_off(self) -> None:
        site: Site = self.server.site
        if site.stalls:
            site.stall.wait(30)
        if site.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, *_: object) -> None:
        """The tests look at `asked` instead."""


class Server(ThreadingHTTPServer):
    """Serves one site; a client that hangs up is what the tests are about."""

    def __init__(self, site: Site) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.site = site
        site.url = f"http://127.0.0.1:{self.server_port}/file"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of broken pipes."""


@contextmanager
def serving(content: bytes) -> Iterator[Site]:
    """Serve one file until the end of the block."""
    site = Site(content)
    with Server(site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield site
        finally:
            site.stall.set()
            server.shutdown()
            thread.join()

"""A Dataverse on this machine: the listing of one dataset, and its files."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from local_server import Handler, Server, Site


@dataclass
class Dataverse(Site):
    """What is served, by path; `entries` is the listing's, to be changed by tests."""

    server: str = ""
    pages: dict[str, bytes] = field(default_factory=dict)
    entries: list[dict[str, object]] = field(default_factory=list)

    def add(self, path: str, content: bytes) -> dict[str, object]:
        """Add a file; gives its entry in the listing."""
        folder, _, name = path.rpartition("/")
        number = 700 + len(self.entries)
        file = {
            "id": number,
            "filename": name,
            "filesize": len(content),
            "md5": hashlib.md5(content).hexdigest(),
        }
        self.entries.append({"label": name, "dataFile": file})
        if folder:
            self.entries[-1]["directoryLabel"] = folder
        self.pages[f"/api/access/datafile/{number}"] = content
        return self.entries[-1]

    def listing(self) -> bytes:
        """Answer as the native API does."""
        data = {"id": 1, "latestVersion": {"versionState": "RELEASED", "files": self.entries}}
        return json.dumps({"status": "OK", "data": data}).encode()


class Pages(Handler):
    """Serves a page by its path."""

    def do_GET(self) -> None:
        site: Dataverse = self.server.site
        if self.path.startswith("/api/datasets/:persistentId/?persistentId=doi"):
            site.content = site.pages.get("listing", site.listing())
        elif self.path in site.pages:
            site.content = site.pages[self.path]
        else:
            self.answer(404)
            return
        super().do_GET()


@contextmanager
def dataverse(files: Mapping[str, bytes]) -> Iterator[Dataverse]:
    """Serve a dataset until the end of the block."""
    site = Dataverse(b"")
    for path, content in files.items():
        site.add(path, content)
    with Server(site) as server:
        server.RequestHandlerClass = Pages
        site.server = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()

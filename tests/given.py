"""A record that tests make up."""

from pathlib import Path
from typing import BinaryIO


class GivenRecord(dict):
    """Arrays by name, with an id, info, and the files of a folder, as a record has them."""

    def __init__(self, path=None, info=None, **arrays):
        super().__init__(arrays)
        self.path = Path(path or "none")
        self.id = self.path.name
        self.info = info or {}

    def open(self, name: str) -> BinaryIO:
        return (self.path / name).open("rb")

"""The command line as a user types it, in a folder of one's own."""

from pathlib import Path

import pytest

from launch import cli


def settle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in a folder, which has configuration, caches and models too; the terminal is wide."""
    monkeypatch.chdir(folder)
    for kind in ("CACHE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
    monkeypatch.setenv("COLUMNS", "200")


def type_in(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Type `sonoplan WORDS`: gives exit status, output, messages."""
    try:
        status = cli.main(words)
    except SystemExit as ended:
        status = int(ended.code or 0)
    captured = capsys.readouterr()
    return status, captured.out, captured.err

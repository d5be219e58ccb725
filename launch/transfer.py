"""A bar for files that are fetched or unpacked."""

from rich import progress as bars

from launch.terminal import Terminal


def transfer_bar(terminal: Terminal) -> bars.Progress:
    """Make a live bar: bytes done and in all, speed, time left; none where no terminal is."""
    return bars.Progress(
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
        console=terminal.err,
        transient=True,
        disable=not terminal.err.is_terminal,
    )

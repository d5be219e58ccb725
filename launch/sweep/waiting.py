"""Waits until Slurm has computed a batch."""

from time import strftime

from core.selection import Selection
from launch import live
from launch.compute import INTERRUPTED
from launch.terminal import Terminal
from launch.workspace import Workspace


def wait(workspace: Workspace, selection: Selection, terminal: Terminal) -> int:
    """Say what changes until nothing runs or waits any more; gives the exit status.

    Ctrl-C ends the waiting, not the jobs.
    """
    before = None
    try:
        for seen in live.scenes(workspace, workspace.tasks(selection)):
            for line in live.changes(before, seen):
                terminal.note(f"{strftime('%H:%M:%S')} {line}")
            before = seen
    except KeyboardInterrupt:
        terminal.note("stopped; what Slurm has goes on, and the same command draws on from there")
        return INTERRUPTED
    return 1 if before is not None and before.count("failed") else 0

"""The command line: `sonoplan EXPERIMENT [flags]`, and a few commands of their own."""

# PYTHON_ARGCOMPLETE_OK
import gc
import os
import sys
from collections.abc import Sequence

from core.errors import SonoplanError
from launch import commands
from launch.compute import INTERRUPTED
from launch.terminal import Terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; gives its exit status.

    0: done; 1: some tasks failed; 2: the request was wrong; 130: interrupted.
    """
    tune_collector()
    words = sys.argv[1:] if arguments is None else list(arguments)
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete  # only a shell that completes pays for it

        typed = os.environ.get("COMP_LINE", "").split()[1:]
        command, _ = commands.find(typed)
        argcomplete.autocomplete(command.parser())
    terminal = Terminal()
    try:
        command, words = commands.find(words)
        return command.carry_out(words, terminal)
    except SonoplanError as error:
        terminal.error(str(error))
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, `head` for instance, has seen enough; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # the system's refusal, which names the file: no access, a full disk
        terminal.error(str(error))
        return 2


def tune_collector() -> None:
    """Let Python look for circular garbage less often.

    Plans and records make many small objects that stay; looking through them again and again
    takes a third of the time.
    """
    gc.set_threshold(50_000)


if __name__ == "__main__":
    sys.exit(main())

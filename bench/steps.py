"""What benches of training steps share: settings from the plans, timing, a line for each way."""

import argparse
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from torch import Tensor

from core import Experiment, Setting
from core.values import text

COMPARED = 3  # steps whose losses are compared
Step = Callable[[], Tensor]
"""Take a step, and give the loss before it."""


class Measured(NamedTuple):
    """The shortest time of a step in s, and the losses of the first ones."""

    seconds: float
    losses: list[float]


def measure(steps: Mapping[str, Step], rounds: int, repeats: int = 1) -> dict[str, Measured]:
    """Time some steps in turn, after their first ones: other work on a machine only adds to it.

    In each round every step is taken `repeats` times before its loss is looked at, for a look
    waits for the GPU.
    """
    losses = {name: [float(step()) for _ in range(COMPARED)] for name, step in steps.items()}
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.perf_counter()
            for _ in range(repeats - 1):
                step()
            float(step())
            seconds[name].append((time.perf_counter() - start) / repeats)
    return {name: Measured(min(seconds[name]), losses[name]) for name in steps}


def report(found: Mapping[str, Measured], compared: int = COMPARED) -> None:
    """Print a line for each way, beside the one called "recipe"."""
    plain = found["recipe"]
    for name, (seconds, losses) in found.items():
        pairs = zip(losses[:compared], plain.losses[:compared], strict=True)
        off = max(abs(ours - theirs) for ours, theirs in pairs)
        ratio = f"{plain.seconds / seconds:.2f} × the recipe"
        print(f"{name}: {1e3 * seconds:.1f} ms, {ratio}, loss off by {off:.1e}")


def setting_of(
    experiment: Experiment, selector: str, stage: str, changed: Mapping[str, object]
) -> Setting:
    """Give what a stage sees of the one setting that is picked, some of its factors changed."""
    words = {name: [text(value)] for name, value in changed.items()}
    tried = experiment.with_modalities(words)
    (setting,) = tried.select(selector)
    return tried.task_maker().tasks(setting)[stage].setting


def parser(
    description: str | None, batch: int, width: float | None = None, threads: int = 1
) -> argparse.ArgumentParser:
    """Make the parser of the flags that these benches have in common, with their defaults.

    There is no width where it is not given.
    """
    flags = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    if width is not None:
        flags.add_argument("--width", type=float, default=width, help="share of the channels")
    flags.add_argument("--batch", type=int, default=batch, help="examples in a step")
    flags.add_argument("--rounds", type=int, default=4)
    flags.add_argument("--device", default="cpu")
    flags.add_argument("--threads", type=int, default=threads)
    return flags

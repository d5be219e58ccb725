"""Looks at one group of things after the other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from launch.doctor import cluster, data, folders, installation, machine, weights
from launch.doctor.check import Check, isolated


def examine() -> Iterator[tuple[str, Sequence[Check]]]:
    """Give the groups, each as soon as it has been looked at."""
    config, read = folders.configured()
    looks: dict[str, Callable[[], Iterable[Check]]] = {
        "installation": installation.checks,
        "machine": machine.checks,
        "slurm": partial(cluster.checks, config.profile),
        "configuration": lambda: [*read, *folders.checks(config)],
        "data": partial(data.checks, config),
        "weights": partial(weights.checks, config.models),
    }
    for name, look in looks.items():
        yield name, isolated(name, look)

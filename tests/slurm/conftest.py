"""Tests on a real Slurm; collected only where they are asked for: `pytest tests/slurm -n 0`.

The environment variable SONOPLAN_SLURM=require lets them fail where Slurm cannot be had.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_slurm import HERE, Cluster, Project

_PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "slurmdbd", "mariadbd")
_SBIN = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave these tests out of a plain `pytest`: it starts no cluster."""
    asked = [Path(word.partition("::")[0]).resolve() for word in config.args]
    return None if any(HERE in (path, *path.parents) for path in asked) else True


def _started(folder: Path, *options: str) -> Cluster:
    missing = [name for name in _PROGRAMS if shutil.which(name, path=_SBIN) is None]
    if missing:
        told = f"no Slurm here ({', '.join(missing)} missing); `make test-slurm` installs it"
        if os.environ.get("SONOPLAN_SLURM") == "require":
            pytest.fail(told)
        pytest.skip(told)
    cluster = Cluster(folder, options)
    cluster.start()
    return cluster


@pytest.fixture(scope="session")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = _started(tmp_path_factory.mktemp("slurm"))
    yield cluster
    cluster.stop()


@pytest.fixture
def cluster(_cluster: Cluster) -> Iterator[Cluster]:
    """A cluster of four nodes, all up, with nothing in its queue."""
    _cluster.start()
    yield _cluster
    _cluster.start()
    _cluster.clear()


@pytest.fixture(scope="session")
def small_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One node, no accounting, and arrays of five at most."""
    options = ("--cpu-nodes", "1", "--gpu-nodes", "0", "--max-array", "6", "--no-accounting")
    cluster = _started(tmp_path_factory.mktemp("small"), *options)
    yield cluster
    cluster.stop()


@pytest.fixture
def project(tmp_path: Path, cluster: Cluster) -> Project:
    """A fresh clone whose profile `test` is the cluster's."""
    return Project(tmp_path / "project", cluster)

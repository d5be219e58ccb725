"""What several tests share: where the real data lie, and a stand-in for Slurm."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from stand_in_slurm import StandIn

DATA = Path(os.environ.get("SONOPLAN_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))

# The same examples in every run; HYPOTHESIS_PROFILE=long draws many others.
settings.register_profile(
    "quick", max_examples=50, deadline=None, derandomize=True, database=None, print_blob=True
)
settings.register_profile("long", max_examples=3000, deadline=None, database=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture
def real_data() -> Callable[[str], Path]:
    """Give the folder of one real dataset, or skip the test and say what is missing."""

    def find(name: str) -> Path:
        folder = DATA / name
        if not folder.is_dir():
            pytest.skip(
                f"real data {name!r} not found in {DATA}; "
                "set SONOPLAN_TEST_DATA to a folder that holds it (docs/data.md says where it is)"
            )
        return folder

    return find


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Put a stand-in for Slurm first on PATH."""
    for name in [name for name in os.environ if name.startswith(("SLURM_", "SBATCH_"))]:
        monkeypatch.delenv(name)
    stand_in = StandIn(tmp_path / "stand-in-slurm")
    monkeypatch.setenv("PATH", f"{stand_in.bin}{os.pathsep}{os.environ['PATH']}")
    return stand_in

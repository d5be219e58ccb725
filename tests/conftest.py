"""What several tests share: where the real data lie, when they are at hand."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

DATA = Path(os.environ.get("SONOPLAN_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


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

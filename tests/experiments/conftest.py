import shutil
from pathlib import Path

import pytest
from small_icbhi import make_cycles, run_stage, setting_of


@pytest.fixture(scope="session")
def cycles(tmp_path_factory):
    """Prepared cycles of the small ICBHI."""
    return run_stage(make_cycles, setting_of("cycles"), tmp_path_factory.mktemp("cycles"))


@pytest.fixture
def corpus(written, tmp_path):
    """A copy, which the test may spoil, of the corpus that its file has `written`."""
    return Path(shutil.copytree(written, tmp_path / "corpus"))

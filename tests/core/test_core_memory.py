import subprocess
import sys

import pytest

# Page faults of an array that is made anew, twice, after both have been made before.
FAULTS = """
import resource
import numpy as np
from core.memory import keep_memory

if {kept}:
    keep_memory()

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(2):
        np.ones(1 << 26, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
print(faults())
"""


def faults(kept: bool) -> int:
    command = [sys.executable, "-c", FAULTS.format(kept=kept)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is asked to keep memory")
def test_memory_is_not_asked_for_again():
    assert faults(kept=False) > 20  # huge pages may be in use: 32 at least
    assert faults(kept=True) < 5

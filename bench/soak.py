"""Endurance: random settings of all experiments under faults, and an audit after each round.

Run it as `python bench/soak.py --minutes 60 --seed 0`, as root on Linux: then the results lie on a
disk of their own that is filled, and some runners pass for another machine whose clock is wrong.
Each round starts one or two runners on settings that overlap and a reader beside them, inflicts up
to five faults, repairs what was damaged as Sonoplan says, computes the rest without faults, and
looks at every record. At the end some rounds are computed anew elsewhere without any fault, and the
numbers compared. Exit status 1 where anything that must hold did not; the folder with all that was
printed is then kept.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rich import print as draw

from soaking.rounds import Soak
from soaking.scene import Place
from soaking.tally import Tally

DISK_MB = 1200
# The part of the time that goes to rounds; the rest to the run without faults.
ROUNDS = 0.8


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a disk of DISK_MB on a folder; gives whether that was possible."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def soak(folder: Path, minutes: float, seed: int, only: int | None) -> Tally:
    """Make rounds until the time is over, or one of them."""
    start = time.monotonic()
    (folder / "printed").mkdir()
    with small_disk(folder / "disk") as mounted:
        run = Soak(Place(folder / "disk", folder / "printed", mounted), seed)
        print(f"a disk to fill: {mounted}; runners that pass for another machine: {run.pretends}")
        number = only or 0
        while time.monotonic() - start < 60 * minutes * ROUNDS:
            run.round(number)
            number += 1
            if only is not None:
                break
        run.compare(folder / "reference", start + 60 * minutes)
    return run.tally


def main() -> int:
    """Make the run and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--round", type=int, help="this round alone, of that seed")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write all figures to a file")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    tally = soak(folder, asked.minutes, asked.seed, asked.round)
    draw(tally.table())
    for line in tally.lines():
        print(line)
    if asked.json is not None:
        asked.json.write_text(json.dumps(asdict(tally), indent=2))
    if tally.violations:
        print(f"all that was printed: {folder / 'printed'}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

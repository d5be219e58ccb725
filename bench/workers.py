"""Milliseconds of an empty task on two local workers, beside submitit and hydra.

Run it as `python bench/workers.py`. Each task of ours leaves a durable record; the others only call
a function. Ours and submitit's are timed as a whole, from the first submission to the last result;
of hydra's joblib launcher, where it is installed (`pip install hydra-core hydra-joblib-launcher`),
the start is left out: a sweep of few jobs is taken from one of many. To reach: 20 times as fast as
submitit's local executor, 10 times as fast as hydra's launcher.
"""

import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from submitit import LocalExecutor

from core.execute import Machine
from core.store import Store
from engine import Silent, experiment
from launch.cli import tune_collector
from launch.runner import Runner

WORKERS = 2
TASKS = 1000
SUBMITIT_JOBS = 20
HYDRA_FEW, HYDRA_MANY = 4, 24

HYDRA_APP = """\
import hydra

@hydra.main(version_base=None, config_path=None)
def main(config):
    pass

main()
"""


def ours(folder: Path) -> float:
    """Run empty settings on warm workers; gives seconds a task."""
    bench = experiment("nothing", x=range(TASKS))
    tasks = list(bench.task_maker().all(bench.select()))
    start = time.perf_counter()
    report = Runner(Store(folder, "bench"), Machine(), WORKERS).run(tasks, Silent())
    taken = time.perf_counter() - start
    assert len(report.done) == TASKS
    return taken / TASKS


def submitit_local(folder: Path) -> float:
    """Run empty jobs by submitit's local executor; gives seconds a job."""
    executor = LocalExecutor(folder)
    executor.update_parameters(timeout_min=5)
    start = time.perf_counter()
    jobs = [executor.submit(int) for _ in range(SUBMITIT_JOBS)]
    for job in jobs:
        job.result()
    return (time.perf_counter() - start) / SUBMITIT_JOBS


def hydra_joblib(folder: Path) -> float | None:
    """Sweep an empty application with hydra's joblib launcher; gives seconds a job."""
    if importlib.util.find_spec("hydra_plugins.hydra_joblib_launcher") is None:
        return None
    folder.mkdir()
    app = folder / "app.py"
    app.write_text(HYDRA_APP)

    def sweep(jobs: int) -> float:
        asked = ["hydra/launcher=joblib", f"hydra.launcher.n_jobs={WORKERS}"]
        command = [sys.executable, str(app), "-m", *asked, f"+x=range({jobs})"]
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return time.perf_counter() - start

    sweep(1)  # compiles what it imports
    few = sweep(HYDRA_FEW)
    return (sweep(HYDRA_MANY) - few) / (HYDRA_MANY - HYDRA_FEW)


def tell(what: str, seconds: float, own: float, reach: str) -> None:
    """Print how long another's job takes, beside ours."""
    print(f"{what:<58} {1e3 * seconds:9.1f} ms   {seconds / own:5.0f} × ours, reach {reach}")


def main() -> None:
    """Print a line for each."""
    tune_collector()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        own = ours(scratch / "ours")
        print(f"{f'one of {TASKS} empty tasks, {WORKERS} workers':<58} {1e3 * own:9.1f} ms")
        other = submitit_local(scratch / "submitit")
        tell(f"one of {SUBMITIT_JOBS} by submitit's local executor", other, own, "20 ×")
        swept = hydra_joblib(scratch / "hydra")
        if swept is None:
            print("hydra's joblib launcher is not installed: not compared")
        else:
            tell(f"one of hydra's joblib launcher, {WORKERS} workers", swept, own, "10 ×")


if __name__ == "__main__":
    main()

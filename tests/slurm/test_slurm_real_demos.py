"""The demo of every other experiment, small: one submission, and then its picture."""

import pytest

# Enough to run every stage once; what is learned is for the demos themselves.
SMALL = {
    "transcoder": ["scenes=12", "epochs=1", "teacher_epochs=1"],
    "sed": [
        *["clips=4", "sounds=6", "clip_seconds=1", "shares=2"],
        *["epochs=1", "width=0.03125", "model=att2_ae,gmp"],
    ],
    "retrieval": ["sounds=24", "epochs=1", "width=0.0625", "temperature=0.07", "run=0"],
}


@pytest.mark.parametrize("experiment", SMALL)
def test_one_submission_computes_a_demo(project, experiment):
    changed = [word for change in SMALL[experiment] for word in ("--set", change)]
    asked = ["-s", "demo/", *changed]
    told = project.sonoplan(*asked, "-c", "--slurm", "test", experiment=experiment)
    assert told.count("how it goes") == 1
    project.sonoplan(*asked, "--watch", experiment=experiment, seconds=300)
    assert set(project.states(*asked, experiment=experiment)) == {"done"}
    project.sonoplan(*asked, "-d", "-e", "demo.png", experiment=experiment)
    picture = project.folder / "results" / experiment / "export" / "demo.png"
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_a_sweep_draws_its_next_batch_from_the_records_of_the_last(project):
    small = ["--set", "sounds=24", "--set", "epochs=1", "--set", "width=0.0625"]
    search = ["--search", "2", "--search-by", "tpe", "--search-batch", "1"]
    asked = ["-s", "demo_sweep/", *small, *search, "--metric", "valid_mAP@10"]
    told = project.sonoplan(*asked, "-c", "--slurm", "test", experiment="retrieval", seconds=300)
    assert "2 of 2 settings tried" in told
    assert len(project.done("retrieval", experiment="retrieval")) == 2

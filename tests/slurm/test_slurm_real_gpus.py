"""GPUs: each job sees the one it was given; jobs without need of one hold none."""

from collections import Counter


def test_tasks_packed_into_one_job_share_its_gpu_and_jobs_do_not(project):
    project.write_profile(use_gpus=True, gpu={"partition": "gpu"})
    project.submit("-s", "main/", "--pack", "2", "--set", "pace=0.5")
    project.wait_until_done(15)
    begins = project.diary("train", "begin")
    assert {note["gpu"] for note in begins} <= {"0", "1"}
    assert all(note["node"].startswith("g") for note in begins)
    jobs = Counter(note["job"] for note in begins)
    assert set(jobs.values()) == {2}
    for job in jobs:
        assert len({n["gpu"] for n in begins if n["job"] == job}) == 1
    elsewhere = project.diary("draw", "end") + project.diary("score", "end")
    assert {note["gpu"] for note in elsewhere} <= {None, ""}
    assert all(note["node"].startswith("c") for note in elsewhere)

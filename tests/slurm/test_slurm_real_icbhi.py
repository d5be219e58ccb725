"""The demo of the respiratory sounds, from submission to picture."""

SMALL = ("-s", "demo/method=ce+run=0", "--set", "epochs=2")


def test_the_demo_runs_on_the_cluster_and_its_table_is_drawn(project):
    project.sonoplan(*SMALL, "-c", "--slurm", "test", experiment="icbhi")
    tasks = sum(project.states(*SMALL, experiment="icbhi").values())
    project.wait_until_done(tasks, experiment="icbhi", seconds=120)
    picture = project.sonoplan(*SMALL, "-e", "demo.png", experiment="icbhi").split()[-1]
    with open(picture, "rb") as file:
        assert file.read(4) == b"\x89PNG"

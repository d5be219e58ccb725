"""The page about Slurm, typed as it stands: ICBHI's demo from submission to picture."""

import re

from copied import ROOT

PAGE = ROOT / "docs" / "slurm.md"


def commands() -> list[list[str]]:
    """Give the words of every command of the page that stands in a block of shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    lines = [line.partition(" #")[0].split() for block in blocks for line in block.splitlines()]
    return [words[2:] for words in lines if words[:2] == ["sonoplan", "icbhi"]]


def test_the_commands_of_the_page_lead_from_submission_to_picture(project):
    # The page's profile, for nodes whose GPUs are links to /dev/null; and shorter trainings.
    profile = project.folder / "config" / "sonoplan" / "clusters" / "lab.toml"
    profile.write_text("use_gpus = false\nhours = 2\n")
    plan = project.folder / "plans" / "icbhi.py"
    plan.write_text(re.sub(r'("?epochs"?[=:] ?)\d+', r"\g<1>2", plan.read_text()))
    typed = commands()
    assert len(typed) >= 9
    for words in typed:
        told = project.sonoplan(*words, experiment="icbhi")
    [picture] = [word for word in told.split() if word.endswith("demo.png")]
    with open(picture, "rb") as file:
        assert file.read(4) == b"\x89PNG"
    assert set(project.states("-s", "demo/", experiment="icbhi")) == {"done"}

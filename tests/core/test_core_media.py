import pytest

from core import Experiment, Media, Plan, Stage
from core.errors import PlanError, UnknownName


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("*.wav", "audio/wav"),
        ("estimates/*.FLAC", "audio/flac"),
        ("**/*.png", "image/png"),
        ("attention.svg", "image/svg+xml"),
    ],
)
def test_the_end_of_a_pattern_says_what_the_files_are(pattern, kind):
    assert Media("song", pattern).type == kind


@pytest.mark.parametrize("pattern", ["*", "*.npy", "../*.wav", "/tmp/*.wav", "a/../*.wav"])
def test_other_files_and_other_folders_are_refused(pattern):
    with pytest.raises(PlanError, match=r"within the record's folder|known: \.wav"):
        Media("song", pattern)


def test_an_experiment_refuses_media_of_a_stage_that_it_does_not_have():
    stage = Stage("song", "toy:nothing")
    with pytest.raises(UnknownName, match="did you mean 'song'"):
        Experiment("e", "", [Plan("a", x=1)], [stage], media=[Media("songs")])

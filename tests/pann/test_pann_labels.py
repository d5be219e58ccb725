"""The class names are AudioSet's, in the order of the networks' output."""

import csv

from pann import class_names


def test_there_are_527_different_ones_in_the_published_order():
    names = class_names()
    assert len(names) == len(set(names)) == 527
    assert [names[i] for i in (0, 111, 137, 282, 300, 526)] == [
        "Speech",
        "Bird",
        "Music",
        "Scary music",
        "Vehicle",
        "Field recording",
    ]


def test_they_are_those_of_the_published_list(real_data):
    with (real_data("audioset") / "class_labels_indices.csv").open(newline="") as file:
        assert class_names() == tuple(row["display_name"] for row in csv.DictReader(file))

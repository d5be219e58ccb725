"""Which AudioSet classes stand for the classes of the targets."""

import csv

import numpy as np
import pytest

import pann
import yamnet
from core.errors import DataError, UnknownName
from experiments.transcoder import sonyc_labels, urbansound8k
from experiments.transcoder.groups import group_indices, parse_groups, read_groups

TARGETS = {"URBAN-SOUND-8K": urbansound8k.CLASSES, "SONYC-UST": sonyc_labels.CLASSES}
EITHER = pytest.mark.parametrize("variant", ["corrected", "published"])
HONK, VEHICLE_HORN, SIREN = "Honk", "Vehicle horn, car horn, honking", "Siren"


@EITHER
@pytest.mark.parametrize("target", TARGETS)
def test_there_is_a_group_for_each_class_in_its_order(target, variant):
    groups = read_groups(target, variant)
    assert tuple(groups) == TARGETS[target]
    for teacher in (pann, yamnet):
        assert all(len(found) for found in group_indices(groups, teacher.class_names()))


@EITHER
def test_music_and_voices_are_the_published_ranges(real_data, variant):
    with (real_data("audioset") / "class_labels_indices.csv").open(newline="") as file:
        names = [row["display_name"] for row in csv.DictReader(file)]
    urban, sonyc = (
        dict(zip(classes, group_indices(read_groups(target, variant), names), strict=True))
        for target, classes in TARGETS.items()
    )
    assert np.array_equal(urban["street_music"], np.arange(137, 283))
    assert np.array_equal(sonyc["music"], np.arange(137, 283))
    assert np.array_equal(sonyc["human-voice"], [*range(25), 66, 68, 69, 70])
    assert urban["drilling"].tolist() == [425]


def test_published_and_corrected_differ_in_the_goose_and_the_siren_alone():
    for target, horn in (("URBAN-SOUND-8K", "car_horn"), ("SONYC-UST", "alert-signal")):
        published, corrected = (read_groups(target, v) for v in ("published", "corrected"))
        assert set(published[horn]) - set(corrected[horn]) == {HONK}
        assert VEHICLE_HORN in published[horn]
        assert VEHICLE_HORN in corrected[horn]
        others = [name for name in published if name not in (horn, "siren")]
        assert all(published[name] == corrected[name] for name in others)
    siren, published_siren = (
        set(read_groups("URBAN-SOUND-8K", v)["siren"]) for v in ("corrected", "published")
    )
    assert siren - published_siren == {SIREN}
    assert published_siren <= siren
    assert SIREN in read_groups("SONYC-UST", "published")["alert-signal"]


def test_the_published_groups_have_the_published_sizes():
    sizes = [len(names) for names in read_groups("SONYC-UST", "published").values()]
    assert sizes == [8, 2, 22, 2, 14, 146, 29, 3]
    sizes = [len(names) for names in read_groups("URBAN-SOUND-8K", "published").values()]
    assert sizes == [1, 4, 1, 1, 1, 1, 1, 1, 4, 146]


def test_yamnet_lacks_four_of_the_classes_and_no_other():
    groups = read_groups("SONYC-UST", "published")
    lacking = {n for names in groups.values() for n in names} - set(yamnet.class_names())
    assert lacking == {
        "Male speech, man speaking",
        "Female speech, woman speaking",
        "Battle cry",
        "Funny music",
    }


def test_a_teacher_of_few_classes_leaves_groups_empty():
    found = group_indices({"dog": ("Dog", "Bark"), "saw": ("Sawing",)}, ["Siren", "Bark"])
    assert [indices.tolist() for indices in found] == [[1], []]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("dog,Barks,", "row 3: unknown class 'Barks'; did you mean 'Bark'"),
        ("dog,Dog,", "row 3: 'Dog' is in group 'dog' twice"),
        ("dog,Bark,both", "row 3: 'both' is none of corrected, published"),
    ],
)
def test_a_file_that_names_something_else_is_refused(tmp_path, row, told):
    path = tmp_path / "groups.csv"
    path.write_text(f"group,class,only\ndog,Dog,\n{row}\n")
    with pytest.raises(DataError, match=told):
        parse_groups(path, "corrected")


def test_an_unknown_target_or_variant_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'URBAN-SOUND-8K'"):
        read_groups("URBAN-SOUND-8", "corrected")
    with pytest.raises(UnknownName, match="did you mean 'corrected'"):
        read_groups("SONYC-UST", "correct")

"""The table of FSDKaggle2018's sounds, and what can be wrong with it."""

import pytest

from core.errors import DataError
from experiments.sed.classes import CLASSES
from experiments.sed.metadata import find_labels, read_labels

HEAD = "fname,label,manually_verified"


def write(folder, *rows, name="train.csv"):
    path = folder / name
    path.write_text("\n".join(rows) + "\n")
    return path


def test_rows_keep_their_order_and_further_columns_are_passed_over(tmp_path):
    rows = ["b.wav,Writing,0,12,CC", "a.wav,Bark,1,13,CC"]
    found = read_labels(write(tmp_path, f"{HEAD},freesound_id,license", *rows))
    assert found.fname.tolist() == ["b.wav", "a.wav"]
    assert found.label.tolist() == [CLASSES.index("Writing"), CLASSES.index("Bark")]
    assert found.verified.tolist() == [False, True]


def test_all_bad_rows_are_named(tmp_path):
    path = write(tmp_path, HEAD, "a.wav,Barks,1", "b.wav,Bark,1", "c.wav,Bark,yes")
    with pytest.raises(DataError) as error:
        read_labels(path)
    assert "unknown label 'Barks'; did you mean 'Bark'" in str(error.value)
    assert "manually_verified is 'yes'; 0 or 1 is expected" in str(error.value)


def test_zenodos_table_goes_before_kaggles(tmp_path):
    kaggle = write(tmp_path, HEAD)
    assert find_labels(tmp_path, [kaggle]) == kaggle
    zenodo = write(tmp_path, HEAD, name="train_post_competition.csv")
    assert find_labels(tmp_path, [kaggle, zenodo]) == zenodo
    with pytest.raises(DataError, match=r"lacks train_post_competition\.csv or train\.csv"):
        find_labels(tmp_path, [])


def test_classes_are_sorted_and_41():
    assert len(CLASSES) == 41
    assert list(CLASSES) == sorted(CLASSES)
    assert CLASSES[23] == "Hi-hat"

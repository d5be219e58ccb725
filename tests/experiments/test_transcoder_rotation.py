"""Which clips train and which test."""

import numpy as np
import pytest

from core.errors import DataError
from experiments.transcoder.rotation import turns


def test_every_fold_that_is_there_tests_once():
    folds = np.array(["10", "1", "2", "1", "10", "2", "1"])
    found = turns(folds)
    assert len(found) == 3
    assert sorted(np.concatenate([turn.test for turn in found])) == list(range(7))
    for turn in found:
        assert len(set(folds[turn.test])) == 1
        assert not set(folds[turn.test]) & set(folds[turn.train])
        assert sorted([*turn.train, *turn.test]) == list(range(7))


def test_official_parts_have_one_turn_and_no_use_of_the_validation():
    ((train, test),) = turns(np.array(["train", "test", "validate", "train", "test"]))
    assert train.tolist() == [0, 3]
    assert test.tolist() == [1, 4]


@pytest.mark.parametrize(
    ("folds", "there"), [(["train", "validate"], "train, validate"), ([], "none")]
)
def test_without_a_part_that_tests_there_is_nothing_to_tell(folds, there):
    with pytest.raises(DataError, match=f"no clip tests: the folds that are there are {there};"):
        turns(np.array(folds, str))

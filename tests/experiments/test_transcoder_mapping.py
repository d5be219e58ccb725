"""Classes of PANN and YAMNet by name, and the classes of sensors."""

import numpy as np
import pytest

import pann
import yamnet
from core.errors import UnknownName
from experiments.transcoder.mapping import columns, tvb

LACKING = {
    "Male speech, man speaking",
    "Female speech, woman speaking",
    "Battle cry",
    "Male singing",
    "Female singing",
    "Funny music",
}


def test_yamnet_lacks_six_classes_and_keeps_the_order():
    names = pann.class_names()
    assert columns(names, yamnet.class_names()) == list(range(521))
    kept = columns(yamnet.class_names(), names)
    assert len(kept) == 521
    assert (np.diff(kept) > 0).all()
    assert {names[i] for i in set(range(527)) - set(kept)} == LACKING


def test_names_lead_to_columns_of_any_classifier():
    few = ("Siren", "Bark")
    assert columns(["Bark", "Speech", "Siren"], few) == [1, 0]
    assert columns(["Bird"], pann.class_names()) == [111]
    assert columns(["Battle cry"], yamnet.class_names()) == []


def test_a_name_that_is_not_audiosets_is_refused():
    with pytest.raises(UnknownName, match="unknown AudioSet class 'Brid'; did you mean 'Bird'"):
        columns(["Brid"], yamnet.class_names())


def test_traffic_birds_and_voices():
    sources = tvb()
    assert {name: len(classes) for name, classes in sources.items()} == {
        "traffic": 9,
        "birds": 11,
        "voices": 26,
    }
    assert sources["birds"][0] == "Bird"
    assert sources["birds"][-1] == "Bird flight, flapping wings"
    everything = [name for classes in sources.values() for name in classes]
    assert len(columns(everything, pann.class_names())) == len(set(everything)) == 46

import torch

import pann
import yamnet
from experiments.transcoder.lessons import CLASSES, lessons, presence
from experiments.transcoder.urban_scene import Event
from experiments.transcoder.urban_sounds import SOURCES


def test_a_second_holds_what_is_heard_in_it_for_long_enough():
    siren, drill = (CLASSES.index(name) for name in ("Siren", "Drill"))
    heard = presence(
        [
            Event(SOURCES[siren], onset=1.8, seconds=2.0),  # 0.2 s of second 1
            Event(SOURCES[drill], onset=3.7, seconds=0.5),  # 0.3 and 0.2 s
            Event(SOURCES[drill], onset=4.9, seconds=0.1),  # which add up to 0.3 s of second 4
        ]
    )
    assert heard[:, siren].tolist() == [0, 0, 1, 1, 0, 0, 0, 0, 0, 0]
    assert heard[:, drill].tolist() == [0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    assert heard.sum() == 4


def test_lessons_are_what_a_classifier_reads():
    for classifier, frames in {"YamNet": 96, "PANN": 101}.items():
        mels, heard = lessons(classifier, scenes=2, seed=1)
        assert mels.shape == (20, frames, 64)
        assert heard.shape == (20, len(CLASSES))
        assert mels.isfinite().all()
        assert set(heard.unique().tolist()) == {0.0, 1.0}


def test_lessons_follow_from_the_seed():
    first, again, other = (lessons("YamNet", scenes=1, seed=seed)[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_class_names_are_those_of_the_classifiers():
    assert set(CLASSES) <= set(pann.class_names())
    assert set(CLASSES) <= set(yamnet.class_names())

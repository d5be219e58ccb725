"""Sheets: events as they are and as they were found, and the scores of classes."""

import json

import numpy as np
import pytest
from small_icbhi import run_stage

from core import Setting
from experiments.sed.annotation import JSON
from experiments.sed.classes import CLASSES
from experiments.sed.sheets import classes, detections, events

SETTING = Setting({"model": "gmp", "fold": 1})
BARK, OBOE = CLASSES.index("Bark"), CLASSES.index("Oboe")


def annotate(setting, inputs, output):
    heard = [("a.wav", "Bark", 0.5, 1.5), ("b.wav", "Oboe", 3.0, 5.0)]
    keys = ("event_audio_name", "event_label", "onset", "offset")
    clip = {
        "mixture_name": "00000.wav",
        "fold": 1,
        "scene_audio_name": "park-paris-1-1-a.wav",
        "events": [dict(zip(keys, event, strict=True)) for event in heard],
    }
    (output.folder / JSON).write_text(json.dumps([clip]))


def evaluate(setting, inputs, output):
    """Two clips, of which the second has a Bark between frames 31 and 62 and no Oboe after all."""
    clips, frames = np.zeros((2, 41), np.float32), np.zeros((2, 41, 311), np.float16)
    frames[1, BARK, 31:62] = 0.5
    frames[1, OBOE, 31:62] = 0.5
    clips[1, BARK] = 0.9
    output["clips"], output["frames"], output["clip"] = clips, frames, np.array([4, 7])
    output["target"] = np.eye(2, 41, BARK, np.uint8)
    output["ap"] = np.where(np.arange(41) == BARK, 0.5, np.nan)
    output["event_f1"] = np.where(np.arange(41) == BARK, 1 / 3, np.nan)
    output["micro_ap"] = np.array(0.7)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sheets")
    records = {
        "annotation": run_stage(annotate, SETTING, folder / "annotation"),
        "evaluation": run_stage(evaluate, SETTING, folder / "evaluation"),
    }
    return [(SETTING, records), (Setting({"model": "gap", "fold": 1}), records)]


def test_mixtures_that_settings_share_are_told_once(finished):
    rows = list(events(finished))
    assert [(row["filename"], row["event_label"]) for row in rows] == [
        ("00000.wav", "Bark"),
        ("00000.wav", "Oboe"),
    ]
    assert (rows[1]["onset"], rows[1]["offset"]) == (3.0, 5.0)
    assert rows[1]["scene"] == "park-paris-1-1-a.wav"
    assert rows[1]["source"] == "b.wav"


def test_detections_are_those_of_classes_that_the_clip_has(finished):
    (row,) = detections(finished[:1])
    assert (row["filename"], row["event_label"]) == ("00007.wav", "Bark")
    assert (row["onset"], row["offset"]) == (0.992, 1.984)
    assert row["setting"] == str(SETTING)


def test_a_row_for_each_class_with_its_scores(finished):
    rows = list(classes(finished[:1]))
    assert [row["class"] for row in rows] == list(CLASSES)
    assert rows[BARK]["clips"] == 1
    assert (rows[BARK]["ap"], rows[BARK]["event_f1"]) == (0.5, 0.3333)
    assert (rows[OBOE]["ap"], rows[OBOE]["event_f1"]) == ("", "")
    assert "micro_ap" not in rows[0]

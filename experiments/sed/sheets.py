"""Sheets of sound event detection: events as they are and as they were found, scores of classes."""

from collections.abc import Iterator

import numpy as np

from core.sheet import Finished
from experiments.sed.annotation import clip_name, read_annotation
from experiments.sed.classes import CLASSES
from experiments.sed.detector import detect, gate


def events(settings: Finished) -> Iterator[dict[str, object]]:
    """Give a row for each event of the mixtures, in seconds; mixtures of several settings once."""
    told = {records["annotation"].id: records["annotation"] for _, records in settings}
    for record in told.values():
        for clip in read_annotation(record):
            for event in clip["events"]:
                yield {
                    "id": record.id,
                    "filename": clip["mixture_name"],
                    "onset": event["onset"],
                    "offset": event["offset"],
                    "event_label": event["event_label"],
                    "fold": clip["fold"],
                    "scene": clip["scene_audio_name"],
                    "source": event["event_audio_name"],
                }


def detections(settings: Finished) -> Iterator[dict[str, object]]:
    """Give a row for each event found in the test fold, by the two thresholds of `detector`."""
    for setting, records in settings:
        evaluation = records["evaluation"]
        found = detect(gate(evaluation["frames"], evaluation["clips"]))
        names = evaluation["clip"][found.clip].tolist()
        times = zip(found.onset.tolist(), found.offset.tolist(), strict=True)
        for name, label, (onset, offset) in zip(names, found.label.tolist(), times, strict=True):
            yield {
                "setting": str(setting),
                "id": evaluation.id,
                "filename": clip_name(name),
                "onset": round(onset, 3),
                "offset": round(offset, 3),
                "event_label": CLASSES[label],
            }


def classes(settings: Finished) -> Iterator[dict[str, object]]:
    """Give a row for each class: how many clips have it, and its scores; blank without a clip."""
    for setting, records in settings:
        evaluation = records["evaluation"]
        scores = {
            name: evaluation[name].tolist()
            for name in evaluation.arrays
            if evaluation[name].shape == (len(CLASSES),)
        }
        present = evaluation["target"].sum(0).tolist()
        for label, name in enumerate(CLASSES):
            values = {score: found[label] for score, found in scores.items()}
            yield {
                "setting": str(setting),
                "id": evaluation.id,
                "class": name,
                "clips": present[label],
                **{s: "" if np.isnan(v) else round(v, 4) for s, v in values.items()},
            }

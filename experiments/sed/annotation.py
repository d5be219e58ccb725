"""What is heard when in mixtures, told as data: the published YAML and JSON, and JAMS.

All of them tell the same of a clip: its scene, and of each event its file, label, onset and offset
in seconds. The published files are read by people and by the code around the original data; JAMS,
in the way of Scaper (Salamon et al., WASPAA 2017), by tools for sound event detection.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile

import yaml

from core import Inputs, Output, Record, Setting

Clip: TypeAlias = Mapping[str, Any]
"""A clip by the published keys: mixture_name, fold, scene_audio_name, events."""

JAMS_VERSION = "0.3.4"
JSON = "mixture.json"


def clip_name(clip: int) -> str:
    """Name the wav file of a clip by its position in the mixing plan: "00000.wav"."""
    return f"{clip:05d}.wav"


def annotate(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Tell all mixtures of a setting: `mixture.yaml`, `mixture.json` and `jams.zip`."""
    shares = inputs.shares("mixtures")
    clips = [clip for share in shares for clip in _clips(share)]
    write_yaml(output.folder / "mixture.yaml", clips)
    write_json(output.folder / JSON, clips)
    about = shares[0].info
    write_jams(output.folder / "jams.zip", clips, about["clip_seconds"], about["snr"])


def read_annotation(record: Record) -> list[Clip]:
    """Read the clips that `annotate` has told."""
    with record.open(JSON) as file:
        clips: list[Clip] = json.load(file)
    return clips


def _clips(share: Record) -> Iterator[Clip]:
    names = ("clip", "fold", "scene", "sound_name", "event", "onset", "offset")
    classes = share.info["classes"]
    for clip, fold, scene, *events in zip(*(share[name].tolist() for name in names), strict=True):
        yield {
            "mixture_name": clip_name(clip),
            "fold": fold,
            "scene_audio_name": scene,
            "events": [
                {
                    "event_audio_name": name,
                    "event_label": classes[label],
                    "onset": onset,
                    "offset": offset,
                }
                for name, label, onset, offset in zip(*events, strict=True)
            ],
        }


def write_yaml(path: Path, clips: Sequence[Clip]) -> None:
    """Write clips as YAML, `mixture.yaml` of the published data; takes seconds for 8,000."""
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(list(clips), file, yaml.CSafeDumper, sort_keys=False)


def write_json(path: Path, clips: Sequence[Clip]) -> None:
    """Write clips as JSON with the same keys, which is read a hundred times as fast."""
    path.write_text(json.dumps(list(clips), indent=1), encoding="utf-8")


def write_jams(path: Path, clips: Sequence[Clip], seconds: float, snr: float) -> None:
    """Write a zip with a JAMS file for each clip of so many seconds, named as its wav file.

    Thousands of small files are what file systems of clusters count.
    """
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for clip in clips:
            name = Path(clip["mixture_name"]).with_suffix(".jams").name
            archive.writestr(name, json.dumps(jams(clip, seconds, snr), indent=1))


def jams(clip: Clip, seconds: float, snr: float) -> dict[str, Any]:
    """Tell a clip as a JAMS document with one annotation in the namespace "scaper".

    `snr` is in dB: power of an event's whole file over that of the scene.
    """
    heard = [
        _observed(
            (event["onset"], event["offset"]),
            ("foreground", event["event_label"], event["event_audio_name"]),
            snr,
        )
        for event in clip["events"]
    ]
    scene = clip["scene_audio_name"]
    background = _observed((0.0, seconds), ("background", scene.partition("-")[0], scene), 0.0)
    annotation = {
        "annotation_metadata": {"annotator": {}, "curator": {}, "data_source": "mixed"},
        "namespace": "scaper",
        "data": [background, *heard],
        "sandbox": {"fold": clip["fold"]},
        "time": 0.0,
        "duration": seconds,
    }
    about = {
        "title": clip["mixture_name"],
        "duration": seconds,
        "identifiers": {},
        "jams_version": JAMS_VERSION,
    }
    return {"annotations": [annotation], "file_metadata": about, "sandbox": {}}


def _observed(times: tuple[float, float], what: tuple[str, str, str], snr: float) -> dict[str, Any]:
    (onset, offset), (role, label, source) = times, what
    value = {
        "label": label,
        "source_file": source,
        "source_time": 0.0,
        "event_time": onset,
        "event_duration": offset - onset,
        "snr": snr,
        "role": role,
        "pitch_shift": None,
        "time_stretch": None,
    }
    return {"time": onset, "duration": offset - onset, "value": value, "confidence": 1.0}

"""From files of sounds and scenes to mixtures and what is told of them, by the stages."""

import json
import shutil
from zipfile import ZipFile

import numpy as np
import pytest
import soundfile
import torch
import yaml
from small_icbhi import run_stage

from core import Setting
from core.errors import DataError
from experiments.common import gathering
from experiments.common.corpora import CORPUS
from experiments.sed import mixtures
from experiments.sed.annotation import annotate, jams, read_annotation
from experiments.sed.classes import CLASSES
from experiments.sed.features import LogMel, unpack
from experiments.sed.mixer import SAMPLE_RATE, read_scene, rms
from experiments.sed.sources import prepare as prepare_sources
from experiments.sed.synthetic import write_scenes, write_sounds
from kept_transcoder import one_thread

CLIPS, SECONDS, SOUNDS = 3, 3, 2  # clips a fold
SETTING = {
    "dataset": "fsdkaggle2018-part",
    "scenes": "synthetic",
    "mixing": "fixed",
    "snr": 10,
    "clips": CLIPS,
    "clip_seconds": SECONDS,
}


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpora")
    write_sounds(folder / "sounds", 0, SOUNDS)
    write_scenes(folder / "scenes" / CORPUS, 0, 4 * CLIPS, SECONDS)
    return folder


def run(stage, folder, needs, *, data=None, share=(0, 1), **changed):
    """Run a stage; a second call in the same folder finds the first one's checkpoint."""
    setting = Setting({**SETTING, **changed})
    with one_thread():
        return run_stage(stage, setting, folder, needs, data=data, share=share)


@pytest.fixture(scope="module")
def sources(corpora, tmp_path_factory):
    return run(prepare_sources, tmp_path_factory.mktemp("sources"), {}, data=corpora / "sounds")


def mixed(folder, corpora, sources, **changed):
    class Scenes:
        folder = corpora / "scenes"

    needs = {"sources": sources, "backgrounds": Scenes()}
    return run(mixtures.prepare, folder, needs, **changed)


@pytest.fixture(scope="module")
def record(corpora, sources, tmp_path_factory):
    return mixed(tmp_path_factory.mktemp("mixtures"), corpora, sources)


def test_sources_are_the_verified_sounds(corpora, sources):
    assert len(sources["fname"]) == SOUNDS * len(CLASSES)
    assert sources["first"][-1] == len(sources["wave"])
    assert np.diff(sources["first"]).max() <= 2 * SAMPLE_RATE
    index = int(np.argmax(sources["seconds"]))  # longer than the two seconds that are kept
    path = corpora / "sounds" / "audio_train" / sources["fname"][index]
    assert sources["seconds"][index] == pytest.approx(soundfile.info(path).duration, abs=1e-3)
    whole = read_scene(path, round(sources["seconds"][index] * SAMPLE_RATE))
    assert sources["rms"][index] == pytest.approx(rms(whole), rel=1e-3)
    assert set(sources["fold"].tolist()) == {1, 2, 3, 4}


def test_a_clip_is_what_is_told_of_it(corpora, sources, record):
    assert record["logmel"].shape == (4 * CLIPS, 92, 64)
    assert record["fold"].tolist() == [fold for fold in (1, 2, 3, 4) for _ in range(CLIPS)]
    for clip in range(4 * CLIPS):
        np.testing.assert_array_equal(
            np.flatnonzero(record["target"][clip]), np.unique(record["event"][clip])
        )
    assert (sources["label"][record["sound"]] == record["event"]).all()
    assert (sources["fold"][record["sound"]] == record["fold"][:, None]).all()
    clip, rate = soundfile.read(record.folder / "00003.wav", dtype="int16")
    assert (rate, clip.shape) == (SAMPLE_RATE, (SECONDS * SAMPLE_RATE, 2))
    silent = np.ones(len(clip), bool)
    for onset, offset in zip(record["onset"][3], record["offset"][3], strict=True):
        silent[round(onset * rate) : round(offset * rate) + 1] = False
    assert not clip[silent, 0].any()
    assert clip[~silent, 0].any()
    log_mel, mask = LogMel().clips(torch.from_numpy(clip)[None])
    np.testing.assert_allclose(record["logmel"][3], log_mel[0], atol=1e-4)
    np.testing.assert_array_equal(unpack(record["mask"][3:4]), mask)


def test_wav_files_of_the_first_clips_of_each_fold_are_kept(record):
    kept = [CLIPS * fold + clip for fold in range(4) for clip in range(mixtures.KEPT)]
    assert sorted(p.name for p in record.folder.glob("*.wav")) == [f"{i:05d}.wav" for i in kept]


def test_louder_events_are_marked_in_more_cells(corpora, sources, record, tmp_path):
    louder = mixed(tmp_path, corpora, sources, snr=30)
    np.testing.assert_array_equal(louder["scene"], record["scene"])
    np.testing.assert_array_equal(louder["sound"], record["sound"])
    assert unpack(louder["mask"]).mean() > 1.2 * unpack(record["mask"]).mean()


def test_shares_are_the_whole(corpora, sources, record, tmp_path):
    parts = [mixed(tmp_path / str(i), corpora, sources, share=(i, 2)) for i in range(2)]
    for name in record.arrays:
        joined = np.concatenate([part[name] for part in parts])
        np.testing.assert_array_equal(joined, record[name], name)


def test_mixing_goes_on_where_it_was_killed(corpora, sources, record, tmp_path, monkeypatch):
    monkeypatch.setattr(gathering, "SOUNDS", 2)
    analysed = mixtures.Mixer.analysed
    seen = []

    def killed(mixer, index):
        if index == 5:
            raise KeyboardInterrupt
        return analysed(mixer, index)

    def counted(mixer, index):
        seen.append(index)
        return analysed(mixer, index)

    monkeypatch.setattr(mixtures.Mixer, "analysed", killed)
    with pytest.raises(KeyboardInterrupt):
        mixed(tmp_path, corpora, sources)
    monkeypatch.setattr(mixtures.Mixer, "analysed", counted)
    again = mixed(tmp_path, corpora, sources)
    assert min(seen) == 4
    np.testing.assert_array_equal(again["logmel"], record["logmel"])


def copied(corpora, tmp_path):
    return shutil.copytree(corpora, tmp_path / "corpora")


def test_a_silent_sound_is_told_and_makes_no_nan(corpora, tmp_path, caplog):
    folder = copied(corpora, tmp_path)
    for path in (folder / "sounds" / "audio_train").iterdir():
        soundfile.write(path, np.zeros(20_000), 44_100)
    silent = run(prepare_sources, tmp_path / "sources", {}, data=folder / "sounds")
    assert "is silent, and so are the events made of it" in caplog.text
    assert not silent["rms"].any()
    record = mixed(tmp_path / "mixtures", folder, silent)
    assert np.isfinite(record["logmel"]).all()
    assert not unpack(record["mask"]).any()


def test_an_unknown_label_is_refused(corpora, tmp_path):
    folder = copied(corpora, tmp_path)
    table = folder / "sounds" / "train.csv"
    table.write_text(table.read_text().replace(",Bark,", ",Barking,", 1))
    with pytest.raises(DataError, match=r"unknown label 'Barking'; did you mean 'Bark'"):
        run(prepare_sources, tmp_path / "sources", {}, data=folder / "sounds")


def test_truncated_sounds_are_named(corpora, tmp_path):
    folder = copied(corpora, tmp_path)
    path = sorted((folder / "sounds" / "audio_train").iterdir())[0]
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(DataError, match=path.name):
        run(prepare_sources, tmp_path / "sources", {}, data=folder / "sounds")


def test_a_missing_scene_leaves_too_few(corpora, sources, tmp_path):
    folder = copied(corpora, tmp_path)
    next((folder / "scenes" / CORPUS / "audio").iterdir()).unlink()
    with pytest.raises(DataError, match=r"take 12 scenes, one each, and there are 11"):
        mixed(tmp_path / "mixtures", folder, sources)


def test_a_scene_shorter_than_the_clips_is_named(corpora, sources, tmp_path):
    with pytest.raises(DataError, match=r"\.wav holds 3\.000 s, and a clip takes 4 s"):
        mixed(tmp_path, corpora, sources, clip_seconds=4)


def test_real_scenes_are_mixed_with_synthetic_sounds(sources, tmp_path, real_data):
    asked = {"scenes": "tau2019-part", "clips": 2, "clip_seconds": 10}
    needs = {"sources": sources}
    found = run(mixtures.prepare, tmp_path, needs, data=real_data("tau-clips"), **asked)
    assert found["logmel"].shape == (8, 311, 64)
    assert found["logmel"].min() > -15  # real scenes have something in every band and frame
    assert len(set(found["scene"].tolist())) == 8
    np.testing.assert_allclose(found["onset"], [[0.5, 3.0, 5.5]] * 8)
    assert 0.02 < unpack(found["mask"]).mean() < 0.6


@pytest.fixture(scope="module")
def annotation(record, tmp_path_factory):
    folder = tmp_path_factory.mktemp("annotation")
    return run_stage(annotate, Setting({}), folder, {"mixtures": record})


def test_annotations_tell_what_is_in_the_clips(record, annotation):
    clips = read_annotation(annotation)
    assert len(clips) == 4 * CLIPS
    assert list(clips[0]) == ["mixture_name", "fold", "scene_audio_name", "events"]
    assert clips[4]["mixture_name"] == "00004.wav"
    assert clips[4]["fold"] == 2
    assert clips[4]["scene_audio_name"] == record["scene"][4]
    assert [event["event_label"] for event in clips[4]["events"]] == [
        CLASSES[label] for label in record["event"][4]
    ]
    assert [event["onset"] for event in clips[4]["events"]] == record["onset"][4].tolist()
    text = (annotation.folder / "mixture.yaml").read_text()
    assert yaml.safe_load(text) == clips


def test_jams_have_scapers_namespace(record, annotation):
    clips = read_annotation(annotation)
    with ZipFile(annotation.folder / "jams.zip") as archive:
        assert len(archive.namelist()) == len(clips)
        document = json.loads(archive.read("00004.jams"))
    assert document == jams(clips[4], float(SECONDS), 10.0)
    (told,) = document["annotations"]
    assert told["namespace"] == "scaper"
    background, *events = told["data"]
    assert background["value"]["role"] == "background"
    assert background["value"]["label"] == clips[4]["scene_audio_name"].split("-")[0]
    for event, expected in zip(events, clips[4]["events"], strict=True):
        assert event["time"] == expected["onset"]
        assert event["duration"] == pytest.approx(expected["offset"] - expected["onset"])
        assert event["value"]["source_file"] == expected["event_audio_name"]
        assert event["value"]["snr"] == 10
    assert document["file_metadata"]["duration"] == SECONDS


def test_annotations_of_shares_are_joined(corpora, sources, annotation, tmp_path):
    parts = [mixed(tmp_path / str(i), corpora, sources, share=(i, 2)) for i in range(2)]
    needs = {f"mixtures {i + 1} of 2": part for i, part in enumerate(parts)}
    joined = run_stage(annotate, Setting({}), tmp_path / "annotation", needs)
    assert read_annotation(joined) == read_annotation(annotation)

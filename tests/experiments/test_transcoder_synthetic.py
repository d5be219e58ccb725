"""The synthetic town: official layouts, same bytes from the same seed, sounds as labelled."""

import csv
from collections import Counter
from functools import partial

import numpy as np
import pytest
import soundfile
import torch
from scipy.signal import butter, hilbert, sosfiltfilt
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from core import Inputs, Output, Setting
from core.errors import UnknownName
from experiments.transcoder import sonyc, tau, urbansound8k
from experiments.transcoder.groups import read_groups
from experiments.transcoder.representation import REPRESENTATIONS
from experiments.transcoder.synthetic import synthesise, synthesise_target
from experiments.transcoder.synthetic_scenes import write_scenes
from experiments.transcoder.synthetic_targets import COARSE, write_sonyc, write_urbansound8k
from experiments.transcoder.tau_parts import divide
from experiments.transcoder.urban_scene import Event, arrange, mix
from experiments.transcoder.urban_sounds import SOURCES, URBAN_SOUNDS

RATE = 32_000


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def rows(path, delimiter=","):
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """The scenes of the stage, ten of them."""
    folder = tmp_path_factory.mktemp("scenes")
    synthesise(Setting({"corpus_seed": 0, "scenes": 10}), Inputs(), Output(folder, folder))
    return folder / "corpus"


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """One clip a class and fold."""
    folder = tmp_path_factory.mktemp("clips") / "corpus"
    write_urbansound8k(folder, 0, clips=1)
    return folder


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """As many recordings as have every class in every part."""
    folder = tmp_path_factory.mktemp("recordings") / "corpus"
    write_sonyc(folder, 0, clips=40)
    return folder


def test_scenes_are_laid_out_as_the_official_ones(scenes):
    found = tau.load(scenes)
    assert {scene.city for scene in found} == set(tau.CITIES)
    assert {scene.device for scene in found} == {"a"}
    assert len(found) == 10
    header = (scenes / "meta.csv").read_text().splitlines()[0]
    assert header == "filename\tscene_label\tidentifier\tsource_label"
    info = soundfile.info(found[0].path)
    assert (info.samplerate, info.channels, info.frames) == (44_100, 1, 441_000)
    assert info.subtype == "PCM_24"


def test_cities_are_shared_out_to_every_part(scenes):
    found = tau.load(scenes)
    parts = divide([scene.city for scene in found], "city")
    assert Counter(parts.tolist()) == {"train": 6, "valid": 2, "eval": 2}
    table = rows(scenes / "evaluation_setup" / "fold1_evaluate.csv", "\t")
    evaluated = {scene.name for scene, part in zip(found, parts, strict=True) if part == "eval"}
    assert {row["filename"] for row in table} == {f"audio/{name}.wav" for name in evaluated}


def test_hundred_scenes_pair_every_scene_with_every_city(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.transcoder.synthetic_scenes.mix", lambda *_: np.zeros(4))
    write_scenes(tmp_path / "corpus", 0, 100)
    pairs = {tuple(path.name.split("-")[:2]) for path in (tmp_path / "corpus/audio").iterdir()}
    assert len(pairs) == 100


def test_events_lie_within_their_scenes(scenes):
    names = {f"audio/{scene.name}.wav" for scene in tau.load(scenes)}
    events = rows(scenes / "events.csv", "\t")
    assert {event["filename"] for event in events} == names
    assert all(0 <= float(e["onset"]) < float(e["offset"]) <= 10 for e in events)
    assert {event["event_label"] for event in events} <= {source.label for source in SOURCES}


def test_most_seconds_hold_one_sound():
    rng = np.random.default_rng(0)
    several = [arrange(rng, SOURCES, 10) for _ in range(50)]
    covered = sum(event.seconds for events in several for event in events) / 500
    assert 0.8 < covered < 1
    assert {event.source for events in several for event in events} == set(SOURCES)


def test_clips_are_laid_out_as_urbansound8k(clips):
    found = urbansound8k.load(clips, part=True)
    table = rows(clips / "metadata" / "UrbanSound8K.csv")
    assert Counter((row["fold"], row["class"]) for row in table) == Counter(
        (fold, name) for fold in urbansound8k.FOLDS for name in urbansound8k.CLASSES
    )
    assert 90 <= len(found.clips) < 100  # some are shorter than 1 s
    assert max(clip.seconds for clip in found.clips) <= 4
    lengths = {row["slice_file_name"]: float(row["end"]) - float(row["start"]) for row in table}
    for clip in found.clips:
        assert clip.seconds == pytest.approx(lengths[f"{clip.name}.wav"], abs=1e-4)


def test_recordings_are_laid_out_as_sonyc(recordings):
    found = sonyc.load(recordings, part=True)
    assert Counter(found.folds.tolist()) == {"train": 24, "validate": 8, "test": 8}
    for part in ("train", "validate", "test"):
        assert found.labels[found.folds == part].any(0).all()
    assert found.labels.sum(1).max() > 1
    table = rows(recordings / "annotations.csv")
    by_expert = {row["audio_filename"] for row in table if row["annotator_id"] == "0"}
    assert by_expert == {row["audio_filename"] for row in table if row["split"] == "test"}
    sensors = Counter((row["split"], row["sensor_id"]) for row in table)
    assert len({sensor for _, sensor in sensors}) == len(sensors)


@pytest.mark.parametrize(
    ("target", "sounds"),
    [
        ("URBAN-SOUND-8K", [(source.label,) for source in URBAN_SOUNDS]),
        ("SONYC-UST", list(COARSE.values())),
    ],
)
def test_sounds_are_in_the_groups_of_their_targets(target, sounds):
    """So that scores of a teacher of these sounds can be aggregated."""
    groups = list(read_groups(target, "corrected").values())
    for labels, group in zip(sounds, groups, strict=True):
        assert set(labels) <= set(group)


@pytest.mark.parametrize(
    "write",
    [
        partial(write_scenes, scenes=1),
        partial(write_urbansound8k, clips=1),
        partial(write_sonyc, clips=2),
    ],
    ids=["scenes", "urbansound8k", "sonyc"],
)
def test_the_same_seed_gives_the_same_bytes(write, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.transcoder.synthetic_targets.FOLDS", 1)
    for name, seed in {"a": 1, "b": 1, "c": 2}.items():
        write(tmp_path / name, seed)
    a, b, c = (contents(tmp_path / name) for name in "abc")
    assert a == b
    sounds = [name for name in a if name.endswith(".wav")]
    assert sounds
    assert all(a[name] not in c.values() for name in sounds)


def test_the_stage_of_targets_writes_the_one_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.transcoder.synthetic_targets.FOLDS", 1)
    output = Output(tmp_path, tmp_path)
    asked = Setting({"target": "synthetic-urbansound8k", "corpus_seed": 3})
    unknown = Setting({"target": "synthetic-sonic", "corpus_seed": 3})
    synthesise_target(asked, Inputs(), output)
    assert len(rows(tmp_path / "corpus" / "metadata" / "UrbanSound8K.csv")) == 20
    with pytest.raises(UnknownName, match="did you mean 'synthetic-sonyc'"):
        synthesise_target(unknown, Inputs(), output)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.label)
def test_sounds_are_faded_and_about_as_loud(source):
    for seconds in (0.3, 2.0):
        wave = source.play(np.random.default_rng(5), RATE, seconds)
        assert wave.shape == (round(seconds * RATE),)
        assert wave.dtype == np.float32
        assert np.quantile(np.abs(wave), 0.95) == pytest.approx(1, abs=0.1)
        assert abs(wave[0]) < 1e-3 > abs(wave[-1])


def test_a_mix_has_its_events_where_they_are_said_to_be():
    rng = np.random.default_rng(1)
    wave = mix(rng, RATE, 3, [Event(SOURCES[4], 1.0, 1.0)], level=(30, 30))
    quiet, loud, after = (wave[at * RATE : (at + 1) * RATE].std() for at in range(3))
    assert loud > 5 * quiet
    assert loud > 5 * after
    assert np.abs(wave).max() == pytest.approx(0.5)


def beats(label, low, high):
    """How much of a sound's envelope moves between two rates a second."""
    source = next(source for source in SOURCES if source.label == label)
    wave = source.play(np.random.default_rng(2), RATE, 4.0)
    high_pass = butter(2, 500, "highpass", fs=RATE, output="sos")
    envelope = np.abs(hilbert(sosfiltfilt(high_pass, wave)))
    power = np.abs(np.fft.rfft(envelope - envelope.mean())) ** 2
    rate = np.fft.rfftfreq(len(envelope), 1 / RATE)
    return power[(rate > low) & (rate < high)].sum() / power[(rate > 1) & (rate < 2000)].sum()


@pytest.mark.parametrize(
    ("beating", "steady"), [("Jackhammer", "Drill"), ("Idling", "Air conditioning")]
)
def test_pairs_differ_by_what_is_faster_than_third_octaves(beating, steady):
    assert beats(beating, 11, 28) > 0.2 > 4 * beats(steady, 11, 28)


def test_a_second_of_each_sound_is_told_by_its_log_mel():
    """With a linear classifier of its mean, spread and movement in each band."""
    count = 24
    waves = np.array(
        [
            mix(np.random.default_rng([7, k, i]), RATE, 1.0, [Event(source, 0.0, 1.0)])
            for k, source in enumerate(SOURCES)
            for i in range(count)
        ]
    )
    mels = REPRESENTATIONS["PANN"].module()(torch.from_numpy(waves)).numpy()
    moves = np.abs(np.diff(mels, axis=1)).mean(1)
    features = np.concatenate([mels.mean(1), mels.std(1), moves], axis=1)
    label = np.repeat(np.arange(len(SOURCES)), count)
    test = np.tile(np.arange(count) % 3 == 0, len(SOURCES))
    classifier = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    classifier.fit(features[~test], label[~test])
    assert classifier.score(features[test], label[test]) > 0.9

"""TAU as it is published, parts of it, and spoiled copies; which scenes are used for what."""

from collections import Counter
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from inspected import values

from core.errors import DataError, UnknownName
from experiments.common.urban_scenes import SCENES
from experiments.transcoder.tau import CITIES, Scene, inspect_part, inspect_whole, load
from experiments.transcoder.tau_parts import CITY_PARTS, PARTS, URBAN, divide, selected

RATE = 1000
NOISE = np.random.default_rng(1).uniform(-0.1, 0.1, 10 * RATE)
TRAIN = [f"{scene}-{city}-1-10-a" for scene, city in zip(SCENES, CITIES, strict=True)]
EVALUATE = ["park-barcelona-2-20-a", "bus-helsinki-3-30-s1"]


def write_sound(path, sound=NOISE):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, RATE)


def write_fold(folder, part, stems):
    lines = [f"audio/{stem}.wav\t{stem.partition('-')[0]}" for stem in stems]
    path = folder / "evaluation_setup" / f"fold1_{part}.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["filename\tscene_label", *lines, ""]))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tau") / "tau"
    for stem in (*TRAIN, *EVALUATE, "tram-vienna-9-90-b"):
        write_sound(folder / "audio" / f"{stem}.wav")
    write_fold(folder, "train", reversed(TRAIN))
    write_fold(folder, "evaluate", EVALUATE)
    return folder


def names(scenes):
    return [scene.name for scene in scenes]


# Reading


def test_the_order_is_that_of_the_first_fold(written):
    found = load(written)
    assert names(found) == [*reversed(TRAIN), *EVALUATE]
    assert (found[-1].scene, found[-1].city, found[-1].device) == ("bus", "helsinki", "s1")
    assert found[-1].seconds == 10.0
    assert found[-1].path == written / "audio" / "bus-helsinki-3-30-s1.wav"


def test_the_counts_are_told(written):
    found = inspect_whole(written)
    assert found.whole
    told = values(found)
    assert (told["recordings"], told["recordings in use"]) == (13, 12)
    assert (told["kinds of scene"], told["kinds of city"]) == (10, 10)
    assert (told["park"], told["helsinki"], told["device a"], told["device s1"]) == (2, 2, 11, 1)


def test_archives_unpacked_beside_each_other_are_one_corpus(corpus):
    inner = corpus / "TAU.audio.1" / "TAU" / "audio"
    inner.mkdir(parents=True)
    for path in sorted((corpus / "audio").iterdir())[:5]:
        path.rename(inner / path.name)
    assert names(load(corpus)) == [*reversed(TRAIN), *EVALUATE]


def test_real_clips_in_a_flat_folder_are_a_part(real_data):
    folder = real_data("tau-clips")
    found = load(folder, part=True)
    assert names(found) == sorted(names(found))
    assert len(found) == 8
    assert {(scene.seconds, scene.device) for scene in found} == {(10.0, "a")}
    assert values(inspect_part(folder))["street_pedestrian"] == 2
    with pytest.raises(DataError, match=r"lacks fold1_train.csv and .*a part of it is tau-part"):
        load(folder)


def test_what_a_part_lacks_is_remarked_and_the_whole_is_refused_for_it(corpus):
    (corpus / "audio" / f"{TRAIN[0]}.wav").unlink()
    part, whole = inspect_part(corpus), inspect_whole(corpus)
    assert part.whole
    assert part.remarks == [f"of the table without a sound: {TRAIN[0]}"]
    assert whole.problems == [
        f"of the table without a sound: {TRAIN[0]}",
        "kinds of scene 9 instead of 10",
    ]
    assert names(load(corpus, part=True)) == [*reversed(TRAIN[1:]), *EVALUATE]
    with pytest.raises(DataError, match=TRAIN[0]):
        load(corpus)


def test_all_damage_is_a_problem_each(corpus):
    audio = corpus / "audio"
    cut = audio / f"{TRAIN[0]}.wav"
    cut.write_bytes(cut.read_bytes()[:4000])
    write_sound(audio / f"{TRAIN[1]}.wav", NOISE[:-RATE])
    for damaged, inspect in ((cut, inspect_part), (cut, inspect_whole)):
        told = inspect(corpus).problems
        assert any(damaged.name in problem and "cut short" in problem for problem in told)
        assert any(TRAIN[1] in problem and "9.000 s instead of 10" in problem for problem in told)
    with pytest.raises(DataError, match=TRAIN[0]):
        load(corpus, part=True)


@pytest.mark.parametrize(
    ("stem", "told"),
    [
        ("airprt-lyon-1-1-a", "unknown scene 'airprt'; did you mean 'airport'"),
        ("park-pari-1-1-a", "unknown city 'pari'; did you mean 'paris'"),
        ("park-lyon-1-1-x", "is not named like a scene"),
        ("holiday", "is not named like a scene"),
    ],
)
def test_names_of_something_else_are_problems(tmp_path, stem, told):
    write_sound(tmp_path / f"{stem}.wav")
    (problem,) = inspect_part(tmp_path).problems
    assert told in problem
    with pytest.raises(DataError, match=stem):
        load(tmp_path, part=True)


def test_a_table_that_contradicts_the_names_is_refused(corpus):
    table = corpus / "evaluation_setup" / "fold1_evaluate.csv"
    table.write_text("filename\tscene_label\naudio/bus-helsinki-3-30-s1.wav\ttram\n")
    (problem,) = inspect_part(corpus).problems
    assert "fold1_evaluate.csv, row 2" in problem
    assert "said to be a scene 'tram'" in problem
    table.write_text("filename\naudio/bus-helsinki-3-30-s1.wav\n")
    assert "no column scene_label" in inspect_part(corpus).problems[0]
    table.unlink()
    assert "has fold1_train.csv but lacks fold1_evaluate.csv" in inspect_part(corpus).problems[0]


def test_tables_of_other_recordings_are_refused(corpus):
    for path in (corpus / "audio").glob("*-a.wav"):
        path.unlink()
    (corpus / "audio" / "bus-helsinki-3-30-s1.wav").unlink()
    assert inspect_part(corpus).problems == ["none of the 12 sounds of the table is there"]


def test_a_folder_of_something_else_is_a_problem(tmp_path):
    assert "no .wav or .flac recording" in inspect_part(tmp_path).problems[0]
    assert "there is no folder" in inspect_whole(tmp_path / "none").problems[0]


# Selecting and dividing


@dataclass
class Columns:
    """Scenes as their preparation keeps them."""

    scenes: list[Scene]

    def column(self, name):
        return np.array([getattr(scene, name) for scene in self.scenes])


def scene(kind="park", city="lyon", device="a", number=0):
    return Scene(Path(f"{kind}-{city}-1-{number}-{device}.wav"), 10.0, kind, city, device)


def test_a_dataset_is_a_selection_of_scenes_in_their_order():
    scenes = [
        scene(kind, device=device, number=i)
        for i, (kind, device) in enumerate([(k, d) for k in SCENES for d in "baa"] * 2)
    ]

    def select(name, scenes=scenes):
        return list(compress(scenes, selected(Columns(scenes), name)))

    full, urban, first = (select(name) for name in ("full", "urban", "TEST"))
    assert full == [s for s in scenes if s.device == "a"]
    assert len(full) == 40
    assert {s.scene for s in urban} == set(URBAN)
    assert urban == [s for s in full if s.scene in URBAN]
    assert first == scenes[:50]
    assert select("synthetic") == scenes
    for name, chosen in (("full", full), ("urban", urban), ("TEST", first)):
        assert select(name, chosen) == chosen
    with pytest.raises(UnknownName, match="did you mean 'TEST'"):
        select("test")


def test_the_city_split_keeps_a_city_together():
    assert sorted(city for cities in CITY_PARTS.values() for city in cities) == list(CITIES)
    parts = divide(CITIES * 3, "city")
    assert Counter(parts) == {"train": 18, "valid": 6, "eval": 6}
    assert {c for c, p in zip(CITIES * 3, parts, strict=True) if p == "valid"} == {
        "lisbon",
        "prague",
    }


@pytest.mark.parametrize(
    ("files", "sizes"), [(10_545, (7908, 1318, 1319)), (8, (6, 1, 1)), (5, (3, 1, 1))]
)
def test_the_random_split_has_the_published_sizes(files, sizes):
    parts = divide(["lyon"] * files, "random")
    assert tuple(Counter(parts)[part] for part in PARTS) == sizes


def test_the_random_split_is_the_published_draw():
    drawn = np.random.RandomState(71).permutation(16)
    parts = divide(["lyon"] * 16, "random")
    rest = drawn[:4]  # a draw holds out first
    again = np.random.RandomState(71).permutation(4)
    assert set(np.flatnonzero(parts == "train")) == set(drawn[4:])
    assert set(np.flatnonzero(parts == "eval")) == set(rest[again[:2]])
    assert np.array_equal(parts, divide(["paris"] * 16, "random"))


def test_a_split_that_leaves_a_part_empty_is_refused():
    with pytest.raises(
        DataError, match=r"of 2 files empty; give files of valid \(lisbon, prague\)"
    ):
        divide(["lyon", "helsinki"], "city")
    with pytest.raises(DataError, match="of 4 files empty; give 5 files"):
        divide(["lyon"] * 4, "random")
    with pytest.raises(UnknownName, match="did you mean 'city'"):
        divide(CITIES, "cities")

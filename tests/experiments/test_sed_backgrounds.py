"""TUT 2018 and TAU 2019 as they are published, parts of them, and spoiled copies."""

import numpy as np
import pytest
import soundfile
from inspected import values

from core.errors import DataError
from experiments.common.urban_scenes import SCENES
from experiments.sed.backgrounds import (
    EDITIONS,
    inspect_part,
    inspect_tau2019,
    inspect_tut2018,
    load,
)

RATE = 100
STEMS = ["tram-paris-9-1861-a", "airport-barcelona-0-0-a", "park-helsinki-3-2-a"]
TITLES = "filename\tscene_label\tidentifier\tsource_label"


def write_sound(path, seconds=10):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.full(round(seconds * RATE), 0.1), RATE)


def write_table(folder, stems):
    kinds = [stem.partition("-")[0] for stem in stems]
    rows = [f"audio/{s}.wav\t{kind}\tparis-9\ta" for s, kind in zip(stems, kinds, strict=True)]
    (folder / "meta.csv").write_text("\n".join([TITLES, *rows, ""]))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes") / "corpus"
    for stem in STEMS:
        write_sound(folder / "audio" / f"{stem}.wav")
    write_table(folder, STEMS)
    return folder


def test_scenes_are_read_in_the_order_of_the_table(written):
    found = load(written, "tut2018-part")
    assert [scene.name for scene in found] == STEMS
    assert [scene.scene for scene in found] == ["tram", "airport", "park"]
    assert found[0].path == written / "audio" / "tram-paris-9-1861-a.wav"
    told = values(inspect_part(written))
    assert told == {"rows": 3, "scenes": 3, "airport": 1, "park": 1, "tram": 1}


@pytest.mark.parametrize(
    ("dataset", "inspect", "scenes"),
    [("tut2018", inspect_tut2018, 8640), ("tau2019", inspect_tau2019, 14400)],
)
def test_a_perfect_copy_is_whole(tmp_path, dataset, inspect, scenes):
    sound = tmp_path / "bus-x-0-a.wav"
    write_sound(sound)
    stems = [f"{kind}-x-{i}-a" for kind in SCENES for i in range(scenes // len(SCENES))]
    for i, stem in enumerate(stems):
        place = tmp_path / f"archive-{i % 3}"
        place.mkdir(exist_ok=True)
        (place / f"{stem}.wav").hardlink_to(sound)
    sound.unlink()
    write_table(tmp_path, stems)
    found = inspect(tmp_path)
    assert found.whole
    assert not any(finding.differs for finding in found.findings)
    assert EDITIONS[dataset].scenes == scenes == values(found)["scenes"]


def test_a_part_is_not_taken_for_the_whole(written):
    problems = inspect_tut2018(written).problems
    assert problems[:2] == ["rows 3 instead of 8640", "scenes 3 instead of 8640"]
    assert "park 1 instead of 864" in problems
    assert "park 1 instead of 1440" in inspect_tau2019(written).problems
    for dataset in EDITIONS:
        with pytest.raises(DataError, match=f"a part of it is {dataset}-part"):
            load(written, dataset)


def test_what_a_part_lacks_is_remarked(corpus):
    (corpus / "audio" / f"{STEMS[1]}.wav").unlink()
    assert [scene.name for scene in load(corpus, "tau2019-part")] == [STEMS[0], STEMS[2]]
    assert inspect_part(corpus).remarks == [f"of the table without a sound: {STEMS[1]}"]
    (corpus / "meta.csv").unlink()
    assert [scene.name for scene in load(corpus, "tau2019-part")] == sorted([STEMS[0], STEMS[2]])
    assert "lacks meta.csv" in inspect_tut2018(corpus).problems[0]


def test_real_scenes_in_a_flat_folder_are_a_part(real_data):
    found = load(real_data("tau-clips"), "tau2019-part")
    assert len(found) == 8
    assert {scene.seconds for scene in found} == {10}
    assert values(inspect_part(real_data("tau-clips")))["street_pedestrian"] == 2


def test_only_synthetic_scenes_may_be_shorter(corpus):
    write_sound(corpus / "audio" / f"{STEMS[0]}.wav", 4)
    assert load(corpus, "synthetic")[0].seconds == 4
    for inspect in (inspect_part, inspect_tut2018):
        assert any("4.000 s instead of 10 s" in problem for problem in inspect(corpus).problems)
    with pytest.raises(DataError, match=STEMS[0]):
        load(corpus, "tut2018-part")


def test_all_damage_is_a_problem_each(corpus):
    cut = corpus / "audio" / f"{STEMS[0]}.wav"
    cut.write_bytes(cut.read_bytes()[:500])
    write_sound(corpus / "audio" / "trams-paris-1-a.wav")
    write_table(corpus, [*STEMS, "trams-paris-1-a"])
    one, another = inspect_part(corpus).problems
    assert f"{STEMS[0]}.wav is cut short" in one
    assert "trams-paris-1-a.wav: unknown scene 'trams'; did you mean 'tram'" in another


def test_a_folder_of_something_else_is_a_problem(tmp_path):
    assert "there is no folder" in inspect_tut2018(tmp_path / "none").problems[0]
    assert "no .wav or .flac recording" in inspect_part(tmp_path).problems[0]

"""What an inspection says of the real subset, the official text files and spoiled copies."""

import pytest
from inspected import values

from core.errors import DataError
from experiments.icbhi.corpus import load_corpus
from experiments.icbhi.inspection import (
    EXPECTED,
    USUAL,
    WHOLE,
    compare,
    describe,
    inspect_part,
    inspect_whole,
)
from experiments.icbhi.metadata import CLASSES, DEVICES, join_key, read_demographics, read_split
from experiments.icbhi.report import NO_DEMOGRAPHICS, Report, report
from experiments.icbhi.synthetic import write_corpus

SPLIT = "ICBHI_challenge_train_test.txt"
DEMOGRAPHICS = "ICBHI_Challenge_demographic_information.txt"
DURATIONS = [name for name in EXPECTED if "hours" in name or "(s)" in name]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "corpus"
    write_corpus(folder, seed=5, patients=12, recordings=1, cycles=2)
    return folder


def whole_report(**changed: int) -> Report:
    """Give the report of a perfect copy of the whole database, but for what is changed."""
    counts = {k: v for k, v in EXPECTED.items() if isinstance(v, int) and "(s)" not in k}
    durations = {name: EXPECTED[name] for name in DURATIONS}
    return Report({**counts, **changed}, durations, leak=(156, 218), imputed=(223,))


# The whole database


def test_the_expected_counts_add_up():
    for part in ("train", "test"):
        assert WHOLE[f"{part} cycles"] == sum(WHOLE[f"{part} {name}"] for name in CLASSES)
        assert WHOLE[f"{part} cycles"] == sum(USUAL[f"{part} {name}"] for name in DEVICES)
    assert WHOLE["train cycles"] + WHOLE["test cycles"] == WHOLE["cycles"]
    assert WHOLE["sc"] + WHOLE["mc"] == WHOLE["cycles"]
    assert sum(WHOLE[f"{age} {sex}"] for age in ("adult", "child") for sex in "MF") == 6898
    assert WHOLE["train recordings"] + WHOLE["test recordings"] == WHOLE["recordings"]
    assert WHOLE["train patients"] + WHOLE["test patients"] - 2 == WHOLE["patients"]
    hours = USUAL["train hours"] + USUAL["test hours"]
    assert hours * 3600 / WHOLE["cycles"] == pytest.approx(USUAL["mean cycle (s)"], abs=0.01)


def test_the_official_text_files_are_those_of_the_whole(real_data):
    folder = real_data("icbhi-official")
    split = read_split(folder / SPLIT)
    recordings = {join_key(stem): test for stem, test in split.items()}
    people = {test: {int(s[:3]) for s in split if split[s] == test} for test in (False, True)}
    patients = read_demographics(folder / DEMOGRAPHICS)
    assert len(split) == USUAL["rows of the split"]
    assert len(recordings) == WHOLE["recordings"]
    for part, test in (("train", False), ("test", True)):
        assert list(recordings.values()).count(test) == WHOLE[f"{part} recordings"]
        assert len(people[test]) == WHOLE[f"{part} patients"]
    both = ", ".join(map(str, sorted(people[False] & people[True])))
    assert both == WHOLE["patients in both parts"]
    assert len(patients) == WHOLE["patients"]
    missing = [str(number) for number, patient in patients.items() if not patient.known]
    assert missing == [USUAL["patients with imputed age and sex"]]


def test_a_perfect_copy_is_whole():
    found = compare(whole_report())
    assert found.whole
    assert not any(finding.differs for finding in found.findings)
    assert values(found) == EXPECTED


def test_one_cycle_of_another_class_is_a_problem():
    found = compare(whole_report(**{"train normal": 2062, "train both": 364}))
    assert found.problems == [
        "train normal 2062 instead of 2063",
        "train both 364 instead of 363",
    ]


def test_recordings_named_after_another_device_are_remarked_only():
    found = compare(whole_report(**{"train LittC2SE": 500, "train Meditron": 1091}))
    assert found.whole
    (remark,) = [remark for remark in found.remarks if "unlike the official copy" in remark]
    assert "train Meditron 1091 instead of 997, train LittC2SE 500 instead of 594" in remark


def test_a_part_is_not_whole_and_each_difference_is_told(real_data):
    found = inspect_whole(real_data("icbhi-subset"))
    assert not found.whole
    assert "cycles 1996 instead of 6898" in found.problems
    assert "patients in both parts 218 instead of 156, 218" in found.problems
    same = {"sc", "child F", "child M"}
    same |= {"shortest cycle (s)", "longest cycle (s)", "cycles of 8 s or more"}
    told = {problem.split(" instead")[0].rsplit(" ", 1)[0] for problem in found.problems}
    assert told == set(WHOLE) - same


# A part


def test_the_subset_is_described_by_its_documentation(real_data):
    found = inspect_part(real_data("icbhi-subset"))
    assert found.whole
    assert all(finding.expected is None for finding in found.findings)
    told = values(found)
    expected = {
        "recordings": 192,
        "patients": 76,
        "cycles": 1996,
        "patients in both parts": "218",
        "patients with imputed age and sex": "223",
        "recordings at 16000 Hz": 96,
        "recordings at 4000 Hz": 90,
        "recordings at 10000 Hz": 6,
        "longest cycle (s)": 16.163,
    }
    assert {name: told[name] for name in expected} == expected
    assert any("the split leaks" in remark and "218" in remark for remark in found.remarks)


def test_the_same_is_told_first_of_every_part(written, real_data):
    first = [f.what for f in inspect_part(written).findings]
    second = [f.what for f in inspect_part(real_data("icbhi-subset")).findings]
    shared = [what for what in first if what in second]
    assert shared == [what for what in second if what in first]
    assert first[:3] == ["recordings", "patients", "cycles"]


def test_durations_are_of_annotated_cycles(written):
    loaded = load_corpus(written)
    seconds = [c.offset - c.onset for r in loaded.recordings for c in r.cycles]
    found = values(inspect_part(written))
    assert found["shortest cycle (s)"] == round(min(seconds), 3)
    assert found["mean cycle (s)"] == round(sum(seconds) / len(seconds), 2)
    total = found["train hours"] + found["test hours"]
    assert total == pytest.approx(sum(seconds) / 3600, abs=0.01)


# Copies that lack something


def test_without_demographics_a_part_is_usable_and_the_whole_is_not(corpus):
    (corpus / DEMOGRAPHICS).unlink()
    part, whole = inspect_part(corpus), inspect_whole(corpus)
    assert part.whole
    assert part.remarks[0] == NO_DEMOGRAPHICS
    assert values(part)["unknown age or sex"] == 24
    assert whole.problems[0] == NO_DEMOGRAPHICS
    assert NO_DEMOGRAPHICS not in whole.remarks


def test_audio_alone_tells_both_missing_files_and_where_they_are(corpus):
    (corpus / DEMOGRAPHICS).unlink()
    (corpus / SPLIT).unlink()
    split, demographics = inspect_whole(corpus).problems
    assert "ICBHI_challenge_train_test.txt, is at https://bhichallenge.med.auth.gr" in split
    assert demographics == NO_DEMOGRAPHICS
    assert len(inspect_part(corpus).problems) == 1


def test_all_damage_is_a_problem_each_and_the_rest_is_counted(corpus):
    first, second, *rest = sorted(corpus.glob("*.wav"))
    first.write_bytes(b"")
    second.with_suffix(".txt").unlink()
    found = inspect_part(corpus)
    damaged, lonely = found.problems
    assert first.name in damaged
    assert second.name in lonely
    assert values(found)["recordings"] == len(rest) == 10
    with pytest.raises(DataError, match=rf"{first.name}.*{second.name}"):
        load_corpus(corpus)


def test_a_folder_of_something_else_is_a_problem(tmp_path):
    assert "no .wav or .flac recording" in inspect_part(tmp_path).problems[0]
    assert "there is no folder" in inspect_whole(tmp_path / "none").problems[0]


def test_the_stage_and_the_command_judge_alike(written):
    found = report(load_corpus(written))
    assert compare(found) == inspect_whole(written)
    assert values(describe(found)) == values(inspect_part(written))

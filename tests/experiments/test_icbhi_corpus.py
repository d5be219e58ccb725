"""The loader: what it finds in good folders, and what it says of bad ones."""

import csv
import shutil

import numpy as np
import pytest
import soundfile

from core.errors import DataError
from experiments.icbhi.corpus import IMPUTED, load_corpus
from experiments.icbhi.metadata import ADULT_FROM, CLASSES, Patient, join_key, read_demographics
from experiments.icbhi.report import NO_DEMOGRAPHICS, remarks, report
from experiments.icbhi.synthetic import write_corpus

SPLIT = "ICBHI_challenge_train_test.txt"
DEMOGRAPHICS = "ICBHI_Challenge_demographic_information.txt"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "corpus"
    write_corpus(folder, seed=5, patients=8, recordings=1, cycles=3)
    return folder


def first_wav(folder):
    return min(folder.glob("*.wav"))


def edit(path, change):
    path.write_bytes(change(path.read_bytes()))


# What the real files say


def test_subset_has_the_counts_of_its_documentation(real_data):
    found = report(load_corpus(real_data("icbhi-subset")))
    counts = found.counts
    for part, expected in {
        "train": (1076, 742, 156, 129, 49, 96, 44),
        "test": (920, 639, 102, 140, 39, 96, 33),
    }.items():
        words = ("cycles", *CLASSES, "recordings", "patients")
        assert tuple(counts[f"{part} {word}"] for word in words) == expected
    devices = ("Meditron", "Litt3200", "LittC2SE", "AKGC417L")
    assert [counts[f"train {device}"] for device in devices] == [997, 41, 22, 16]
    assert [counts.get(f"test {device}", 0) for device in devices] == [459, 461, 0, 0]
    groups = ("adult M", "adult F", "child F", "child M")
    assert [counts[group] for group in groups] == [529 + 457, 92 + 130, 213 + 145, 242 + 188]
    assert found.leak == (218,)
    assert found.imputed == (223,)


def test_subset_agrees_with_the_reference_cycle_by_cycle(real_data):
    folder = real_data("icbhi-subset")
    corpus = load_corpus(folder)
    stems = [recording.stem for recording in corpus.recordings]
    columns = {**corpus.columns, "stem": np.array(stems)[corpus.columns["recording"]]}
    with (folder / "metadata_reference_rows.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda r: (r["filepath"], float(r["onset"])))
    for ours, theirs in {
        "stem": [row["filepath"].removesuffix(".wav") for row in rows],
        "patient": [int(row["patient"]) for row in rows],
        "label": ["NCWB".index(row["class"]) for row in rows],
        "test": [row["split"] == "test" for row in rows],
        "device": [row["device"] for row in rows],
        "sex": [row["sex"] for row in rows],
        "age": [float(row["age"]) for row in rows],
    }.items():
        assert columns[ours].tolist() == theirs
    for bound in ("onset", "offset"):  # the reference parsed some of them a bit too low or high
        theirs = [float(row[bound]) for row in rows]
        np.testing.assert_allclose(columns[bound], theirs, rtol=0, atol=1e-12)
    adults = [row["age_group"] == "A" for row in rows]
    assert (columns["age"] >= ADULT_FROM).tolist() == adults


def test_official_demographics_miss_one_patient(real_data):
    patients = read_demographics(real_data("icbhi-official") / DEMOGRAPHICS)
    assert [number for number, patient in patients.items() if not patient.known] == [223]
    adults = [p.age for p in patients.values() if p.age is not None and p.age >= ADULT_FROM]
    assert np.median(adults) == IMPUTED[223].age


# Copies of the database differ


def test_audio_may_be_flac_in_a_folder_below(corpus):
    before = load_corpus(corpus)
    (corpus / "audio").mkdir()
    for recording in before.recordings:
        wave, rate = soundfile.read(recording.path)
        soundfile.write(corpus / "audio" / f"{recording.stem}.flac", wave, rate)
        recording.path.with_suffix(".txt").rename(corpus / "audio" / f"{recording.stem}.txt")
        recording.path.unlink()
    after = load_corpus(corpus)
    assert after.recordings[0].path.suffix == ".flac"
    assert all(np.array_equal(after.columns[k], v) for k, v in before.columns.items())


def test_recordings_are_sorted_by_stem_and_cycles_by_time(corpus):
    found = load_corpus(corpus)
    stems = [recording.stem for recording in found.recordings]
    assert stems == sorted(stems)
    assert found.columns["recording"].tolist() == [i for i in range(8) for _ in range(3)]
    assert all(
        np.all(np.diff([cycle.onset for cycle in recording.cycles]) > 0)
        for recording in found.recordings
    )


SEPARATORS = {"tabs": "\t", "blanks": " ", "commas": ",", "spaced": ", ", "semicolons": ";"}


@pytest.mark.parametrize("separator", SEPARATORS.values(), ids=SEPARATORS)
@pytest.mark.parametrize("titles", [False, True], ids=["bare", "titled"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
def test_copies_of_the_demographics_are_read_alike(tmp_path, separator, titles, newline, mark):
    rows = [["102", "0.75", "F", "NA", "9.8", "73"], ["103", "70", "M", "33", "NA", "NA"]]
    if titles:
        rows.insert(0, ["Patient", "Age", "Sex", "BMI", "Weight", "Height"])
    text = newline.join(separator.join(row) for row in rows) + newline * 2
    (tmp_path / "any.txt").write_bytes((mark + text).encode())
    found = read_demographics(tmp_path / "any.txt")
    assert found == {102: Patient(0.75, "F"), 103: Patient(70.0, "M")}


@pytest.mark.parametrize("row", ["104,,,NA,,", "104;NA;;;;", "104\t\tNA\t\t\t", "104 NA NA"])
def test_blanks_and_na_are_missing(tmp_path, row):
    (tmp_path / "any.txt").write_text(row)
    assert read_demographics(tmp_path / "any.txt") == {104: Patient(None, None)}


def test_long_titles_between_commas_are_titles(tmp_path):
    text = "Patient number,Age,Sex,Adult BMI (kg/m2),Child Weight (kg)\n101,3,F,,19\n"
    (tmp_path / "any.txt").write_text(text)
    assert read_demographics(tmp_path / "any.txt") == {101: Patient(3.0, "F")}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("101\t3\tF\n102\t0,75\tF\n", 2, "'0,75' is written with a decimal comma"),
        ("102;0,75;F;NA;9,8;73\n", 1, "write '0.75'"),
        ("102 3 F NA 9,8 73\n", 1, "write '9.8'"),
        ("102,0,75,F,NA,9,8,73\n", 1, "decimals are written with a point"),
        ("103,70,F,33,5,NA,NA\n", 1, "decimals are written with a point"),
        ("101\t3\tX\n", 1, "sex is M or F"),
        ("101\t-3\tF\n", 1, "not a row of demographics"),
        ("101\tnan\tF\n", 1, "not a row of demographics"),
        ("101|3|F\n", 1, "not a row of demographics"),
        ("101\t3\tF\n\nPatient\tAge\tSex\n", 3, "not a row of demographics"),
        ("101\t3\tF\n101\t4\tF\n", 2, "patient 101 has another age or sex further up"),
    ],
)
def test_bad_demographics_are_refused_with_file_and_line(tmp_path, text, line, reason):
    (tmp_path / "any.txt").write_text(text)
    with pytest.raises(DataError) as refused:
        read_demographics(tmp_path / "any.txt")
    assert f"any.txt, line {line}: " in str(refused.value)
    assert reason in str(refused.value)


def test_demographics_may_be_a_csv_under_another_name(corpus):
    before = load_corpus(corpus)
    text = (corpus / DEMOGRAPHICS).read_text().replace("\t", ",")
    (corpus / DEMOGRAPHICS).unlink()
    (corpus / "demographic_info.csv").write_text(text)
    assert load_corpus(corpus).columns["age"].tolist() == before.columns["age"].tolist()


@pytest.mark.parametrize("missing", ["NA", ""])
def test_a_missing_age_and_sex_are_unknown_and_told(corpus, missing):
    row = f"101\t{missing}\t{missing}\tNA\tNA\tNA\r\n".encode()
    before = load_corpus(corpus).columns
    edit(corpus / DEMOGRAPHICS, lambda b: row + b[b.index(b"102") :])
    corpus = load_corpus(corpus)
    columns = corpus.columns
    first = columns["patient"] == 101
    assert np.isnan(columns["age"][first]).all()
    assert set(columns["sex"][first]) == {""}
    assert all(columns[name].dtype == before[name].dtype for name in ("age", "sex"))
    assert columns["age"][~first].tolist() == before["age"][~first].tolist()
    found = report(corpus)
    assert (found.unknown, found.imputed) == ((101,), ())
    assert found.counts["unknown age or sex"] == 3
    assert any("not known" in line and "101" in line for line in remarks(found))


def test_patient_223_is_imputed_as_published(corpus):
    for path in [*corpus.glob("101_*"), corpus / SPLIT, corpus / DEMOGRAPHICS]:
        edit(path, lambda b: b.replace(b"101_1b1", b"223_1b1"))
        path.rename(path.with_name(path.name.replace("101_", "223_")))
    edit(corpus / DEMOGRAPHICS, lambda b: b"223\tNA\tNA\tNA\tNA\tNA\r\n" + b)
    loaded = load_corpus(corpus)
    theirs = loaded.columns["patient"] == 223
    assert set(loaded.columns["age"][theirs]) == {69.0}
    assert set(loaded.columns["sex"][theirs]) == {"M"}
    found = report(loaded)
    assert (found.unknown, found.imputed) == ((), (223,))
    assert remarks(found) == ["patients whose age and sex are imputed as published: 223"]


def test_without_demographics_nobodys_age_and_sex_are_known(corpus):
    (corpus / DEMOGRAPHICS).unlink()
    loaded = load_corpus(corpus)
    assert np.isnan(loaded.columns["age"]).all()
    assert loaded.columns["age"].dtype == np.float64
    assert set(loaded.columns["sex"]) == {""}
    found = report(loaded)
    assert found.unknown == tuple(range(101, 109))
    assert remarks(found)[0] == NO_DEMOGRAPHICS
    assert "bhichallenge.med.auth.gr" in NO_DEMOGRAPHICS


def test_a_recording_may_be_named_after_another_device_than_in_the_split(corpus):
    old = first_wav(corpus)
    for path in (old, old.with_suffix(".txt")):
        path.rename(path.with_name(f"{join_key(path.stem)}_LittC2SE{path.suffix}"))
    found = load_corpus(corpus)
    assert found.recordings[0].name.device == "LittC2SE"
    assert found.other_device == (old.stem,)
    assert found.absent == ()


def test_rows_and_annotations_without_a_recording_are_reported(corpus):
    edit(corpus / SPLIT, lambda b: b + b"226_1b1_Pl_sc_Meditron\ttrain\r\n")
    (corpus / "225_1b1_Pl_sc_Meditron.txt").write_text("0\t1\t0\t0\n")
    found = report(load_corpus(corpus))
    assert found.absent == ("226_1b1_Pl_sc_Meditron",)
    assert found.without_audio == ("225_1b1_Pl_sc_Meditron",)


def test_an_annotation_may_end_a_sample_after_the_sound(corpus):
    wav = first_wav(corpus)
    wave, rate = soundfile.read(wav)
    soundfile.write(wav, wave[:-2], rate)
    found = next(r for r in load_corpus(corpus).recordings if r.path == wav)
    assert found.frames / rate < max(cycle.offset for cycle in found.cycles)


# Bad folders: each refusal names the file


def truncate(folder):
    wav = first_wav(folder)
    edit(wav, lambda b: b[: len(b) // 2])
    return wav.name, "is annotated until"


def empty_bytes(folder):
    wav = first_wav(folder)
    wav.write_bytes(b"")
    return wav.name, "cannot be read"


def empty_wav(folder):
    wav = first_wav(folder)
    soundfile.write(wav, np.zeros(0), 4000)
    return wav.name, "holds 0.000 s"


def annotation_beyond_the_end(folder):
    txt = first_wav(folder).with_suffix(".txt")
    edit(txt, lambda b: b + b"99\t100\t0\t0\n")
    return txt.name, "annotated until 100"


def no_annotation(folder):
    wav = first_wav(folder)
    wav.with_suffix(".txt").unlink()
    return wav.name, "has no annotation"


def empty_annotation(folder):
    txt = first_wav(folder).with_suffix(".txt")
    txt.write_text("\n")
    return txt.name, "annotation is empty"


def annotated(line):
    def spoil(folder):
        txt = first_wav(folder).with_suffix(".txt")
        edit(txt, lambda b: line + b)
        return txt.name, "line 1"

    return spoil


def no_demographics_of_a_patient(folder):
    edit(folder / DEMOGRAPHICS, lambda b: b[b.index(b"102") :])
    return DEMOGRAPHICS, "patient 101"


def malformed_demographics(folder):
    edit(folder / DEMOGRAPHICS, lambda b: b"100\told\tF\tNA\tNA\tNA\r\n" + b)
    return DEMOGRAPHICS, "line 1"


def no_split(folder):
    (folder / SPLIT).unlink()
    return folder.name, "ICBHI_challenge_train_test.txt, is at https://bhichallenge.med.auth.gr"


def two_demographics(folder):
    shutil.copy(folder / DEMOGRAPHICS, folder / "demographic_info.txt")
    return DEMOGRAPHICS, "several"


def two_splits(folder):
    shutil.copy(folder / SPLIT, folder / "official_split.txt")
    return SPLIT, "several"


def not_in_the_split(folder):
    edit(folder / SPLIT, lambda b: b[b.index(b"102") :])
    return first_wav(folder).name, "not in the split file"


def malformed_split(folder):
    edit(folder / SPLIT, lambda b: b + b"101_1b1_Al_sc_Meditron\tvalid\r\n")
    return SPLIT, "line 9"


def in_both_parts(folder):
    stem = first_wav(folder).stem
    edit(folder / SPLIT, lambda b: b + f"{join_key(stem)}_LittC2SE\ttest\r\n".encode())
    return SPLIT, "train part and in the test part"


def not_a_recordings_name(folder):
    first_wav(folder).rename(folder / "breath.wav")
    return "breath.wav", "not named like a recording"


def the_same_twice(folder):
    (folder / "copy").mkdir()
    wav = first_wav(folder)
    shutil.copy(wav, folder / "copy")
    return wav.name, "same recording"


@pytest.mark.parametrize(
    "spoil",
    [
        truncate,
        empty_bytes,
        empty_wav,
        annotation_beyond_the_end,
        no_annotation,
        empty_annotation,
        annotated(b"0.1\t0.2\t1\n"),
        annotated(b"0.1\t0.2\t1\t2\n"),
        annotated(b"start\tend\t0\t0\n"),
        annotated(b"0.3\t0.2\t0\t0\n"),
        annotated(b"0\tnan\t0\t0\n"),
        annotated(b"\xff\xfe0\t1\t0\t0\n"),
        no_demographics_of_a_patient,
        malformed_demographics,
        no_split,
        two_demographics,
        two_splits,
        not_in_the_split,
        malformed_split,
        in_both_parts,
        not_a_recordings_name,
        the_same_twice,
    ],
)
def test_a_bad_folder_is_refused_with_the_files_name(corpus, spoil):
    name, reason = spoil(corpus)
    with pytest.raises(DataError) as refused:
        load_corpus(corpus)
    assert name in str(refused.value)
    assert reason in str(refused.value)


def test_all_damage_is_told_at_once(corpus):
    names = [truncate(corpus)[0], no_demographics_of_a_patient(corpus)[1]]
    wav = sorted(corpus.glob("*.wav"))[3]
    wav.write_bytes(b"")
    with pytest.raises(DataError) as refused:
        load_corpus(corpus)
    assert all(name in str(refused.value) for name in (*names, wav.name))


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no \.wav or \.flac"):
        load_corpus(tmp_path)
    with pytest.raises(DataError, match="there is no folder"):
        load_corpus(tmp_path / "elsewhere")


def test_the_leak_of_the_split_is_told_in_words(real_data):
    told = remarks(report(load_corpus(real_data("icbhi-subset"))))
    assert any("both the training and the test part" in line and "218" in line for line in told)

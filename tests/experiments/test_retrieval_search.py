"""An index of recordings, kept up to date, and what it answers."""

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.errors import ConfigError, DataError, RecordError, UnknownName
from experiments.retrieval.front_ends import front_end
from experiments.retrieval.index import Entry, Index
from experiments.retrieval.search import Search, answers_of
from experiments.retrieval.trained import find_trained
from experiments.retrieval.windows import excerpt, read_windows, sound_files, windows_of
from kept_retrieval import RATE, keep_retrieval, sounds
from kept_transcoder import one_thread

ID = "4f98adc81de777b7"


@pytest.fixture(scope="module")
def sung() -> dict[str, np.ndarray]:
    return sounds()


@pytest.fixture(scope="module")
def trained(sung, tmp_path_factory):
    results = tmp_path_factory.mktemp("results")
    keep_retrieval(results, ID, sung)
    return find_trained(ID, results / "retrieval")


@pytest.fixture
def search(trained, tmp_path):
    with one_thread():
        yield Search(trained, tmp_path / "models")


@pytest.fixture
def folder(sung, tmp_path) -> Path:
    place = tmp_path / "recordings"
    (place / "field").mkdir(parents=True)
    for name in ("rain", "a hum"):
        soundfile.write(place / f"{name}.wav", sung[name], RATE)
    knocks = np.stack([sung["knocks"], sung["knocks"]], axis=1)
    soundfile.write(place / "field" / "knocks.flac", knocks, RATE)
    return place


class Deaf:
    """Counts what it analyses; every window has the same vector."""

    def __init__(self) -> None:
        self.heard = 0

    def log_mel(self, wave, rate):
        return np.full((1, 64), len(wave) / rate, np.float32)

    def vectors(self, log_mels):
        self.heard += len(log_mels)
        return np.tile(np.float32([1, 0]), (len(log_mels), 1))


def quiet(done, total):
    """Tell nobody."""


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (4, [(0, 4)]),
        (10, [(0, 10)]),
        (10.5, [(0, 10), (5, 10.5)]),
        (15, [(0, 10), (5, 15)]),
        (22, [(0, 10), (5, 15), (10, 20), (15, 22)]),
    ],
)
def test_windows_overlap_and_the_last_goes_to_the_end(tmp_path, seconds, expected):
    ramp = np.arange(round(seconds * 1000)) / 32768
    soundfile.write(tmp_path / "a.wav", ramp, 1000)
    windows = windows_of(tmp_path / "a.wav")
    assert windows == expected
    for window, (wave, rate) in zip(
        windows, read_windows(tmp_path / "a.wav", windows), strict=True
    ):
        assert (len(wave), rate) == ((window.end - window.start) * 1000, 1000)
        assert wave[0] * 32768 == window.start * 1000
    (wave, _), *_ = read_windows(tmp_path / "a.wav", windows[-1:])
    assert wave[0] * 32768 == windows[-1].start * 1000


def test_hidden_files_and_other_kinds_are_no_recordings(folder):
    for name in (".hidden.wav", "notes.txt", ".git/a.wav", "LOUD.WAV"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"")
    names = [path.relative_to(folder).as_posix() for path in sound_files(folder)]
    assert names == ["LOUD.WAV", "a hum.wav", "field/knocks.flac", "rain.wav"]


def test_an_excerpt_is_the_window_in_its_channels(folder):
    path = folder / "field" / "knocks.flac"
    (folder / "e.flac").write_bytes(excerpt(path, (2.0, 3.5)))
    found, rate = soundfile.read(folder / "e.flac")
    whole, _ = soundfile.read(path)
    assert (rate, found.shape) == (RATE, (1.5 * RATE, 2))
    np.testing.assert_allclose(found, whole[2 * RATE : round(3.5 * RATE)], atol=2 / 32768)


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
def test_sounds_are_found_by_their_words_in_every_format(search, sung, tmp_path, ending):
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name, wave in sung.items():
        soundfile.write(folder / f"{name}.{ending}", wave, RATE)
    index = search.index(folder, tmp_path / "cache", quiet)
    for name, answers in zip(sung, search.find([*sung], index, 4), strict=True):
        assert answers[0].file == f"{name}.{ending}"
        assert (answers[0].start, answers[0].end) == (0, pytest.approx(10, abs=0.1))
        assert answers[0].score > 0.99
        scores = [answer.score for answer in answers]
        assert scores == sorted(scores, reverse=True)


def test_the_time_in_a_long_recording_is_found(search, sung, tmp_path):
    (tmp_path / "rec").mkdir()
    parts = [sung["rain"], sung["rain"], sung["a whistle"], sung["rain"][: 3 * RATE]]
    soundfile.write(tmp_path / "rec" / "long.flac", np.concatenate(parts), RATE)
    index = search.index(tmp_path / "rec", tmp_path / "cache", quiet)
    (answers,) = search.find(["a whistle"], index, 10)
    assert answers[0][:3] == ("long.flac", 20, 30)
    spans = sorted((answer.start, answer.end) for answer in answers)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert search.find([], index, 10) == []


def test_a_window_in_a_batch_is_what_it_is_alone(search, folder, trained, tmp_path):
    soundfile.write(folder / "short.wav", sounds()["rain"][:20_000], RATE)
    index = search.index(folder, tmp_path / "cache", quiet)
    wave, rate = soundfile.read(folder / "short.wav", dtype="float32")
    alone = search.vectors([front_end("pann")(wave, rate)])
    np.testing.assert_allclose(index.entries["short.wav"].vectors, alone, atol=1e-5)


def test_only_new_and_changed_recordings_are_analysed_again(folder, tmp_path):
    file, told = tmp_path / "cache" / "i.npz", []

    def update() -> tuple[int, Index]:
        ear, index = Deaf(), Index(folder, file)
        index.update(ear, lambda done, total: told.append((done, total)))
        return ear.heard, index

    heard, index = update()
    assert (heard, index.new) == (3, 3)
    assert told[-1] == (30, 30)
    assert list(index.entries) == ["a hum.wav", "field/knocks.flac", "rain.wav"]
    assert update()[0] == 0
    soundfile.write(folder / "new.wav", np.ones(12 * RATE) / 2, RATE)
    (folder / "rain.wav").write_bytes((folder / "a hum.wav").read_bytes())
    os.utime(folder / "rain.wav", (1, 1))
    (folder / "a hum.wav").unlink()
    heard, index = update()
    assert (heard, index.new) == (3, 2)
    assert list(index.entries) == ["field/knocks.flac", "new.wav", "rain.wav"]
    heard, kept = update()
    assert heard == 0
    for name, entry in index.entries.items():
        np.testing.assert_array_equal(kept.entries[name].vectors, entry.vectors)
        np.testing.assert_array_equal(kept.entries[name].windows, entry.windows)
    file.write_bytes(b"PK damaged")
    assert update()[0] == 4


def test_long_recordings_are_read_in_pieces(tmp_path):
    (tmp_path / "rec").mkdir()
    soundfile.write(tmp_path / "rec" / "long.wav", np.zeros(400_500), 1000)
    ear, index, told = Deaf(), Index(tmp_path / "rec", tmp_path / "i.npz"), []
    index.update(ear, lambda done, total: told.append((done, total)))
    windows = index.entries["long.wav"].windows
    assert ear.heard == len(windows) == 80
    assert windows[-1].tolist() == [395, 400.5]
    assert [done for done, _ in told] == [165, 325, 400.5]


def test_what_was_done_before_an_interruption_is_kept(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.retrieval.index.AT_ONCE", 1)
    ear = Deaf()

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Index(folder, tmp_path / "i.npz").update(ear, interrupt)
    assert ear.heard == 1
    again = Deaf()
    Index(folder, tmp_path / "i.npz").update(again, quiet)
    assert again.heard == 2


def test_broken_recordings_are_named_and_left_out(folder, tmp_path):
    soundfile.write(folder / "two.wav", np.zeros(2), RATE)
    (folder / "none.wav").write_bytes(b"")
    (folder / "text.mp3").write_bytes(b"not a sound")
    whole = (folder / "field" / "knocks.flac").read_bytes()
    (folder / "cut.flac").write_bytes(whole[: len(whole) // 2])
    soundfile.write(folder / "nan.wav", np.full(RATE, np.nan), RATE, subtype="FLOAT")
    index = Index(folder, tmp_path / "i.npz")
    index.update(Deaf(), quiet)
    assert list(index.entries) == ["a hum.wav", "field/knocks.flac", "rain.wav"]
    assert set(index.problems) == {"two.wav", "none.wav", "text.mp3", "cut.flac", "nan.wav"}
    for name, problem in index.problems.items():
        assert name in problem
    assert "not finite" in index.problems["nan.wav"]


def test_a_folder_without_recordings_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    for name, told in (("empty", "no recording"), ("none", "no folder")):
        with pytest.raises(DataError, match=told):
            Index(tmp_path / name, tmp_path / "i.npz").update(Deaf(), quiet)


def test_equal_scores_keep_the_order_of_the_recordings(tmp_path):
    index = Index(tmp_path, tmp_path / "i.npz")
    windows = np.array([[0.0, 10.0], [5.0, 15.0], [10.0, 20.0]])
    for name in ("a", "b"):
        index.entries[name] = Entry((0, 0), windows, np.float32([[1, 0], [1, 0], [1, 0]]))
    (answers,) = answers_of(index, np.float32([[1, 0]]), 3)
    assert [answer[:3] for answer in answers] == [("a", 0, 10), ("a", 10, 20), ("b", 0, 10)]
    assert answers_of(Index(tmp_path, tmp_path / "i"), np.float32([[1, 0]]), 3) == [[]]


def test_a_training_is_found_by_its_id_its_needs_and_its_path(trained, tmp_path):
    folder = trained.record.folder.parents[1]
    for word in ("4f", "d", "df98", str(trained.record.folder)):
        assert find_trained(word, folder).record.folder == trained.record.folder
    assert (trained.front_end, trained.text, trained.dataset) == ("pann", "hashed", "synthetic")
    with pytest.raises(DataError, match="stage 'clips', with no trained network"):
        find_trained("cf98", folder)
    with pytest.raises(UnknownName, match=f"unknown dual encoder 'a'; known: {ID}"):
        find_trained("a", folder)


def test_the_best_is_by_map_and_of_real_sounds_first(tmp_path, sung):
    folder = tmp_path / "retrieval"
    with pytest.raises(ConfigError, match="sonoplan retrieval -s demo/ -c"):
        find_trained(None, folder)
    keep_retrieval(tmp_path, "a1", {}, score=0.5)
    keep_retrieval(tmp_path, "a2", {}, score=0.6)
    assert find_trained(None, folder).record.folder.name == "a2"
    keep_retrieval(tmp_path, "a3", {}, score=0.2, dataset="clotho")
    assert find_trained(None, folder).record.folder.name == "a3"
    with pytest.raises(ConfigError, match="several records' ids: a1, a2, a3"):
        find_trained("a", folder)


def test_records_that_are_gone_are_named(tmp_path):
    folder = keep_retrieval(tmp_path, "a1", {}).parents[1]
    (folder / "embeddings" / "e1" / "record.json").unlink()
    (folder / "embeddings" / "e1").rmdir()
    with pytest.raises(RecordError, match=r"needs .*e1, which is gone"):
        find_trained("a1", folder)


def test_the_front_end_is_that_of_the_training(tmp_path, sung):
    keep_retrieval(tmp_path, "a1", sung, front_end="published")
    search = Search(find_trained("a1", tmp_path / "retrieval"), tmp_path)
    wave = sung["rain"].astype(np.float32)
    np.testing.assert_array_equal(search.log_mel(wave, RATE), front_end("published")(wave, RATE))

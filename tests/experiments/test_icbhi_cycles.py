"""The preparing stage: every cycle in its row, from a synthetic corpus and from real files."""

import numpy as np
import pytest

from core import Inputs, Output, Record, Setting
from core.errors import DataError
from experiments.icbhi.corpus import load_corpus
from experiments.icbhi.cycles import fill, prepare
from experiments.icbhi.synthetic import write_corpus
from experiments.icbhi.waveform import cut, prepare_cycle

SETTING = Setting({"dataset": "icbhi-subset", "seconds": 4, "sample_rate": 16_000, "pad": "zero"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("needed") / "corpus"
    write_corpus(folder, seed=5, patients=8, recordings=1, cycles=3)
    return folder


def run(setting, inputs, folder):
    """Run the stage and read its arrays back from disk."""
    told = []
    output = Output(folder, folder, told.append)
    prepare(setting, inputs, output)
    names = output.finish()
    record = Record(folder)
    return {name: record[name] for name in names}, output.info, told


def test_every_cycle_is_in_its_row_with_its_columns(folder, tmp_path):
    arrays, info, told = run(SETTING, Inputs(data=folder, threads=2), tmp_path)
    corpus = load_corpus(folder)
    rows = np.empty((24, 64_000), np.float32)
    waves = [(wave, r.sample_rate) for r in corpus.recordings for wave in cut(r)]
    for row, (wave, rate) in zip(rows, waves, strict=True):
        prepare_cycle(wave, rate, 16_000, "zero", row)
    np.testing.assert_array_equal(arrays["waveforms"], rows)
    for name, values in corpus.columns.items():
        np.testing.assert_array_equal(arrays[name], values)
    assert arrays["stem"].tolist() == [recording.stem for recording in corpus.recordings]
    assert info["sample_rate"] == 16_000
    assert info["report"]["counts"]["cycles"] == 24
    assert told[-1]["done"] == told[-1]["total"] == 8


def test_the_synthetic_corpus_comes_from_the_needed_record(folder, tmp_path):
    inputs = Inputs({"corpus": Record(folder.parent)})
    arrays, _, _ = run(SETTING, inputs, tmp_path)
    assert arrays["waveforms"].shape == (24, 64_000)


def test_any_number_of_threads_gives_the_same(folder):
    corpus = load_corpus(folder)
    one, many = (np.empty((24, 128_000), np.float32) for _ in range(2))
    fill(one, corpus, 16_000, "circular", threads=1)
    fill(many, corpus, 16_000, "circular", threads=4)
    np.testing.assert_array_equal(one, many)


def test_a_part_is_refused_as_the_whole_database(folder, tmp_path):
    whole = Setting({**SETTING, "dataset": "icbhi"})
    with pytest.raises(DataError, match=r"recordings 8 instead of 920.*dataset=icbhi-subset"):
        run(whole, Inputs(data=folder), tmp_path)


def test_a_damaged_recording_fails_the_stage_by_name(folder, tmp_path):
    corpus = load_corpus(folder)
    victim = corpus.recordings[3].path
    sound = victim.read_bytes()
    victim.write_bytes(b"RIFF")
    try:
        with pytest.raises(DataError, match=victim.name):
            fill(np.empty((24, 100), np.float32), corpus, 16_000, "circular", threads=2)
    finally:
        victim.write_bytes(sound)


def test_real_recordings_are_prepared_whole(real_data):
    corpus = load_corpus(real_data("icbhi-subset"))
    waveforms = np.full((1996, 1600), np.nan, np.float32)
    fill(waveforms, corpus, 1600, "circular", threads=2)
    assert np.isfinite(waveforms).all()
    assert waveforms.any(axis=1).all()

"""The synthetic corpus: official layout, same bytes from the same seed, sounds as labelled."""

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from core import Inputs, Output, Setting
from experiments.icbhi.corpus import load_corpus
from experiments.icbhi.lung_sounds import Chest, Device, record
from experiments.icbhi.metadata import DEVICES
from experiments.icbhi.report import report
from experiments.icbhi.synthetic import synthesise, write_corpus
from experiments.icbhi.waveform import cut


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The corpus of the stage."""
    folder = tmp_path_factory.mktemp("stage")
    synthesise(
        Setting({"dataset": "synthetic", "corpus_seed": 0}), Inputs(), Output(folder, folder)
    )
    return folder / "corpus"


def test_is_shaped_like_the_real_one(whole):
    found = report(load_corpus(whole))
    counts = found.counts
    assert 500 <= counts["cycles"] <= 600
    assert 0.4 < counts["train normal"] / counts["train cycles"] < 0.65
    for part in ("train", "test"):
        assert all(counts[f"{part} {name}"] >= 5 for name in ("crackle", "wheeze", "both"))
        assert all(counts[f"{part} {device}"] >= 20 for device in DEVICES)
    assert all(counts[group] for group in ("adult M", "adult F", "child F", "child M"))
    assert (found.leak, found.imputed, found.absent, found.without_audio) == ((), (), (), ())


def test_text_files_are_in_the_official_form(whole):
    texts = contents(whole)
    assert texts["ICBHI_challenge_train_test.txt"].startswith(b"101_1b1_")
    assert texts["ICBHI_challenge_train_test.txt"].count(b"\ttrain\r\n") == 36
    rows = texts["ICBHI_Challenge_demographic_information.txt"].decode().split("\r\n")
    assert {len(row.split("\t")) for row in rows[:-1]} == {6}
    assert texts["ICBHI_Challenge_diagnosis.txt"].startswith(b"101\tCOPD\n")


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name, seed in {"a": 1, "b": 1, "c": 2}.items():
        write_corpus(tmp_path / name, seed, patients=2, recordings=1, cycles=2)
    a, b, c = (contents(tmp_path / name) for name in "abc")
    assert a == b
    wavs = [name for name in a if name.endswith(".wav")]
    assert all(a[name] not in c.values() for name in wavs)


def test_cycles_last_as_a_breath_and_fill_the_recording(whole):
    for recording in load_corpus(whole).recordings:
        lengths = [cycle.offset - cycle.onset for cycle in recording.cycles]
        assert min(lengths) > 1
        assert max(lengths) < 4
        assert recording.cycles[-1].offset == pytest.approx(
            recording.frames / recording.sample_rate, abs=1e-4
        )
        assert len(list(cut(recording))) == 10


def test_recordings_do_not_clip(whole):
    for path in whole.glob("*.wav"):
        sound, _ = soundfile.read(path)
        assert np.abs(sound).max() == pytest.approx(0.5, abs=1e-3)


def sounds(label):
    """Many cycles of one label as one wave at 4 kHz, without the device's noise."""
    device = Device(4_000, (50, 1_500), 0.0)
    wave, _ = record(np.random.default_rng(3), Chest(2.5, 1.0), device, [label] * 40)
    return wave


def impulsiveness(wave):
    """Kurtosis above the breath's band."""
    high = sosfilt(butter(4, 450, "highpass", fs=4_000, output="sos"), wave)
    return np.mean(high**4) / np.mean(high**2) ** 2


def tonality(wave):
    """How far the strongest line of short spectra stands above their median."""
    spectra = np.abs(np.fft.rfft(wave[: len(wave) // 512 * 512].reshape(-1, 512) * np.hanning(512)))
    band = spectra[:, 13:192]  # 100 to 1,500 Hz
    return np.mean(band.max(axis=1) / np.median(band, axis=1))


def test_crackles_are_impulsive_and_wheezes_tonal():
    normal, crackle, wheeze, both = (sounds(label) for label in range(4))
    assert impulsiveness(crackle) > 1.2 * impulsiveness(normal)
    assert impulsiveness(both) > 1.2 * impulsiveness(wheeze)
    assert min(map(tonality, (wheeze, both))) > 1.2 * max(map(tonality, (normal, crackle)))

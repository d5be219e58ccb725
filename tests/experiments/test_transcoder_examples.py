"""The stage of sounds and pictures, on a synthetic town with a scene in each city."""

import numpy as np
import pytest
import soundfile
from matplotlib import colormaps
from matplotlib.image import imread
from small_icbhi import run_stage

from core import Record, Setting
from experiments.transcoder.examples import examples
from experiments.transcoder.preparation import prepare
from experiments.transcoder.representation import representation
from experiments.transcoder.sounds import decibels
from experiments.transcoder.synthetic import synthesise
from kept_transcoder import keep_training, one_thread


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The records of ten scenes and of their spectra."""
    folder = tmp_path_factory.mktemp("town")
    setting = Setting({"dataset": "synthetic", "corpus_seed": 0, "scenes": 10})
    scenes = run_stage(synthesise, setting, folder / "scenes")
    return {"scenes": scenes, "spectra": run_stage(prepare, setting, folder, {"scenes": scenes})}


@pytest.fixture(params=["PANN", "YamNet"])
def record(request, town, tmp_path):
    trained = Record(keep_training(tmp_path / "results", "4f98", request.param))
    teacher = Record(tmp_path / "results" / "transcoder" / "teacher" / "0ea4e75d0ea4e75d")
    chosen = {**trained.meta["setting"], "dataset": "synthetic", "split": "city"}
    needs = {**town, "training": trained, "teacher": teacher}
    with one_thread():
        return request.param, run_stage(examples, Setting(chosen), tmp_path, needs)


def test_the_first_scene_of_the_evaluation_part_as_sounds_of_one_length(record, town):
    classifier, made = record
    rate = representation(classifier).sample_rate
    assert made.info["scene"].split("-")[1] in ("barcelona", "helsinki")
    waves = {path.stem: soundfile.read(path) for path in made.folder.glob("*.wav")}
    assert sorted(waves) == ["original", "transcoded", "truth"]
    assert {(len(wave), found) for wave, found in waves.values()} == {(10 * rate, rate)}
    assert np.abs(waves["original"][0]).max() == pytest.approx(1, abs=1e-3)
    power = {
        name: np.log10(np.square(wave).reshape(10, -1).mean(1)) for name, (wave, _) in waves.items()
    }
    np.testing.assert_allclose(power["truth"], power["original"], atol=0.3)


def test_pictures_show_the_log_mels_with_low_bands_below(record, town):
    classifier, made = record
    first = list(town["spectra"]["names"]).index(made.info["scene"])
    mel = decibels(town["spectra"][f"mel_{classifier}"][10 * first], classifier)
    truth, transcoded = (imread(made.folder / f"{n}.png") for n in ("truth", "transcoded"))
    assert truth.shape == transcoded.shape == (256, 1001, 4)
    assert not np.array_equal(truth, transcoded)
    expected = colormaps["inferno"](np.clip((mel[:90].T + 60) / 75, 0, 1))
    np.testing.assert_allclose(truth[::-4, :90], expected, atol=0.01)

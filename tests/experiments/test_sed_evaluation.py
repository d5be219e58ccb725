"""The stage that scores the test fold, and what it shows."""

import numpy as np
import pytest
import soundfile
import torch
from matplotlib.image import imread
from mixed import setting_of
from small_icbhi import run_stage

from core import Setting
from experiments.sed.detector import THRESHOLD
from experiments.sed.evaluation import evaluate
from experiments.sed.events import active_frames, listed
from experiments.sed.features import BANDS, frames_in, pack
from experiments.sed.material import Shape
from experiments.sed.network import build, load_network, save_weights
from experiments.sed.scores import fold_scores

CLIPS, SECONDS = 5, 2.0  # clips a fold
CLASSES = ("Bark", "Cough", "Oboe", "Writing")
FRAMES = frames_in(SECONDS)


def make_mixtures(setting, inputs, output):
    """Make clips with an event of one of the first three classes each; one sound is kept."""
    rng = np.random.default_rng(0)
    fold = np.repeat([1, 2, 3, 4], CLIPS)
    event = np.stack([np.arange(len(fold)) % 3, np.full(len(fold), -1)], axis=1)
    onset, offset = (np.where(event >= 0, seconds, -1.0) for seconds in (0.5, 1.25))
    active = active_frames(listed(event, onset, offset), (len(fold), len(CLASSES), FRAMES))
    logmel = rng.standard_normal((len(fold), FRAMES, BANDS)) - 8
    for clip, label in enumerate(event[:, 0]):
        logmel[clip, active[clip, label], 20 * label : 20 * label + 10] += 6
    output["logmel"] = logmel.astype(np.float32)
    output["mask"] = pack(torch.from_numpy(logmel > -4))
    output["target"] = active.any(-1).astype(np.uint8)
    output["fold"], output["clip"] = fold, np.arange(len(fold))
    output["event"], output["onset"], output["offset"] = event, onset, offset
    output.info |= {"classes": list(CLASSES), "clip_seconds": SECONDS}
    for clip in (0, 15):
        soundfile.write(output.folder / f"{clip:05d}.wav", np.zeros((99, 2)), 32_000)


def train(setting, inputs, output):
    """Leave a network as it starts."""
    shape = Shape(FRAMES, BANDS, len(CLASSES))
    save_weights(build(setting, shape).state_dict(), output.folder)
    output.info["shape"] = vars(shape)


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory):
    return run_stage(make_mixtures, Setting({}), tmp_path_factory.mktemp("mixtures"))


def evaluated(mixtures, folder, **changed):
    setting = setting_of(**changed)
    needs = {"mixtures": mixtures, "training": run_stage(train, setting, folder / "training")}
    return setting, needs["training"], run_stage(evaluate, setting, folder, needs)


def test_answers_to_the_test_fold_and_their_scores(mixtures, tmp_path):
    setting, training, record = evaluated(mixtures, tmp_path, fold=2)
    assert record["clip"].tolist() == [5, 6, 7, 8, 9]
    assert record["target"].tolist() == mixtures["target"][5:10].tolist()
    with torch.inference_mode():
        answer = load_network(setting, training)(torch.from_numpy(mixtures["logmel"][5:10]))
    np.testing.assert_allclose(record["clips"], answer.clips, rtol=1e-5)
    assert record["frames"].dtype == np.float16
    np.testing.assert_allclose(record["frames"], answer.frames, atol=1e-3)
    truth = listed(*(mixtures[name][5:10] for name in ("event", "onset", "offset")))
    again = fold_scores(record["clips"], record["frames"], truth, SECONDS)
    for name, values in again.items():
        np.testing.assert_array_equal(record[name], values)
    assert set(again) < set(record.arrays)


def test_a_class_that_the_fold_lacks_is_told_and_left_out(mixtures, tmp_path, caplog):
    *_, record = evaluated(mixtures, tmp_path, fold=3)
    assert record.info["absent"] == ["Writing"]
    assert "lacks Writing" in caplog.text
    by_class = [name for name in record.arrays if record[name].shape == (len(CLASSES),)]
    assert {"ap", "frame_f1", "event_f1", "psds1_class", "segmentation_f1"} < set(by_class)
    for name in by_class:
        assert np.isnan(record[name]).tolist() == [False, False, False, True], name


def test_the_segmentation_is_of_all_cells(mixtures, tmp_path):
    setting, training, record = evaluated(mixtures, tmp_path, model="gmp", fold=3)
    with torch.inference_mode():
        answer = load_network(setting, training)(torch.from_numpy(mixtures["logmel"][10:15]))
    above = answer.cells.numpy() > THRESHOLD
    truth = listed(*(mixtures[name][10:15] for name in ("event", "onset", "offset")))
    active = active_frames(truth, above.shape[:3])
    marked = (mixtures["logmel"][10:15] > -4)[:, None] & active[..., None]
    expected = (above & marked).sum((0, 2, 3))[:3] / marked.sum((0, 2, 3))[:3]
    np.testing.assert_allclose(record["segmentation_recall"][:3], expected)


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        ("att2_ae", {"attention", "classes", "masks", "reconstruction"}),
        ("att2", {"attention", "classes", "masks"}),
        ("gmp", {"classes", "masks"}),
    ],
)
def test_the_clip_whose_sound_was_kept_is_shown(mixtures, tmp_path, model, shown):
    *_, record = evaluated(mixtures, tmp_path, model=model)
    pictures = {path.name for path in record.folder.glob("*.png")}
    assert pictures == {f"00015_{name}.png" for name in shown}
    assert [path.name for path in record.folder.glob("*.wav")] == ["00015.wav"]
    for name in pictures:
        assert imread(record.folder / name).std() > 0.1


def test_a_perfect_answer_scores_one():
    event = np.array([[0, 1], [2, -1], [1, 1]])
    onset = np.array([[0.5, 3.1], [1.1, -1], [1.1, 6.1]])
    truth = listed(event, onset, np.where(event >= 0, onset + 1.6, -1))
    frames = active_frames(truth, (3, 4, 311)).astype(np.float16)
    found = fold_scores(frames.max(-1).astype(np.float32), frames, truth, 10.0)
    for name, values in found.items():
        np.testing.assert_array_equal(values, [1, 1, 1, np.nan] if values.ndim else 1, name)

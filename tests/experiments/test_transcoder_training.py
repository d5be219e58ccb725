import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from core import Inputs, Output, Setting
from core.errors import Stopped, UnknownName
from core.stop import STOP
from experiments.transcoder.lessons import CLASSES
from experiments.transcoder.models import FILE, make_model
from experiments.transcoder.objective import Answer, objective
from experiments.transcoder.teachers import keep_teacher, small_network
from experiments.transcoder.training import train
from given import GivenRecord

CITIES = ["london", "lyon", "paris", "lisbon", "barcelona"]
SETTING = {
    "dataset": "synthetic",
    "split": "city",
    "classifier": "YamNet",
    "teacher": "trained",
    "transcoder": "cnn_pinv",
    "pinv": "magnitude",
    "ts": 1,
    "prop_logit": 100,
    "kernel_size": 3,
    "nb_layers": 2,
    "dilation": 1,
    "nb_channels": 2,
    "lr": 1e-2,
    "batch_size": 4,
    "epochs": 6,
    "precision": "float32",
    "run": 0,
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory) -> Inputs:
    rng = np.random.default_rng(0)
    files = len(CITIES)
    spectra = GivenRecord(
        None,
        third_octave=rng.normal(-40, 10, (10 * files, 8, 29)).astype(np.float32),
        mel_YamNet=np.float32(-3 + rng.normal(size=(10 * files, 96, 64)).cumsum(1) / 5),
        names=np.array([f"park-{city}" for city in CITIES]),
        city=np.array(CITIES),
        scene=np.array(["park"] * files),
        device=np.array(["a"] * files),
    )
    made = Output(tmp_path_factory.mktemp("teacher"), tmp_path_factory.mktemp("work"))
    torch.manual_seed(0)
    network = small_network("YamNet", 0.125, len(CLASSES))
    with torch.no_grad():  # statistics of batch norm, without which all scores are the same
        for _ in range(50):
            network(torch.from_numpy(spectra["mel_YamNet"]))
        scores = network.eval()(torch.from_numpy(spectra["mel_YamNet"])).sigmoid()
    oracle = GivenRecord(None, scores=scores.numpy())
    keep_teacher(network, 0.125, CLASSES, made)
    teacher = GivenRecord(made.folder, made.info)
    records = {"spectra": spectra, "oracle": oracle, "teacher": teacher}
    return Inputs(records=records, seed=1)


@pytest.fixture
def asked_to_stop() -> Iterator[None]:
    yield
    STOP.asked = False


def output_of(path, name="a") -> Output:
    folders = path / name / "out", path / name / "work"
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    return Output(*folders)


def trained(setting, inputs, path, name="a"):
    output = output_of(path, name)
    train(Setting(setting), inputs, output)
    output.finish()
    arrays = dict(np.load(output.folder / "arrays.npz"))
    return arrays, torch.load(output.folder / FILE, weights_only=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"ts": 0, "prop_logit": None},
        {"prop_logit": 50},
        {},
        {"transcoder": "mlp", "hidden1": 4, "hidden2": 4},
        {"transcoder": "self", "mode": "eval"},
        {"transcoder": "self", "mode": "train"},
    ],
    ids=["mels", "both", "scores", "mlp", "student", "student in training mode"],
)
def test_each_kind_learns(changes, inputs, tmp_path):
    setting = {n: v for n, v in {**SETTING, **changes}.items() if v is not None}
    arrays, weights = trained(setting, inputs, tmp_path)
    assert arrays["train"].min() < arrays["train"][0]
    assert np.isfinite(arrays["valid"]).all()
    assert all(tensor.isfinite().all() for tensor in weights.values())


def test_without_an_epoch_what_was_there_before_is_validated_and_kept(inputs, tmp_path):
    arrays, weights = trained({**SETTING, "epochs": 0}, inputs, tmp_path)
    assert arrays["epoch"] == 0
    assert arrays["train"].shape == arrays["valid"].shape == (0,)
    made = make_model(Setting(SETTING), inputs).transcoder.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in made.items())
    learned, _ = trained({**SETTING, "epochs": 1}, inputs, tmp_path, "b")
    assert arrays["untrained"] == learned["untrained"] > 0


def test_what_a_transcoder_cannot_begin_with_is_refused(inputs):
    with pytest.raises(UnknownName, match=r"unknown init 'imagenet'.* for transcoder=cnn_pinv"):
        make_model(Setting({**SETTING, "init": "imagenet"}), inputs)


def test_a_stopped_training_goes_on_to_the_same_numbers(
    inputs, tmp_path, monkeypatch, asked_to_stop
):
    whole, weights = trained(SETTING, inputs, tmp_path, "whole")
    output = output_of(tmp_path, "stopped")
    told = output.progress

    def stop_after_the_second(done, total, **shown):
        STOP.asked = done == 2
        told(done, total, **shown)

    monkeypatch.setattr(output, "progress", stop_after_the_second)
    with pytest.raises(Stopped):
        train(Setting(SETTING), inputs, output)
    STOP.asked = False
    arrays, resumed = trained(SETTING, inputs, tmp_path, "stopped")
    for name, values in whole.items():
        np.testing.assert_array_equal(arrays[name], values)
    assert all(torch.equal(resumed[name], tensor) for name, tensor in weights.items())


def test_the_teacher_does_not_change(inputs, tmp_path):
    before = (inputs["teacher"].path / "teacher.pt").read_bytes()
    _, weights = trained(SETTING, inputs, tmp_path)
    assert (inputs["teacher"].path / "teacher.pt").read_bytes() == before
    assert not any("teacher" in name for name in weights)


def test_the_loss_is_of_mels_of_scores_or_of_both():
    answer = Answer(torch.full((2, 4, 3), 1.0), torch.full((2, 5), 0.5))
    truth = Answer(torch.full((2, 4, 3), 3.0), torch.full((2, 5), 1.0))
    losses = {
        name: float(objective(Setting({**changes, "classifier": "PANN"}))(answer, truth))
        for name, changes in {
            "mels": {"ts": 0},
            "scores": {"ts": 1, "prop_logit": 100},
            "both": {"ts": 1, "prop_logit": 50},
            "student": {"ts": 1},
        }.items()
    }
    assert losses["both"] == pytest.approx(0.5 * 4 + 1500 * 0.5 * math.log(2))
    # Where one of them is learnt alone, the other is not even asked for.
    assert not objective(Setting({"ts": 0})).of_scores
    assert not objective(Setting({"ts": 1})).of_mels

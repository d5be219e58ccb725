import numpy as np
import pytest
import torch
from small_icbhi import run_stage, setting_of
from torch.nn import functional

from core import Inputs
from experiments.common.batches import epoch_generator, shuffled
from experiments.icbhi.material import load_material
from experiments.icbhi.network import Network, load_trunk
from experiments.icbhi.probe import Probe, probe
from experiments.icbhi.training import train

SEED = 1


@pytest.fixture(scope="module")
def encoders(cycles, tmp_path_factory):
    """SCL encoders by the way their features are normalised."""
    return {
        normalise: run_stage(
            train,
            setting_of("encoder", "scl", normalise=normalise),
            tmp_path_factory.mktemp(normalise),
            {"cycles": cycles},
        )
        for normalise in ("dataset", "batch")
    }


def make(cycles, encoder, **changed):
    setting = setting_of("probe", "scl", **changed)
    material = load_material(setting, Inputs({"cycles": cycles}, seed=SEED), setting.probe_weights)
    trunk = load_trunk(encoder, "cnn6", 0.0625)
    return Probe(setting, material, trunk, "cpu", SEED)


@pytest.mark.parametrize("normalise", ["dataset", "batch"])
def test_an_epoch_is_what_it_says(cycles, encoders, normalise):
    """The same epoch, written out: features, frozen trunk, linear layer, Adam."""
    made = make(cycles, encoders[normalise], normalise=normalise)
    linear = torch.nn.Linear(made.trunk.embedding_size, 4)
    linear.load_state_dict(made.classifier.state_dict())
    adam = torch.optim.Adam(linear.parameters(), lr=0.1, weight_decay=1e-4)
    material, losses = made.material, []
    for batch in shuffled(material.parts["train"], 16, epoch_generator(SEED, 0)):
        features = material.features.finish(material.features.batch(batch))
        with torch.no_grad():
            embeddings = made.trunk(features)
        labels = material.labels["class"][batch]
        loss = functional.cross_entropy(linear(embeddings), labels, material.weights)
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    made.run_epoch(0)
    assert made.curves.arrays["loss"][0].item() == pytest.approx(np.mean(losses), rel=1e-5)
    assert torch.allclose(made.classifier.weight, linear.weight, rtol=1e-3, atol=1e-4)


def test_the_trunk_is_frozen(cycles, encoders):
    made = make(cycles, encoders["batch"], normalise="batch")
    before = {name: value.clone() for name, value in made.trunk.state_dict().items()}
    made.run_epoch(0)
    assert all(torch.equal(before[n], v) for n, v in made.trunk.state_dict().items())


def test_what_a_probe_leaves(cycles, encoders, tmp_path):
    needs = {"cycles": cycles, "encoder": encoders["dataset"]}
    found = run_stage(probe, setting_of("probe", "scl", probe_epochs=5), tmp_path, needs)
    assert found["predictions"].shape == (5, int(cycles["test"].sum()))
    assert found["loss"][-1] < found["loss"][0]
    assert set(found["lr"]) == {0.1}
    # What answers is as large as the network of a method that has a classifier.
    classifying = Network("cnn6", 0.0625, classifier=True, projectors=0, seed=0)
    assert found.info["parameters"] == sum(p.numel() for p in classifying.parameters())
    assert encoders["dataset"].info["parameters"] > found.info["parameters"]  # it has a projector

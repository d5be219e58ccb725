"""Published classifiers from the folder of checkpoints."""

import pytest
import torch

import yamnet
from core.errors import DataError, UnknownName
from experiments.common.classifiers import NAMES, load_classifier
from local_checkpoint import placed, published_pann


def test_the_classifiers_are_those_of_audioset():
    panns = ["pann_cnn6", "pann_cnn10", "pann_cnn14", "pann_resnet38"]
    assert [*panns, "yamnet", "yamnet_int8"] == NAMES


def test_a_pann_comes_whole_in_evaluation_mode(tmp_path, monkeypatch):
    placed("pann_cnn6", published_pann("cnn6", highest=3), tmp_path, monkeypatch)
    network, names = load_classifier("pann_cnn6", tmp_path)
    assert not network.training
    assert len(names) == 527
    assert network(torch.randn(2, 101, 64)).argmax(dim=1).tolist() == [3, 3]


def test_the_int8_yamnet_comes_from_its_file(real_data, tmp_path, monkeypatch):
    content = (real_data("yamnet") / "yamnet_classification_int8.tflite").read_bytes()
    placed("yamnet_int8", content, tmp_path, monkeypatch)
    network, names = load_classifier("yamnet_int8", tmp_path)
    assert isinstance(network, yamnet.YamNet)
    assert names == yamnet.class_names()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_not_the_networks_is_named(tmp_path, monkeypatch, name):
    path = placed(name, b"something else", tmp_path, monkeypatch)
    with pytest.raises(DataError) as caught:
        load_classifier(name, tmp_path)
    assert str(caught.value).startswith(f"{name}: ")
    assert str(path) in str(caught.value)


def test_an_image_network_is_no_classifier_of_sounds(tmp_path):
    with pytest.raises(UnknownName, match="unknown classifier 'efficientnet_b0'; known: pann_cnn6"):
        load_classifier("efficientnet_b0", tmp_path)

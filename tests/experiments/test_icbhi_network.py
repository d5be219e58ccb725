import pytest
import torch

from core import Record
from core.errors import DataError
from experiments.common.placement import place
from experiments.icbhi.network import Network, load_trunk, save_network


def parameters(module):
    return sum(p.numel() for p in module.parameters())


def small(seed=1, classifier=True, projectors=1):
    return Network("cnn6", 0.0625, classifier=classifier, projectors=projectors, seed=seed)


def test_sizes_are_the_published_ones():
    network = Network("cnn6", 1, classifier=True, projectors=0, seed=0)
    assert parameters(network) == 4_306_372
    both = Network("cnn6", 1, classifier=True, projectors=1, seed=0)
    assert parameters(both) - parameters(network) == 512 * 512 + 512 + 512 * 128 + 128


def test_methods_of_a_run_start_from_one_trunk():
    weights = [
        small(1, *heads).trunk.conv_block1.conv1.weight
        for heads in ((True, 0), (False, 1), (True, 1), (False, 2))
    ]
    assert all(torch.equal(weights[0], other) for other in weights[1:])
    assert not torch.equal(weights[0], small(2).trunk.conv_block1.conv1.weight)


def test_the_global_generator_is_left_alone():
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    small(1)
    assert torch.equal(torch.rand(2), expected)


def test_batch_norm_sees_views_together_or_each_alone():
    torch.manual_seed(0)
    views = torch.stack([torch.randn(4, 1, 64, 32), 3 + torch.randn(4, 1, 64, 32)])
    network = small().train()
    joint, separate = network(views).logits, network(views, separate=True).logits
    assert joint.shape == separate.shape == (2, 4, 4)
    assert not torch.allclose(joint, separate)
    alone = network(views[1:]).logits
    assert torch.allclose(separate[1:], alone, atol=1e-6)
    network.eval()
    assert torch.allclose(network(views).logits, network(views, separate=True).logits, atol=1e-5)


def test_absent_heads_answer_nothing():
    views = torch.zeros(1, 2, 1, 64, 32)
    assert small(classifier=False)(views).logits is None
    assert small(projectors=0)(views).projections == ()
    assert [p.shape for p in small(projectors=2)(views).projections] == [(1, 2, 128)] * 2


def test_a_saved_trunk_is_loaded_as_it_was(tmp_path):
    network = place(small(), "cpu")
    features = torch.randn(1, 3, 1, 64, 32)
    network.train()(features)  # moves the running statistics
    save_network(network, tmp_path)
    record = Record(tmp_path)
    trunk = load_trunk(record, "cnn6", 0.0625).eval()
    assert torch.allclose(trunk(features[0]), network.eval().trunk(features[0]), atol=1e-6)
    with pytest.raises(DataError, match=r"network.pt does not fit this trunk: .*\n.*size mismatch"):
        load_trunk(record, "cnn6", 0.125)

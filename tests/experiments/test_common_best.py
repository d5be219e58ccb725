import torch

from experiments.common.best import Best


def test_the_best_is_the_first_of_the_highest():
    best, network = Best(), torch.nn.Linear(1, 1)
    for epoch, score in enumerate([0.3, 0.9, 0.9, 0.5]):
        torch.nn.init.constant_(network.weight, epoch)
        best.offer(score, epoch, network)
    assert (best.score, best.epoch) == (0.9, 1)
    assert float(best.weights["weight"]) == 1

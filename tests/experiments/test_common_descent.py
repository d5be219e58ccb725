import torch

from experiments.common.descent import descend


def test_a_step_goes_down_the_gradient_and_gives_the_loss_before_it():
    place = torch.tensor([2.0], requires_grad=True)
    optimiser = torch.optim.SGD([place], lr=0.25)
    losses = [descend((place**2).sum(), optimiser) for _ in range(2)]
    assert [float(loss) for loss in losses] == [4.0, 1.0]
    assert place.tolist() == [0.5]
    assert not losses[0].requires_grad

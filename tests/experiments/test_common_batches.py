import torch

from experiments.common.batches import epoch_generator, shuffled


def orders(epoch, draws=0):
    generator = epoch_generator(7, epoch)
    batches = list(shuffled(torch.arange(10, 33), 8, generator))
    torch.rand(draws, generator=generator)
    return batches


def test_each_index_comes_once_and_the_last_batch_is_kept():
    batches = orders(0)
    assert [len(batch) for batch in batches] == [8, 8, 7]
    assert sorted(torch.cat(batches).tolist()) == list(range(10, 33))


def test_an_epochs_order_depends_on_seed_and_epoch_alone():
    # Methods draw different numbers of masks; their batches are the same all the same.
    orders(0, draws=5)
    first, again = torch.cat(orders(1)), torch.cat(orders(1, draws=9))
    assert torch.equal(first, again)
    assert not torch.equal(first, torch.cat(orders(2)))

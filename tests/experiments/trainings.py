"""What trainings leave, compared, and trainings that are stopped in the middle."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core import Output, Record
from core.errors import Stopped
from experiments.common import checkpoint
from experiments.common.curves import Curves


def arrays(record: Record) -> dict[str, np.ndarray]:
    return {name: np.array(record[name]) for name in record.arrays}


def weights(record: Record) -> dict[str, torch.Tensor]:
    return torch.load(record.folder / "network.pt", weights_only=True)


def same(first: Record, second: Record) -> bool:
    """Tell whether two records of trainings have the same numbers and the same weights."""
    a, b = arrays(first), arrays(second)
    v, w = weights(first), weights(second)
    return (
        a.keys() == b.keys()
        and all(np.array_equal(a[name], b[name]) for name in a)
        and v.keys() == w.keys()
        and all(torch.equal(v[name], w[name]) for name in v)
    )


def stopped_and_resumed(train: Callable[[Path], Record], folder: Path, epoch: int) -> Record:
    """Stop a training in an epoch, and give what it leaves after going on from its checkpoint."""
    tell = Curves.tell

    def stop(curves: Curves, at: int, output: Output) -> None:
        if at == epoch:
            raise Stopped
        tell(curves, at, output)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "EVERY", 0)
        patch.setattr(Curves, "tell", stop)
        with pytest.raises(Stopped):
            train(folder)
    assert (folder / "work/checkpoint/state.pt").is_file()
    return train(folder)

"""In which precision forward passes compute."""

import pytest
import torch

from core.errors import UnknownName
from experiments.common.precision import precision_of


@pytest.mark.parametrize(
    ("name", "kind"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)]
)
def test_products_are_in_it_and_what_is_outside_is_not(name, kind):
    square = torch.eye(3)
    with precision_of(name, "cpu"):
        assert (square @ square).dtype == kind
    assert (square @ square).dtype == torch.float32


def test_a_typo_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'bfloat16'"):
        precision_of("bfloat", "cpu")

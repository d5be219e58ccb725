import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PlanError
from core.selector import Word
from core.values import literal, plain, text, token

modalities = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12)
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (True, 1, False),
        ("1", 1, False),
        (None, "None", False),
        (1e-5, 0.00001, True),
    ],
)
def test_equal_numbers_are_one_modality_and_true_is_not_1(one, other, same):
    assert (token(one) == token(other)) is same


def test_numpy_scalars_come_back_as_plain_python():
    given_values = [np.float64(0.5), np.int32(3), np.bool_(True), np.str_("x")]
    assert [type(plain(v)) for v in given_values] == [float, int, bool, str]


@pytest.mark.parametrize("value", [math.nan, [1], {"a": 1}, object()])
def test_what_cannot_be_a_modality_is_refused(value):
    with pytest.raises(PlanError, match="cannot be a modality"):
        plain(value)


@given(modalities)
def test_text_of_a_modality_reads_back_as_that_modality(value):
    written = text(value)
    if written.startswith("'"):
        assert isinstance(value, str)
    else:
        assert token(literal(written)) == token(value)
        assert Word(written).picks([value]) == [value]


def test_infinity_has_a_token_of_its_own():
    assert token(math.inf) != token(-math.inf)

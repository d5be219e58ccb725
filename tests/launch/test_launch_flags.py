import argparse

import pytest

from launch.arguments import parser
from launch.flags import positive, words_of
from launch.request import Request


@pytest.mark.parametrize("word", ["0", "-1", "1.5", "two", ""])
def test_a_number_from_1_on_is_nothing_else(word):
    assert positive("12") == 12
    with pytest.raises(argparse.ArgumentTypeError, match="use 1, 2, …"):
        positive(word)


def test_words_stand_between_commas_with_or_without_blanks():
    assert words_of("lr, batch_size,,width ") == ["lr", "batch_size", "width"]
    assert words_of("") == []


def test_gpus_are_named_as_other_words_are():
    request = parser().parse_args(["toy", "-c", "--gpus", "0, 1"], namespace=Request())
    assert request.wishes(interactive=False).gpus == ["0", "1"]

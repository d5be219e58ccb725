"""What is read ahead: in order, no further than the next one, and errors where they belong."""

import pytest

from experiments.retrieval.ahead import ahead


def test_the_next_batch_is_read_while_one_is_used_and_no_more():
    read = []

    def square(number):
        read.append(number)
        return number**2

    numbers = ahead(square, range(6))
    assert [next(numbers), next(numbers)] == [0, 1]
    assert len(read) <= 3
    assert list(numbers) == [4, 9, 16, 25] and read == list(range(6))


def test_what_cannot_be_read_ahead_is_told_where_it_is_asked_for():
    numbers = ahead(lambda number: 1 / number, [2, 1, 0])
    assert [next(numbers), next(numbers)] == [0.5, 1]
    with pytest.raises(ZeroDivisionError):
        next(numbers)


def test_nothing_to_read_ahead():
    assert list(ahead(abs, [])) == []

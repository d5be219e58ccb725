"""Reading while something else is computed."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Asked = TypeVar("Asked")
Read = TypeVar("Read")


def ahead(read: Callable[[Asked], Read], asked: Iterable[Asked]) -> Iterator[Read]:
    """Give what `read` makes of each, in order; the next one is read while one is used."""
    with ThreadPoolExecutor(1) as pool:
        waiting: list[Future[Read]] = []
        for one in asked:
            waiting.append(pool.submit(read, one))
            if len(waiting) > 1:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()

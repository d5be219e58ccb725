"""What the command line says about a table."""

from collections.abc import Sequence
from dataclasses import dataclass

# What --sort takes beside a metric.
PUBLISHED = "published"


@dataclass(frozen=True)
class TableWishes:
    """The flags of tables; see launch.arguments for each."""

    columns: str
    order: Sequence[str]
    published: bool
    cells: str
    test: str
    alpha: float
    best_by: str | None
    per: Sequence[str]
    sort: str | None

"""What was tried, and what became of the tasks that were hit."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from rich.box import SIMPLE_HEAD
from rich.table import Table


@dataclass
class Kind:
    """One kind of fault: how often it was tried, and the tasks or files it hit.

    Of the tasks, those that left a checkpoint to go on from, those that failed with a reason, and
    those whose record was whole at the end of the round.
    """

    tried: int = 0
    hit: int = 0
    resumed: int = 0
    failed: int = 0
    recovered: int = 0


@dataclass
class Tally:
    """All figures of a run."""

    rounds: int = 0
    calls: int = 0
    elsewhere: int = 0
    clocks: int = 0
    readings: int = 0
    records: int = 0
    compared: int = 0
    exact: int = 0
    most: float = 0.0
    kinds: dict[str, Kind] = field(default_factory=dict)
    violations: list[dict[str, object]] = field(default_factory=list)

    def kind(self, name: str) -> Kind:
        """Give the figures of a kind of fault."""
        return self.kinds.setdefault(name, Kind())

    def table(self) -> Table:
        """Lay out the figures by kind."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for title in ("fault", *asdict(Kind())):
            table.add_column(title, justify="left" if title == "fault" else "right")
        for name, kind in sorted(self.kinds.items()):
            table.add_row(name, *map(str, asdict(kind).values()))
        return table

    def lines(self) -> Iterable[str]:
        """Tell the totals, then each violation."""
        yield (
            f"{self.rounds} rounds, {self.calls} runs under faults ({self.elsewhere} as if on "
            f"another machine, {self.clocks} of them with a wrong clock), {self.readings} readings "
            f"beside them, {self.records} records computed"
        )
        yield (
            f"{self.compared} records compared with a run without faults: {self.exact} equal bit "
            f"for bit, largest relative difference {self.most:.1e}"
        )
        yield f"{len(self.violations)} violations"
        for violation in self.violations:
            yield "  " + ", ".join(f"{name} {value}" for name, value in violation.items())

"""What to do next, of all that was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from launch.doctor.check import Check, Findings, State

MOST = 4


@dataclass(frozen=True)
class Step:
    """Something to do, and why."""

    do: str
    why: str


DEMO = Step("sonoplan icbhi -s demo/ -c -d", "compares methods on synthetic sounds, in minutes")


def advice(found: Findings) -> Sequence[Step]:
    """Choose a few steps: first what mends problems, then what uses what is there, or a demo."""
    return [*_steps(found, "problem"), *_steps(found, "ok"), DEMO][:MOST]


def problems(found: Findings) -> list[Check]:
    """Pick the problems."""
    return [check for checks in found.values() for check in checks if check.state == "problem"]


def _steps(found: Findings, state: State) -> list[Step]:
    """Give what to do with things in one state, each command once."""
    why: dict[str, list[str]] = {}
    for checks in found.values():
        for check in checks:
            if check.state == state and check.do:
                why.setdefault(check.do, []).append(check.name)
    purpose = "mends" if state == "problem" else "uses"
    return [Step(do, f"{purpose} {', '.join(names)}") for do, names in why.items()]

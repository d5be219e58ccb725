"""Lays Python expressions out as `ruff format` does: on one line, else one item a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isinf
from typing import TypeAlias

from core.values import Modality

WIDTH = 100
INDENT = 4


@dataclass(frozen=True)
class Group:
    """Items in brackets: `opening` ends with the bracket; `tall` ones have a line for each item."""

    opening: str
    items: "Sequence[Node]"
    closing: str
    tall: bool = False


Node: TypeAlias = str | Group


def lay_out(node: Node, indent: int = 0) -> str:
    """Write an expression; what does not fit on a line (a comma may follow it) is opened up."""
    flat = _flat(node)
    if isinstance(node, str) or not (node.tall or indent + len(flat) >= WIDTH):
        return flat
    inner = indent + INDENT
    lines = [" " * inner + lay_out(item, inner) + ",\n" for item in node.items]
    return f"{node.opening}\n{''.join(lines)}{' ' * indent}{node.closing}"


def call(function: str, *positional: Node, **named: Node) -> Group:
    """Make a call."""
    return Group(f"{function}(", [*positional, *(assigned(n, v) for n, v in named.items())], ")")


def assigned(name: str, node: Node, sign: str = "=") -> Node:
    """Put a name and a sign before an expression."""
    if isinstance(node, str):
        return f"{name}{sign}{node}"
    return replace(node, opening=f"{name}{sign}{node.opening}")


def several(values: Sequence[Modality]) -> Node:
    """Make a list, or a range where a person would write one."""
    first = values[0]
    run = range(first, first + len(values)) if type(first) is int else range(0)
    if len(values) > 3 and [*map(repr, values)] == [*map(repr, run)]:
        return f"range({run.start}, {run.stop})" if run.start else f"range({run.stop})"
    return Group("[", [value(v) for v in values], "]")


def mapping(values: Mapping[str, Modality]) -> Node:
    """Make a dict."""
    return Group("{", [f"{value(name)}: {value(v)}" for name, v in values.items()], "}")


def value(modality: Modality) -> str:
    """Write a plain value; text stands in the quotes that need fewer backslashes."""
    if isinstance(modality, str):
        return _quoted(modality)
    if isinstance(modality, float) and isinf(modality):
        return f'float("{modality}")'
    return repr(modality).replace("e+", "e")


def _quoted(text: str) -> str:
    written = repr(text)
    if written.startswith('"') or text.count('"') > text.count("'"):
        return written
    # Python prefers single quotes, and escapes those within.
    body = written[1:-1].replace("\\'", "'").replace('"', '\\"')
    return f'"{body}"'


def _flat(node: Node) -> str:
    if isinstance(node, str):
        return node
    return f"{node.opening}{', '.join(map(_flat, node.items))}{node.closing}"

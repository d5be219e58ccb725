"""Reads selectors: text as doce's users type it, dicts, lists of dicts, index lists.

Grammar of the text (blanks around operators do not count):

    selector     alternative (":" alternative)*
    alternative  [plan "/"] [part (("+" | ",") part)*]
    part         factor operator value | value
    operator     = != < <= > >=
    value        word | 'quoted' | "quoted"

"+" and "," both mean *and*; a bare value after "+" is one more modality of the factor before it;
a factor named again with "=" after a comma starts another alternative.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, cast

from core.errors import PlanError, SelectorError
from core.selector import Alternative, Condition, Exactly, Operator, Positions, Selector, Word
from core.values import plain

Asked: TypeAlias = "str | Mapping[str, object] | Sequence[object] | Selector | None"

_LEX = re.compile(
    r"""\s*(?:(?P<mark>!=|<=|>=|[=<>+,:])
    |'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)"
    # The sign of an exponent is no separator: 1e+5, but not the end of a name such as cnn1e+5.
    |(?P<word>(?:(?<![\w.])(?:\d+\.?\d*|\.\d+)[eE]\+(?=\d)|\[[^\[\]=<>]*\]|[^\s=<>!+,:'"])+))\s*""",
    re.VERBOSE,
)
_PLAN = re.compile(r"(?P<plan>[^=<>!/:,+'\"]*)/")
_OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


def read_selector(asked: Asked) -> Selector:
    """Parse whatever selects settings; raises SelectorError for what does not parse.

    None and the empty text select every setting.
    """
    if isinstance(asked, Selector):
        return asked
    if isinstance(asked, str):
        return _read_text(asked)
    if asked is None:
        return Selector()
    if isinstance(asked, Mapping):
        return Selector((_from_mapping(asked),))
    return _from_list(list(asked))


def _read_text(asked: str) -> Selector:
    plan, rest = _split_plan(asked)
    if rest.lstrip().startswith(("[", "{")):
        given = read_selector(_python_literal(rest.strip(), asked))
        if plan is None:
            return given
        return Selector(tuple(replace(a, plan=a.plan or plan) for a in given.alternatives))
    found: list[Alternative] = []
    for piece in _split_alternatives(asked):
        named, rest = _split_plan(piece)
        plan = named if named is not None else plan
        if not rest.strip() and named is None and asked.strip():
            raise SelectorError(f"selector {asked!r}: nothing stands beside ':'")
        found.extend(Alternative(plan, c) for c in _Reader(asked, rest).alternatives())
    return Selector(tuple(found))


def _python_literal(written: str, asked: str) -> Asked:
    try:
        value = ast.literal_eval(written)
        repr(value)  # hexadecimal numbers can be too long for the messages that show them
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = None
    if not isinstance(value, dict | list):
        raise SelectorError(
            f"selector {asked!r} starts like a Python list or dict but is none; quote its texts, "
            "as in \"{'method': ['ce', 'scl']}\" or '[0, [0, 1], -1]'"
        )
    return cast(Asked, value)


def _split_plan(asked: str) -> tuple[str | None, str]:
    found = _PLAN.match(asked)
    if not found:
        return None, asked
    if not found["plan"].strip():
        raise SelectorError(f"selector {asked!r}: no plan is named before '/'")
    return found["plan"].strip(), asked[found.end() :]


def _split_alternatives(asked: str) -> list[str]:
    """Cut at every ':' that stands outside quotes."""
    cuts, start = [], 0
    for found in re.finditer(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|:""", asked):
        if found[0] == ":":
            cuts.append(asked[start : found.start()])
            start = found.end()
    return [*cuts, asked[start:]]


class _Reader:
    """Reads one alternative, which commas may split into several."""

    def __init__(self, asked: str, piece: str) -> None:
        self.asked = asked
        self.items = self._lex(piece)
        self.at = 0

    def alternatives(self) -> list[tuple[Condition, ...]]:
        found: list[list[Condition]] = [[]]
        separator = ""
        while self.at < len(self.items):
            condition = self._part(found[-1], separator)
            if condition is not None:
                if self._starts_again(condition, found[-1], separator):
                    found.append([])
                found[-1].append(condition)
            separator = self._separator()
        return [tuple(conditions) for conditions in found]

    def _lex(self, piece: str) -> list[Word | str]:
        """Cut text into words and marks."""
        items: list[Word | str] = []
        at = 0
        while at < len(piece):
            found = _LEX.match(piece, at)
            if not found:
                raise self._error(f"{piece[at:].strip()!r} cannot be read")
            quoted = found["single"] if found["single"] is not None else found["double"]
            if found["mark"]:
                items.append(found["mark"])
            elif quoted is not None:
                items.append(Word(re.sub(r"\\(.)", r"\1", quoted), quoted=True))
            else:
                items.append(Word(found["word"]))
            at = found.end()
        return items

    def _part(self, before: list[Condition], separator: str) -> Condition | None:
        """Read `factor operator value`; a bare value joins the condition before it."""
        word = self._word()
        operator = self._peek()
        if operator in _OPERATORS:
            self.at += 1
            return Condition(word.written, cast(Operator, operator), (self._word(),))
        if separator == "+" and before and before[-1].operator in ("=", "!="):
            last = before.pop()
            before.append(Condition(last.factor, last.operator, (*last.wanted, word)))
            return None
        known = f"; for a plan write {word}/" if not before else ""
        raise self._error(f"{str(word)!r} has no factor and operator, as in factor=value{known}")

    def _starts_again(self, condition: Condition, before: list[Condition], separator: str) -> bool:
        """Tell whether a condition opens another alternative; refuse what has two readings."""
        same = [c for c in before if c.factor == condition.factor]
        if not same:
            return False
        name = condition.factor
        all_equal = condition.operator == "=" and all(c.operator == "=" for c in same)
        if separator == "," and all_equal:
            return True
        if separator == ",":
            raise self._error(
                f"{name!r} is named again after a comma: join with '+' for both conditions "
                "(lr>1e-4+lr<1e-2) or with ':' for either"
            )
        if all_equal:
            wanted = "+".join(str(w) for c in (*same, condition) for w in c.wanted)
            raise self._error(f"{name!r} cannot be two values at once; for either {name}={wanted}")
        return False

    def _word(self) -> Word:
        item = self.items[self.at] if self.at < len(self.items) else "the end"
        if not isinstance(item, Word):
            raise self._error(f"a name or value is missing before {item!r}")
        self.at += 1
        return item

    def _peek(self) -> Word | str | None:
        return self.items[self.at] if self.at < len(self.items) else None

    def _separator(self) -> str:
        mark = self._peek()
        if mark is None:
            return ""
        self.at += 1
        if mark not in ("+", ","):
            raise self._error(f"{str(mark)!r} where '+', ',' or ':' was expected")
        if self.at == len(self.items):
            raise self._error(f"nothing follows {mark!r}")
        return mark

    def _error(self, what: str) -> SelectorError:
        return SelectorError(
            f"selector {self.asked!r}: {what}. A selector reads plan/factor=a+b,other=c"
        )


def _from_mapping(asked: Mapping[str, object]) -> Alternative:
    conditions = []
    for factor, value in asked.items():
        several = isinstance(value, Sequence) and not isinstance(value, str)
        values = list(cast(Sequence[object], value)) if several else [value]
        if not values:
            raise SelectorError(f"selector {dict(asked)!r}: no modality is given for {factor!r}")
        try:
            wanted = tuple(Exactly(plain(v)) for v in values)
        except PlanError as error:
            raise SelectorError(f"selector {dict(asked)!r}: {error}") from error
        conditions.append(Condition(str(factor), "=", wanted))
    return Alternative(conditions=tuple(conditions))


def _from_list(asked: list[object]) -> Selector:
    """Read a list: of selectors (their union), or of positions as doce has them."""
    if asked and all(isinstance(item, str | Mapping | Selector) for item in asked):
        parts = [read_selector(cast(Asked, item)) for item in asked]
        return Selector(tuple(a for part in parts for a in part.alternatives))
    if asked and all(isinstance(item, list | tuple) for item in asked):
        return Selector(tuple(_positional(list(cast(Sequence[object], i))) for i in asked))
    return Selector((_positional(asked),))


def _positional(asked: list[object]) -> Alternative:
    kept: list[tuple[int, ...] | None] = []
    for item in asked:
        indices = list(item) if isinstance(item, list | tuple) else [item]
        if not indices or not all(type(i) is int and i >= -1 for i in indices):
            raise SelectorError(
                f"selector {asked!r}: {item!r} is no position; use an index from 0, a list of "
                "them, or -1 for all modalities"
            )
        kept.append(None if -1 in indices else tuple(cast(list[int], indices)))
    return Alternative(positions=Positions(tuple(kept)))

"""A setting: one modality for each factor that exists."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.errors import BlankFactor, SonoplanError, UndeclaredFactor, suggest
from core.values import Modality, text, token


class Setting(Mapping[str, Modality]):
    """An immutable choice of modalities, read as `setting.lr` or `setting["lr"]`.

    A factor that does not exist here is blank: it is not `in` the setting, and
    `setting.get(name, default)` gives the default. `str(setting)` is the label that
    people read, and that works as a selector.
    """

    __slots__ = ("_hash", "_owner", "_values")
    _values: dict[str, Modality]
    _owner: "tuple[str, frozenset[str]] | None"
    _hash: int | None

    def __init__(
        self,
        values: dict[str, Modality],
        owner: "tuple[str, frozenset[str]] | None" = None,
    ) -> None:
        set_once = object.__setattr__
        set_once(self, "_values", values)
        set_once(self, "_owner", owner)
        set_once(self, "_hash", None)

    def __getitem__(self, name: str) -> Modality:
        if name not in self._values:
            raise self._missing(name)
        return self._values[name]

    # Any: mypy cannot know a factor's type, and casting each read would hide the code's meaning.
    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a setting is immutable; {name!r} cannot be set")

    def __contains__(self, name: object) -> bool:
        if self._owner is not None and name not in self._owner[1]:
            raise self._undeclared(str(name))
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        if self._hash is None:
            key = frozenset((name, token(value)) for name, value in self._values.items())
            object.__setattr__(self, "_hash", hash(key))
        return self._hash  # type: ignore[return-value]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Setting) or len(self) != len(other):
            return NotImplemented if not isinstance(other, Setting) else False
        blank = object()
        return all(
            (theirs := other._values.get(name, blank)) is not blank
            and token(value) == token(theirs)  # type: ignore[arg-type]
            for name, value in self._values.items()
        )

    def __str__(self) -> str:
        return "+".join(f"{name}={text(self._values[name])}" for name in sorted(self._values))

    def __repr__(self) -> str:
        return f"Setting({self})"

    def __reduce__(self) -> tuple[object, ...]:
        return (Setting, (self._values, self._owner))

    def tokens(self, names: Iterable[str]) -> list[str]:
        """Give the canonical form of each factor named; empty where it is blank."""
        values = self._values
        return [token(values[name]) if name in values else "" for name in names]

    def without(self, names: Iterable[str]) -> "Setting":
        """Drop factors, for instance the replicates over which a table aggregates."""
        dropped = set(names)
        return Setting({n: v for n, v in self._values.items() if n not in dropped})

    def shown_to(self, stage: str, declared: frozenset[str]) -> "Setting":
        """Keep only the factors that a stage declared; reading any other raises."""
        values = {n: v for n, v in self._values.items() if n in declared}
        return Setting(values, owner=(stage, declared))

    def _undeclared(self, name: str) -> UndeclaredFactor:
        stage, declared = self._owner or ("", frozenset())
        return UndeclaredFactor(
            f"stage {stage!r} reads factor {name!r}, which it does not declare; "
            f"{suggest(name, sorted(declared))}. Add it to the stage's `uses` "
            "(this changes the ids of its results)"
        )

    def _missing(self, name: str) -> SonoplanError:
        if self._owner is not None and name not in self._owner[1]:
            return self._undeclared(name)
        return BlankFactor(
            f"factor {name!r} does not exist in this setting; {suggest(name, self._values)}"
        )

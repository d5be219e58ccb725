"""A setting: one modality for each factor that exists."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import compress
from typing import Any, TypeAlias

from core.errors import BlankFactor, SonoplanError, UndeclaredFactor, suggest
from core.values import Modality, fragment, text, token

# A stage's name and the factors it declared.
Owner: TypeAlias = tuple[str, frozenset[str]]


class Shape:
    """The names of a setting's factors, shared by all settings that have the same ones."""

    __slots__ = ("index", "names")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.index = {name: place for place, name in enumerate(names)}


@cache
def shape_of(names: tuple[str, ...]) -> Shape:
    """Give the one shape of these names, in this order."""
    return Shape(names)


class Setting(Mapping[str, Modality]):
    """An immutable choice of modalities, read as `setting.lr` or `setting["lr"]`.

    A factor that does not exist here is blank: it is not `in` the setting, and
    `setting.get(name, default)` gives the default. `str(setting)` is the label that
    people read, and that works as a selector.
    """

    # Plans make settings by the hundred thousand: two tuples each, and their names shared.
    __slots__ = ("_fragments", "_owner", "_shape", "_values")
    _shape: Shape
    _values: tuple[Modality, ...]
    _fragments: tuple[str, ...] | None
    _owner: Owner | None

    def __init__(self, values: Mapping[str, Modality], owner: Owner | None = None) -> None:
        _put_shape(self, shape_of(tuple(values)))
        _put_values(self, tuple(values.values()))
        _put_fragments(self, None)
        _put_owner(self, owner)

    @classmethod
    def of(
        cls, shape: Shape, values: tuple[Modality, ...], fragments: tuple[str, ...]
    ) -> "Setting":
        """Make a setting from parts that a plan has at hand."""
        made = cls.__new__(cls)
        _put_shape(made, shape)
        _put_values(made, values)
        _put_fragments(made, fragments)
        _put_owner(made, None)
        return made

    @property
    def shape(self) -> Shape:
        """The names of the factors."""
        return self._shape

    @property
    def fragments(self) -> tuple[str, ...]:
        """Each factor's canonical text, `name=token`, in the order of the shape."""
        if self._fragments is None:
            pairs = zip(self._shape.names, self._values, strict=True)
            _put_fragments(self, tuple(fragment(name, value) for name, value in pairs))
        return self._fragments  # type: ignore[return-value]

    def __getitem__(self, name: str) -> Modality:
        place = self._shape.index.get(name)
        if place is None:
            raise self._missing(name)
        return self._values[place]

    # Any: mypy cannot know a factor's type, and casting each read would hide the code's meaning.
    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a setting is immutable; {name!r} cannot be set")

    def __contains__(self, name: object) -> bool:
        if name in self._shape.index:
            return True
        if self._owner is not None and name not in self._owner[1]:
            raise self._undeclared(str(name))
        return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._shape.names)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self.fragments))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Setting):
            return NotImplemented
        if self._shape is other._shape:
            return self.fragments == other.fragments
        return frozenset(self.fragments) == frozenset(other.fragments)

    def __str__(self) -> str:
        return "+".join(f"{name}={text(self[name])}" for name in sorted(self._shape.names))

    def __repr__(self) -> str:
        return f"Setting({self})"

    def __reduce__(self) -> tuple[object, ...]:
        return (Setting, (dict(self), self._owner))

    def tokens(self, names: Iterable[str]) -> list[str]:
        """Give the canonical form of each factor named; empty where it is blank."""
        return [token(self[name]) if name in self else "" for name in names]

    def without(self, names: Iterable[str]) -> "Setting":
        """Drop factors, for instance the replicates over which a table aggregates."""
        dropped = set(names)
        kept = [name not in dropped for name in self._shape.names]
        return Setting.of(
            shape_of(tuple(compress(self._shape.names, kept))),
            tuple(compress(self._values, kept)),
            tuple(compress(self.fragments, kept)),
        )

    def shown_to(self, stage: str, declared: frozenset[str]) -> "Setting":
        """Keep only the factors that a stage declared; reading any other raises."""
        values = {n: v for n, v in self.items() if n in declared}
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
            f"factor {name!r} does not exist in this setting; {suggest(name, self._shape.names)}"
        )


# The slots' own descriptors: the only way past `Setting.__setattr__`, and a fast one.
_put_shape = Setting.__dict__["_shape"].__set__
_put_values = Setting.__dict__["_values"].__set__
_put_fragments = Setting.__dict__["_fragments"].__set__
_put_owner = Setting.__dict__["_owner"].__set__

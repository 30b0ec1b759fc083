"""Frozen records without the price of `dataclasses`.

Why not dataclasses: each one compiles its methods with `exec` when the module loads (about 0.4 ms a class here), and a
cold start of the Lambda function pays it for every class of the house. A record is the same thing to read and to
type-check (`dataclass_transform`), and costs nothing to declare. Fields are annotations, with defaults that must be immutable.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True, eq_default=True)
class Record:
    """Base of every plain-data class here: positional or keyword construction, equality, hash, repr, no mutation."""

    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}
    _names: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        own = [name for name in cls.__dict__.get("__annotations__", {}) if not name.startswith("_")]  # noqa: RUF063 - `inspect` is not loaded at start
        cls._fields = (*cls._fields, *(name for name in own if name not in cls._fields))
        cls._defaults = {**cls._defaults, **{name: cls.__dict__[name] for name in own if name in cls.__dict__}}
        cls._names = frozenset(cls._fields)

    def __init__(self, *args: Any, **values: Any) -> None:
        own = self.__dict__
        own.update(self._defaults)
        if args:
            own.update(zip(self._fields, args, strict=False))
        own.update(values)
        if len(own) != len(self._fields) or len(args) > len(self._fields) or (values and not values.keys() <= self._names):
            raise TypeError(self._wrong(args, values))

    def _wrong(self, args: tuple[Any, ...], values: dict[str, Any]) -> str:
        """What does not fit, for whoever wrote the call."""
        name, given = type(self).__name__, values.keys() | set(self._fields[: len(args)])
        if len(args) > len(self._fields):
            return f"{name} takes at most {len(self._fields)} values"
        lacking = self._names - self._defaults.keys() - given
        return f"{name} lacks {', '.join(sorted(lacking))}" if lacking else f"{name} has no {', '.join(sorted(given - self._names))}"

    def but(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        if not changes.keys() <= self._names:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(changes.keys() - self._names))}")
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(changes)
        return copy

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    __delattr__ = __setattr__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *(self.__dict__[name] for name in self._fields)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{k}={self.__dict__[k]!r}" for k in self._fields if self.__dict__[k] != self._defaults.get(k))
        return f"{type(self).__name__}({shown})"

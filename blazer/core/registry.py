"""A named collection: refuses duplicates, and a failed look-up lists the names that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from blazer.core.errors import UnknownNameError

T = TypeVar("T")


class Registry(Generic[T]):
    """Maps names to frozen values.

    Args:
        what: What is registered, singular, for error texts ("task", "skill").
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._items: dict[str, T] = {}

    def add(self, name: str, value: T) -> None:
        """Register `value`.

        Raises:
            ValueError: if the name is taken.
        """
        if name in self._items:
            raise ValueError(f"{self._what} {name!r} is registered twice")
        self._items[name] = value

    def get(self, name: str) -> T:
        """The value called `name`.

        Raises:
            UnknownNameError: with the names that exist.
        """
        try:
            return self._items[name]
        except KeyError:
            raise UnknownNameError(self._what, name, self._items) from None

    def names(self) -> tuple[str, ...]:
        """All names, in order of registration."""
        return tuple(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, name: object) -> bool:
        return name in self._items

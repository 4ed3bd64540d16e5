"""What `vars(x)` and `x.__dict__` give a program: a dict that writes through to the object, guarded.

The real dict of an object would take any key, and names such as `__array_interface__` mean something to
numpy. Writes made past these methods (`dict.__setitem__(d, ...)`) only change the copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def is_special(name: object) -> bool:
    """Whether a name means something to the interpreter or to numpy, or is none."""
    return type(name) is not str or (name.startswith("__") and name.endswith("__"))


class InstanceDict(dict[str, Any]):
    """The attributes of one object at the time of asking."""

    __slots__ = ("_delete", "_set")

    def __init__(
        self, ob: Any, set_: Callable[[Any, str, Any], None], delete: Callable[[Any, str], None]
    ) -> None:
        if hasattr(self, "_set"):
            # Once is enough: a second time would make it the dict of anything.
            raise TypeError("this dict belongs to its object already")
        found = getattr(ob, "__dict__", {})
        super().__init__({name: found[name] for name in found if not is_special(name)})

        # Plain functions: `copy` could reach what a method is bound to.
        def write(name: str, value: Any) -> None:
            set_(ob, name, value)

        def remove(name: str) -> None:
            delete(ob, name)

        self._set, self._delete = write, remove

    def __setitem__(self, name: str, value: Any) -> None:
        self._set(name, value)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self._delete(name)

    def update(self, *others: Any, **values: Any) -> None:
        """Set attributes."""
        for name, value in dict(*others, **values).items():
            self[name] = value

    def setdefault(self, name: str, default: Any = None) -> Any:
        """Set an attribute that is missing."""
        if name not in self:
            self[name] = default
        return self[name]

    def pop(self, name: str, *default: Any) -> Any:
        """Delete an attribute and return its value."""
        if name not in self and default:
            return default[0]
        value = self[name]
        del self[name]
        return value

    def clear(self) -> None:
        """Delete all attributes."""
        for name in list(self):
            del self[name]

    def __ior__(self, other: Any) -> InstanceDict:  # type: ignore[override,misc]
        self.update(other)
        return self

    def __copy__(self) -> dict[str, Any]:
        return dict(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

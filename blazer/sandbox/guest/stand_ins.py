"""Small classes that programs get instead of the library's, whose objects would be theirs to bend.

Not here: functions, see `replacements.py`; text, see `texts.py`. A method of a class written in Python can
be called with anything as `self`, so what sets or reads attributes here looks first whom it was given.
"""

from __future__ import annotations

import dataclasses
from typing import Any, NoReturn

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

from blazer.sandbox.guest import policy_rules as rules
from blazer.sandbox.guest.classes import OwnTypes
from blazer.sandbox.guest.instances import is_special

DENIED = INSPECT_ATTRIBUTES | rules.DENIED_ATTRIBUTES


def cached_property_of(own: OwnTypes) -> type:
    """`functools.cached_property`, for objects of the program's own classes only."""

    class cached_property:
        __slots__ = ("_function", "_name")

        def __init__(self, function: Any) -> None:
            self._function, self._name = function, ""

        def __set_name__(self, owner: type, name: str) -> None:
            if is_special(name) or name in DENIED or self._name not in ("", name):
                raise TypeError(f"a cached_property cannot be called {name!r} here")
            self._name = name

        def __get__(self, ob: Any, owner: Any = None) -> Any:
            if ob is None:
                return self
            if not own.owns(ob) or not self._name:
                raise TypeError("cached_property is for the program's own classes, in their body")
            values = ob.__dict__
            if self._name not in values:
                values[self._name] = self._function(ob)
            return values[self._name]

    return cached_property


class FieldView:
    """One field of a dataclass, as `dataclasses.fields` tells of it; what it is made of stays hidden."""

    __slots__ = ("_values",)
    _values: dict[str, Any]

    def __init__(self, field: dataclasses.Field[Any]) -> None:
        names = ("name", "type", "default", "default_factory", "init", "repr", "hash", "compare", "kw_only")
        values = {name: getattr(field, name) for name in names}
        object.__setattr__(self, "_values", {**values, "metadata": dict(field.metadata)})

    def __getattr__(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        raise AttributeError(f"a field has no attribute {name!r}", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise TypeError("the fields of a dataclass cannot be changed")

    def __repr__(self) -> str:
        return f"Field({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"

    def __copy__(self) -> FieldView:
        return self

    def __deepcopy__(self, memo: Any) -> FieldView:
        return self


def _of(kind: type, ob: Any) -> Any:
    """`ob`, if it is of this class: a method of a class can be called with anything."""
    if kind not in type(ob).__mro__:
        raise TypeError(f"this is for {kind.__name__} objects")
    return ob


def simple_namespace() -> type:
    """`types.SimpleNamespace` as a class that a program owns; one for each run."""

    class SimpleNamespace:
        def __init__(self, mapping: Any = None, /, **values: Any) -> None:
            for name, value in {**(mapping or {}), **values}.items():
                if is_special(name) or name.startswith("__") or name in DENIED:
                    raise TypeError(f"{name!r} cannot be the name of an attribute")
                setattr(_of(SimpleNamespace, self), name, value)

        def __repr__(self) -> str:
            values = _of(SimpleNamespace, self).__dict__.items()
            return f"namespace({', '.join(f'{name}={value!r}' for name, value in values)})"

        def __eq__(self, other: object) -> bool:
            _of(SimpleNamespace, self)
            return type(other) is type(self) and self.__dict__ == other.__dict__

        __hash__ = None  # type: ignore[assignment]

    SimpleNamespace.__module__ = "__main__"
    SimpleNamespace.__qualname__ = "SimpleNamespace"
    return SimpleNamespace

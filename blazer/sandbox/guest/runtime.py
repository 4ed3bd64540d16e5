"""The guards that a rewritten program calls, and the built-in names it has.

Covers: attribute look-ups, item and attribute writes, imports, formatting and class creation while
a program runs. Does not cover: what the process may do; see `confine.py` and the tiers.

A program may change what it made itself (instances of its classes, those classes, plain
containers, arrays) and nothing else.
"""

# A page of names reads better without a page of quotes.
# ruff: noqa: SIM905

from __future__ import annotations

import _string  # type: ignore[import-not-found]
import abc
import builtins
import operator
import string
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any

from RestrictedPython.Guards import (
    guarded_iter_unpack_sequence,
    guarded_unpack_sequence,
    safer_getattr_raise,
)
from RestrictedPython.transformer import INSPECT_ATTRIBUTES

from blazer.sandbox.guest import policy_rules as rules
from blazer.sandbox.guest.proxies import ModuleProxy, Modules

_OPAQUE = (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType)
_WRITABLE_ITEMS = (list, dict, set, bytearray, deque, defaultdict, OrderedDict, Counter)
_BASE_MODULES = frozenset({"builtins", "enum", "abc", "typing", "collections", "_collections", "__main__"})
_METACLASS_NAMES = frozenset(
    {"type", "ABCMeta", "EnumType", "EnumMeta", "NamedTupleMeta", "_TypedDictMeta", "_ProtocolMeta"}
)

ARRAY_ATTRIBUTES = frozenset(
    (
        "T all any argmax argmin argsort astype choose clip compress conj conjugate copy cumprod cumsum "
        "diagonal dot dtype fill flat flatten imag item itemsize max mean min nbytes ndim nonzero prod ptp "
        "put ravel real repeat reshape round searchsorted shape size sort squeeze std sum swapaxes take "
        "tobytes tolist trace transpose var is_integer as_integer_ratio"
    ).split()
)
"""Of numpy arrays and scalars. Absent on purpose: files, raw memory, views as another type."""


class OwnTypes:
    """The classes that the running program made."""

    def __init__(self) -> None:
        self._types: set[type] = set()

    def add(self, made: type) -> None:
        """Remember a class as the program's own."""
        self._types.add(made)

    def owns(self, ob: object) -> bool:
        """Whether `ob` is such a class or an instance of one."""
        return self._made(type(ob)) or (isinstance(ob, type) and self._made(ob))

    def _made(self, kind: type) -> bool:
        # By module too: a decorator may have put another class in the place of the one it was given.
        return kind in self._types or getattr(kind, "__module__", "") == "__main__"


class ClassMaker:
    """Stands in as the metaclass of every class of a program, and picks the real one."""

    def __init__(self, own: OwnTypes) -> None:
        self._own = own

    def __prepare__(self, name: str, bases: tuple[type, ...]) -> Any:
        return types.prepare_class(name, bases)[1]

    def __call__(self, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
        for base in bases:
            self._check_base(base)
        metaclass = types.prepare_class(name, bases)[0]
        made: type = metaclass(name, bases, namespace)
        self._own.add(made)
        return made

    def _check_base(self, base: type) -> None:
        is_plain = isinstance(base, type) and not issubclass(base, type)
        known = is_plain and (
            self._own.owns(base)
            or base.__module__ in _BASE_MODULES
            or issubclass(base, (tuple, BaseException))
        )
        if not known or type(base).__name__ not in _METACLASS_NAMES:
            raise TypeError(f"a program's class may not derive from {getattr(base, '__name__', base)!r}")


class Guards:
    """Everything that the rewritten program calls by a guard name.

    Args:
        modules: What import statements find.
        write: Takes printed text.
    """

    def __init__(self, modules: Modules, write: Callable[[str], None]) -> None:
        self._modules = modules
        self._write = write
        self.own = OwnTypes()
        self._formatter = _Formatter(self)

    # -- attributes --

    def getattr(self, ob: Any, name: str) -> Any:
        """Read an attribute.

        Raises:
            AttributeError: if there is none, or it is not for programs.
        """
        if type(name) is not str:
            raise TypeError("attribute name must be a plain string")
        if isinstance(ob, _OPAQUE):
            raise AttributeError(f"{type(ob).__name__} objects have no attributes for programs")
        if name.startswith("_"):
            return self._underscored(ob, name)
        if name in rules.DENIED_ATTRIBUTES:
            raise AttributeError(f"the attribute {name!r} is not available")
        if name in ("format", "format_map"):
            safe = self._safe_format(ob, name)
            if safe is not None:
                return safe
        if name == "register" and isinstance(ob, abc.ABCMeta):
            raise AttributeError("classes cannot be registered: derive from the base instead")
        if name in ("obj", "name_from") and isinstance(ob, (AttributeError, NameError)):
            # Its value is whatever object the failing look-up was made on.
            raise AttributeError(f"the attribute {name!r} is not available")
        # Also for the classes themselves: `ndarray.tofile(a, path)` is the same call.
        kind = ob if isinstance(ob, type) else type(ob)
        if kind.__module__ == "numpy" and _is_array_like(kind) and name not in ARRAY_ATTRIBUTES:
            raise AttributeError(f"arrays do not offer {name!r} to programs", name=name, obj=ob)
        return safer_getattr_raise(ob, name)

    def _underscored(self, ob: Any, name: str) -> Any:
        if name == "__class__":
            return _type_of(ob)
        if name.startswith("__"):
            if name in rules.READABLE_MAGIC:
                return getattr(ob, name)
        elif self.own.owns(ob) or isinstance(ob, super) or _is_namedtuple_method(ob, name):
            return getattr(ob, name)
        raise AttributeError(f"the attribute {name!r} is not available")

    def _safe_format(self, ob: Any, name: str) -> Any:
        if isinstance(ob, str):
            if name == "format":
                return lambda *args, **kwargs: self._formatter.vformat(ob, args, kwargs)
            return lambda mapping: self._formatter.vformat(ob, (), mapping)
        if isinstance(ob, type) and issubclass(ob, str):
            if name == "format":
                return lambda text, *args, **kwargs: self._formatter.vformat(text, args, kwargs)
            return lambda text, mapping: self._formatter.vformat(text, (), mapping)
        return None

    def getattr_builtin(self, ob: Any, name: str, *default: Any) -> Any:
        """The built-in `getattr`."""
        if len(default) > 1:
            raise TypeError("getattr takes at most 3 arguments")
        try:
            return self.getattr(ob, name)
        except AttributeError:
            if default:
                return default[0]
            raise

    def hasattr(self, ob: Any, name: str) -> bool:
        """The built-in `hasattr`."""
        try:
            self.getattr(ob, name)
        except AttributeError:
            return False
        return True

    # -- writes --

    def write_items(self, ob: Any) -> Any:
        """`ob`, if the program may set its items.

        Raises:
            TypeError: if it may not.
        """
        if type(ob) in _WRITABLE_ITEMS or self.own.owns(ob):
            return ob
        if type(ob).__module__ == "numpy" and type(ob).__name__ in ("ndarray", "flatiter"):
            return ob
        raise TypeError(f"the items of this {type(ob).__name__} cannot be changed")

    def write_attribute(self, ob: Any) -> Any:
        """`ob`, if the program may set its attributes.

        Raises:
            TypeError: if it may not.
        """
        if self.own.owns(ob):
            return ob
        raise TypeError(f"the attributes of this {type(ob).__name__} cannot be changed")

    def _settable(self, ob: Any, name: str) -> Any:
        if type(name) is not str or name.startswith("__") or name in rules.GUARD_NAMES:
            raise AttributeError(f"the attribute {name!r} may not be set")
        return self.write_attribute(ob)

    def setattr(self, ob: Any, name: str, value: Any) -> None:
        """The built-in `setattr`."""
        builtins.setattr(self._settable(ob, name), name, value)

    def delattr(self, ob: Any, name: str) -> None:
        """The built-in `delattr`."""
        builtins.delattr(self._settable(ob, name), name)

    # -- the rest --

    def check_pattern(self, ob: Any, attribute: str | None) -> None:
        """Whether a `match` pattern may name this class, or this attribute of it.

        Raises:
            TypeError: if it may not.
        """
        if attribute is not None:
            if not isinstance(ob, ModuleProxy) and not (isinstance(ob, type) and self.own.owns(ob)):
                raise TypeError("a pattern may look at attributes of the program's own classes; use if")
            self.getattr(ob, attribute)
            return
        if not isinstance(ob, type) or type(ob).__name__ not in _METACLASS_NAMES:
            raise TypeError("a class pattern needs a class")
        for name in getattr(ob, "__match_args__", ()):
            if name.startswith("_") or name in INSPECT_ATTRIBUTES or name in rules.PATTERN_DENIED:
                raise TypeError(f"a pattern may not look at {name!r}")

    def print(
        self, *values: Any, sep: Any = " ", end: Any = "\n", file: Any = None, flush: Any = False
    ) -> None:
        """The built-in `print`; its text goes to the host."""
        if file is not None:
            raise TypeError("print(file=...) is not available: programs have no files")
        between = " " if sep is None else sep
        after = "\n" if end is None else end
        self._write(between.join(str(value) for value in values) + after)

    def namespace(self, extra: Mapping[str, Any]) -> dict[str, Any]:
        """The globals of a fresh run.

        Args:
            extra: Skills and their errors, by name.
        """
        built_in = {name: getattr(builtins, name) for name in (*rules.BUILTIN_NAMES, *rules.EXCEPTION_NAMES)}
        built_in.update(
            getattr=self.getattr_builtin,
            hasattr=self.hasattr,
            setattr=self.setattr,
            delattr=self.delattr,
            type=_type_of,
            print=self.print,
            format=format,
            exit=_exit,
            quit=_exit,
            __build_class__=builtins.__build_class__,
            __import__=self._modules.import_,
        )
        return {
            "__builtins__": built_in,
            "__name__": "__main__",
            "__metaclass__": ClassMaker(self.own),
            "_getattr_": self.getattr,
            "_getitem_": operator.getitem,
            "_getiter_": _same,
            "_iter_unpack_sequence_": guarded_iter_unpack_sequence,
            "_unpack_sequence_": guarded_unpack_sequence,
            "_write_": self.write_items,
            "_write_attribute_": self.write_attribute,
            "_inplacevar_": _inplace,
            "_apply_": _apply,
            "_print_": None,
            "_slice_": slice,
            "_check_pattern_": self.check_pattern,
            **extra,
        }


class _Formatter(string.Formatter):
    """`str.format` whose look-ups inside the braces go through the guards."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, Any]:
        first, rest = _string.formatter_field_name_split(field_name)
        ob = self.get_value(first, args, kwargs)
        for is_attribute, key in rest:
            ob = self._guards.getattr(ob, key) if is_attribute else ob[key]
        return ob, first


def _is_namedtuple_method(ob: Any, name: str) -> bool:
    is_tuple = isinstance(ob, tuple) or (isinstance(ob, type) and issubclass(ob, tuple))
    return is_tuple and name in rules.NAMEDTUPLE_METHODS


def _is_array_like(kind: type) -> bool:
    return any(base.__name__ in ("ndarray", "generic") for base in kind.__mro__)


def _same(ob: Any) -> Any:
    return ob


def _apply(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _type_of(ob: Any, *rest: Any) -> type:
    """The built-in `type` with one argument."""
    if rest:
        raise TypeError("type() with three arguments is not available: use a class statement")
    kind = type(ob)
    # A metaclass makes classes, past the class statement's guard; so the program gets this instead.
    return _type_of if issubclass(kind, type) else kind  # type: ignore[return-value]


def _exit(code: Any = None) -> None:
    """End the program."""
    raise SystemExit(code)


_INPLACE: dict[str, Callable[[Any, Any], Any]] = {
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "/=": operator.itruediv,
    "%=": operator.imod,
    "**=": operator.ipow,
    "<<=": operator.ilshift,
    ">>=": operator.irshift,
    "|=": operator.ior,
    "^=": operator.ixor,
    "&=": operator.iand,
    "//=": operator.ifloordiv,
    "@=": operator.imatmul,
}


def _inplace(symbol: str, left: Any, right: Any) -> Any:
    return _INPLACE[symbol](left, right)

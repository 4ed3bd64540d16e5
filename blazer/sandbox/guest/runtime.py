"""The guards that a rewritten program calls, and the built-in names it has.

Covers: attribute look-ups, item and attribute writes, imports and formatting while a program runs.
Does not cover: how classes are made (`classes.py`), what the process may do (`confine.py`, the tiers).

A program may change what it made itself (instances of its classes, those classes, its functions, plain
containers, arrays) and nothing else. A look-up is checked twice: by name and object before it, and by
what came out after it, because aliases and wrappers of the library pass look-ups on to other objects.
"""

from __future__ import annotations

import _string  # type: ignore[import-not-found]
import abc
import builtins
import enum
import functools
import operator
import string
import sys
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

from blazer.sandbox.guest import policy_rules as rules
from blazer.sandbox.guest.classes import (
    RAW_DESCRIPTORS,
    ClassMaker,
    Held,
    OwnTypes,
    check_pattern,
    is_array_like,
    is_harmless_class,
    may_derive,
    private_of_program,
    stand_in,
    type_stand_in,
)
from blazer.sandbox.guest.instances import InstanceDict
from blazer.sandbox.guest.policy_names import near_names
from blazer.sandbox.guest.proxies import ModuleProxy, Modules
from blazer.sandbox.guest.replacements import is_program_function

_OPAQUE = (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType)
_NEVER = (types.ModuleType, types.FrameType, types.CodeType)
_BOUND = (types.BuiltinFunctionType, types.MethodDescriptorType, types.ClassMethodDescriptorType)
_WRITABLE_ITEMS = (list, dict, set, bytearray, deque, defaultdict, OrderedDict, Counter, InstanceDict)
_CACHE = type(functools.lru_cache(len))
_DESCRIPTORS = (property, staticmethod, classmethod)
_DENIED = INSPECT_ATTRIBUTES | rules.DENIED_ATTRIBUTES


class Guards:
    """Everything that the rewritten program calls by a guard name.

    Args:
        modules: What import statements find.
        write: Takes printed text.
        filename: What the program's code says it came from.
    """

    def __init__(self, modules: Modules, write: Callable[[str], None], filename: str = "<program>") -> None:
        self._modules = modules
        self._write = write
        self._filename = filename
        self.own = OwnTypes()
        modules.serve(self.own, filename, write)
        self._formatter = _Formatter(self)

    # -- attributes --

    def getattr(self, ob: Any, name: str) -> Any:
        """Read an attribute.

        Raises:
            AttributeError: if there is none, or it is not for programs.
        """
        if type(name) is not str:
            raise TypeError("attribute name must be a plain string")
        if name in _DENIED:
            raise AttributeError(f"the attribute {name!r} is not available")
        kind = type(ob)
        if kind in _OPAQUE:
            raise AttributeError(f"{kind.__name__} objects have no attributes for programs")
        if name[:1] == "_":
            return self._underscored(ob, name)
        if kind is super and not self._is_mine(ob):
            raise AttributeError("super() is for objects of the program's own classes")
        if name in _WATCHED:
            self._watch(_behind(ob), name)
        if kind is super:
            kind = type(_SELF(ob))
        elif isinstance(ob, type):
            kind = ob
        # Also for the classes themselves: `ndarray.tofile(a, path)` is the same call.
        if name not in rules.ARRAY_ATTRIBUTES and is_array_like(kind):
            raise AttributeError(f"arrays do not offer {name!r} to programs", name=name, obj=ob)
        return self._result(getattr(ob, name), name, ob)

    def _watch(self, ob: Any, name: str) -> None:
        """Names that mean something special on some objects."""
        if name == "register" and isinstance(ob, abc.ABCMeta):
            raise AttributeError("classes cannot be registered: derive from the base instead")
        if name in ("set_state", "get_state") and type(ob).__name__ == "RandomState":
            # It believes any position in its own memory that it is given.
            raise AttributeError(f"the attribute {name!r} is not available: make a new one from a seed")
        if name in ("obj", "name_from") and isinstance(ob, (AttributeError, NameError, ImportError)):
            # Its value is whatever object the failing look-up was made on.
            raise AttributeError(f"the attribute {name!r} is not available")

    def _result(self, value: Any, name: str, ob: Any) -> Any:
        """What a look-up found, if a program may have it."""
        kind = type(value)
        if kind in _BOUND:
            if kind is types.BuiltinFunctionType:
                owner = value.__self__
                owner = owner if isinstance(owner, type) else type(owner)
            else:
                owner = value.__objclass__
            if name in ("format", "format_map") and issubclass(owner, str):
                return self._safe_format(value, name)
            if name not in rules.ARRAY_ATTRIBUTES and is_array_like(owner):
                raise AttributeError(f"arrays do not offer {name!r} to programs")
            if name in ("mro", "register"):
                raise AttributeError(f"the attribute {name!r} is not available")
        elif kind is types.FunctionType:
            return self._function(value, name, ob)
        elif kind is types.MethodType:
            if name == "register" and isinstance(value.__self__, abc.ABCMeta):
                raise AttributeError("classes cannot be registered: derive from the base instead")
        elif isinstance(value, type):
            return self._class(value)
        elif kind is types.MappingProxyType:
            return dict(value)  # whoever compares with a proxy is handed the dict behind it
        elif kind in _NEVER or (kind in RAW_DESCRIPTORS and not self._is_own_slot(value)):
            raise AttributeError(f"the attribute {name!r} is not available")
        return value

    def _is_own_slot(self, value: Any) -> bool:
        return type(value) is types.MemberDescriptorType and self.own.owns_class(value.__objclass__)

    def _function(self, function: Any, name: str, ob: Any) -> Any:
        """A function that a look-up found; a library's method only for objects of its class.

        Unlike one written in C it does not ask: `SimpleNamespace.__init__(anything, name=value)` or the
        `__init__` of a dataclass would set attributes of anything.
        """
        if is_program_function(function, self._filename):
            return function
        if isinstance(ob, property):
            raise AttributeError(f"the attribute {name!r} is not available")
        behind = _behind(ob)
        if not isinstance(behind, type) or name == "__new__":
            return function  # `__new__` is handed a class, and asks `object`'s for the object
        for base in type.__dict__["__mro__"].__get__(behind):
            if type.__dict__["__dict__"].__get__(base).get(name) is function:
                return _method_of(base, function)
        return function

    def _class(self, kind: type) -> Any:
        """A class, or what a program gets instead."""
        if issubclass(kind, type):
            # A metaclass makes classes, past the class statement's guard.
            return _stand_in_for_type(self)
        return kind if is_harmless_class(self.own, kind, self._modules.classes) else stand_in(kind)

    def _safe_format(self, method: Any, name: str) -> Any:
        bound = None if type(method) is types.MethodDescriptorType else method.__self__
        vformat = self._formatter.vformat
        if isinstance(bound, str):
            text = str.__str__(bound)
            if name == "format":
                return lambda *args, **kwargs: vformat(text, args, kwargs)
            return lambda mapping: vformat(text, (), mapping)
        if name == "format":
            return lambda text, /, *args, **kwargs: vformat(str.__str__(text), args, kwargs)
        return lambda text, mapping, /: vformat(str.__str__(text), (), mapping)

    def _underscored(self, ob: Any, name: str) -> Any:
        if not (name.startswith("__") and name.endswith("__")):
            mine = self._is_mine(ob) and private_of_program(self.own, _behind(ob), name)
            if mine or is_program_function(ob, self._filename) or _is_namedtuple_method(ob, name):
                return self._result(getattr(ob, name), name, ob)
        elif name in rules.READABLE_MAGIC:
            special = _SPECIAL.get(name)
            if special is not None:
                return special(self, ob)
            if type(ob) is InstanceDict and name in ("__init__", "__new__"):
                raise AttributeError(f"the attribute {name!r} is not available")
            if name not in rules.CHANGING_MAGIC or self._may_change(ob):
                return self._result(getattr(ob, name), name, ob)
        hint = rules.MAGIC_HINTS.get(name, "")
        raise AttributeError(f"the attribute {name!r} is not available{hint and ': '}{hint}")

    def _may_change(self, ob: Any) -> bool:
        if type(ob) in _WRITABLE_ITEMS or self._is_mine(ob):
            return True
        # `Base.__init__(self)`; but not `property.__init__(theirs, mine)`.
        return isinstance(ob, type) and may_derive(self.own, ob) and ob not in _DESCRIPTORS

    def _is_mine(self, ob: Any) -> bool:
        """Whether this is the program's own object, also as its base class sees it."""
        return self.own.owns(_behind(ob))

    def _read_class(self, ob: Any) -> Any:
        return self.type(ob)

    def _read_module(self, ob: Any) -> Any:
        name = ob.__module__
        # A copy: a class that is being made is known by the very text in it.
        return "".join(list(name)) if type(name) is str else name

    def _read_dict(self, ob: Any) -> Any:
        if isinstance(ob, type) or not self.own.owns(ob):
            raise AttributeError("__dict__ is there for instances of the program's own classes only")
        return InstanceDict(ob, self.setattr, self.delattr)

    def _read_annotations(self, ob: Any) -> Any:
        if not (self.own.owns(ob) or is_program_function(ob, self._filename)):
            raise AttributeError("__annotations__ is there for the program's own classes only")
        # A copy: `dataclass` makes code of the names in the real one.
        return dict(ob.__annotations__)

    def _read_members(self, ob: Any) -> Any:
        if isinstance(ob, enum.EnumType):
            return dict(ob.__members__)
        raise AttributeError("__members__ is there for enumerations only")

    def _read_wrapped(self, ob: Any) -> Any:
        if is_program_function(ob, self._filename) or type(ob) is _CACHE:
            return ob.__wrapped__
        raise AttributeError("__wrapped__ is there for the program's own functions only")

    def _read_setattr(self, ob: Any) -> Any:
        if type(ob) is not super:
            return lambda target, name, value: object.__setattr__(self._settable(target, name), name, value)
        real = self._mine(ob).__setattr__
        return lambda name, value: real(_checked_name(name), value)

    def _read_delattr(self, ob: Any) -> Any:
        if type(ob) is not super:
            return lambda target, name: object.__delattr__(self._settable(target, name), name)
        real = self._mine(ob).__delattr__
        return lambda name: real(_checked_name(name))

    def _mine(self, ob: Any) -> Any:
        if not self._is_mine(ob):
            raise TypeError(f"the attributes of this {type(ob.__self__).__name__} cannot be changed")
        return ob

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

    def type(self, ob: Any, *rest: Any) -> Any:
        """The built-in `type` with one argument."""
        if rest:
            raise TypeError("type() with three arguments is not available: use a class statement")
        return self._class(type(ob))

    # -- writes --

    def write_items(self, ob: Any) -> Any:
        """`ob`, if the program may set its items.

        Raises:
            TypeError: if it may not.
        """
        kind = type(ob)
        if kind in _WRITABLE_ITEMS or self.own.owns(ob):
            return ob
        numpy = sys.modules.get("numpy")
        if numpy is not None and kind in (numpy.ndarray, numpy.flatiter):
            return ob
        raise TypeError(f"the items of this {kind.__name__} cannot be changed")

    def write_attribute(self, ob: Any) -> Any:
        """`ob`, if the program may set its attributes.

        Raises:
            TypeError: if it may not.
        """
        if self.own.owns(ob) or is_program_function(ob, self._filename):
            return ob
        what = f"module {ob!r}" if isinstance(ob, ModuleProxy) else f"this {type(ob).__name__}"
        raise TypeError(f"the attributes of {what} cannot be changed; keep the value in a variable")

    def _settable(self, ob: Any, name: str) -> Any:
        _checked_name(name)
        return self.write_attribute(ob)

    def setattr(self, ob: Any, name: str, value: Any) -> None:
        """The built-in `setattr`."""
        builtins.setattr(self._settable(ob, name), name, value)

    def delattr(self, ob: Any, name: str) -> None:
        """The built-in `delattr`."""
        builtins.delattr(self._settable(ob, name), name)

    # -- the rest --

    def vars(self, *given: Any) -> Any:
        """The built-in `vars` with one argument."""
        if len(given) != 1:
            raise TypeError("vars() without an argument is not available: use a dict of your own")
        return self._read_dict(given[0])

    def dir(self, *given: Any) -> list[str]:
        """The built-in `dir` with one argument: names that a program may read."""
        if len(given) != 1:
            raise TypeError("dir() without an argument is not available")
        names = builtins.dir(given[0])
        return [name for name in names if name[:1] != "_" and name not in _DENIED]

    def print(
        self, *values: Any, sep: Any = " ", end: Any = "\n", file: Any = None, flush: Any = False
    ) -> None:
        """The built-in `print`; its text goes to the host."""
        between = " " if sep is None else sep
        after = "\n" if end is None else end
        if not isinstance(between, str) or not isinstance(after, str):
            raise TypeError("sep and end must be strings or None")
        text = str.__str__(between).join(str(value) for value in values) + str.__str__(after)
        if file is None or isinstance(file, ModuleProxy):
            self._write(text)
        else:
            self.getattr(file, "write")(text)

    def namespace(self, extra: Mapping[str, Any]) -> dict[str, Any]:
        """The globals of a fresh run.

        Args:
            extra: Skills and their errors, by name.
        """
        built_in = {name: getattr(builtins, name) for name in (*rules.BUILTIN_NAMES, *rules.EXCEPTION_NAMES)}
        # Plain functions: `copy` could reach what a method is bound to.
        for name, own in {
            "getattr": self.getattr_builtin,
            "hasattr": self.hasattr,
            "setattr": self.setattr,
            "delattr": self.delattr,
            "print": self.print,
            "vars": self.vars,
            "dir": self.dir,
        }.items():
            built_in[name] = _plain(own, name)
        built_in.update(
            type=_stand_in_for_type(self),
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
            "_write_": self.write_items,
            "_write_attribute_": self.write_attribute,
            "_inplacevar_": _inplace,
            "_check_pattern_": lambda kind, names, count: check_pattern(self.own, kind, names, count),
            "_pattern_value_": Held,
            **extra,
        }


_SELF: Callable[[Any], Any] = super.__dict__["__self__"].__get__
"""Of a `super` object; asked for by name, a class in between could answer."""


def _behind(ob: Any) -> Any:
    return _SELF(ob) if type(ob) is super else ob


def _method_of(owner: type, function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        if owner not in type.__dict__["__mro__"].__get__(type(self)):
            raise TypeError(f"{function.__name__}() is for {owner.__name__} objects")
        return function(self, *args, **kwargs)

    method.__name__ = method.__qualname__ = function.__name__
    method.__doc__ = function.__doc__
    return method


_WATCHED = frozenset({"register", "obj", "name_from", "set_state", "get_state"})

_SPECIAL: dict[str, Callable[[Guards, Any], Any]] = {
    "__class__": Guards._read_class,
    "__module__": Guards._read_module,
    "__dict__": Guards._read_dict,
    "__annotations__": Guards._read_annotations,
    "__members__": Guards._read_members,
    "__wrapped__": Guards._read_wrapped,
    "__setattr__": Guards._read_setattr,
    "__delattr__": Guards._read_delattr,
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


def _checked_name(name: Any) -> str:
    if type(name) is not str:
        raise TypeError("attribute name must be a plain string")
    special = name.startswith("__") and name.endswith("__")
    if special or name in rules.GUARD_NAMES or name in _DENIED:
        raise AttributeError(f"the attribute {name!r} may not be set")
    return name


def _is_namedtuple_method(ob: Any, name: str) -> bool:
    is_tuple = isinstance(ob, tuple) or (isinstance(ob, type) and issubclass(ob, tuple))
    return is_tuple and name in rules.NAMEDTUPLE_METHODS


def _plain(method: Any, name: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        return method(*args, **kwargs)

    function.__name__ = function.__qualname__ = name
    return function


def _stand_in_for_type(guards: Guards) -> type:
    """What programs have as `type`: the same one each time."""
    if "_type" not in guards.__dict__:
        guards.__dict__["_type"] = type_stand_in(guards.type)
    made: type = guards.__dict__["_type"]
    return made


def _exit(code: Any = None) -> None:
    """End the program."""
    raise SystemExit(code)


def hint_for(error: BaseException) -> str:
    """What an uncaught error's text may add: names near the one that was looked for, or nothing."""
    if type(error) is not AttributeError or type(error.name) is not str or isinstance(error.obj, ModuleProxy):
        return ""
    known = [name for name in builtins.dir(error.obj) if name[:1] != "_" and name not in _DENIED]
    if is_array_like(type(error.obj)):
        known = [name for name in known if name in rules.ARRAY_ATTRIBUTES]
    near = near_names(error.name, known)
    return f"; did you mean {' or '.join(near)}?" if near else ""


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

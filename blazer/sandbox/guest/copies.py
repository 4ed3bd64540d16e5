"""`copy` and what else copies objects, for programs: `copy`, `deepcopy`, `replace`, `asdict`, `astuple`.

Covers: plain data, containers, arrays, instances of the program's own classes. What a program cannot
change is shared, as it cannot tell the difference. Does not cover: anything else, which is refused.

The library's versions ask an object how it wants to be made and set whatever attributes it says, with a
memo in which the real dicts of objects lie about. Here nothing is asked but the program's own `__copy__`
and `__deepcopy__`, and the memo has only what the program has anyway.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import re
import sys
import types
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from collections.abc import Callable
from typing import Any

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

from blazer.sandbox.guest import policy_rules as rules
from blazer.sandbox.guest.classes import OwnTypes, is_array_like
from blazer.sandbox.guest.instances import InstanceDict, is_special

_DENIED = INSPECT_ATTRIBUTES | rules.DENIED_ATTRIBUTES
_SHARED = frozenset(
    {type(None), type(...), type(NotImplemented), bool, int, float, complex, str, bytes, range, slice}
    | {property, staticmethod, classmethod, types.BuiltinFunctionType, types.MethodDescriptorType}
    | {types.FunctionType, types.GenericAlias, types.UnionType, type(functools.lru_cache(len))}
    | {re.Pattern, re.Match}
)
_PLAIN_CLASSES = (UserDict, UserList, ChainMap)
"""Of the library, in Python, with nothing in them but their contents."""
_BASES: tuple[Any, ...] = (list, tuple, dict, set, frozenset, int, float, str, bytearray, deque)
Memo = dict[int, Any]


class Copier:
    """The copies of one program's objects.

    Args:
        own: The classes that it made.
    """

    def __init__(self, own: OwnTypes) -> None:
        self._own = own
        self._memos: list[tuple[Memo, list[Any]]] = []
        """Of the copies under way, each with what must live as long as it."""

    def functions(self, module: str) -> dict[str, Callable[..., Any]]:
        """What a module offers of it; plain functions, which lead nowhere."""

        def copy(x: Any) -> Any:
            """A shallow copy."""
            return self._shallow(x)

        def deepcopy(x: Any, memo: Any = None) -> Any:
            """A copy of an object and all that is in it."""
            return self._start(x, memo)

        def replace(obj: Any, /, **changes: Any) -> Any:
            """A dataclass's object with other values."""
            return dataclasses.replace(self._dataclass(obj, "replace"), **changes)

        def asdict(obj: Any, *, dict_factory: Callable[[list[tuple[str, Any]]], Any] = dict) -> Any:
            """A dataclass's object as a dict."""
            return self._as(self._dataclass(obj, "asdict"), dict_factory, None)

        def astuple(obj: Any, *, tuple_factory: Callable[[list[Any]], Any] = tuple) -> Any:
            """A dataclass's object as a tuple."""
            return self._as(self._dataclass(obj, "astuple"), None, tuple_factory)

        if module == "copy":
            return {"copy": copy, "deepcopy": deepcopy}
        return {"replace": replace, "asdict": asdict, "astuple": astuple}

    # -- dataclasses --

    def _dataclass(self, ob: Any, what: str) -> Any:
        if isinstance(ob, type) or not self._is_dataclass(ob):
            raise TypeError(f"{what}() should be called on instances of the program's own dataclasses")
        return ob

    def _is_dataclass(self, ob: Any) -> bool:
        return self._own.owns_class(type(ob)) and dataclasses.is_dataclass(type(ob))

    def _as(self, ob: Any, as_dict: Any, as_tuple: Any) -> Any:
        kind: Any = type(ob)
        if self._is_dataclass(ob):
            names = [field.name for field in dataclasses.fields(ob)]
            values = [self._as(getattr(ob, name), as_dict, as_tuple) for name in names]
            return as_tuple(values) if as_dict is None else as_dict(list(zip(names, values, strict=True)))
        if kind is list or issubclass(kind, tuple):
            values = [self._as(item, as_dict, as_tuple) for item in kind.__iter__(ob)]
            return values if kind is list else tuple.__new__(kind, values)
        if kind is dict:
            return {
                self._as(key, as_dict, as_tuple): self._as(item, as_dict, as_tuple)
                for key, item in ob.items()
            }
        return self._start(ob, None)

    # -- copies --

    def _start(self, ob: Any, memo: Any) -> Any:
        if memo is not None:
            if not any(mine is memo for mine, _ in self._memos):
                raise TypeError("deepcopy makes its own memo: leave it out, or pass on that of __deepcopy__")
            return self._deep(ob, memo)
        made: Memo = {}
        self._memos.append((made, []))
        try:
            return self._deep(ob, made)
        finally:
            self._memos.pop()

    def _deep(self, ob: Any, memo: Memo) -> Any:
        if self._is_shared(ob):
            return ob
        if id(ob) in memo:
            return memo[id(ob)]
        for mine, alive in self._memos:
            if mine is memo:
                alive.append(ob)  # or its number could be another's
        hook = self._hook(type(ob), "__deepcopy__")
        if hook is not None:
            made = memo[id(ob)] = hook(ob, memo)
            return made

        def inner(part: Any) -> Any:
            return self._deep(part, memo)

        return self._copy(ob, inner, lambda made: memo.__setitem__(id(ob), made))

    def _shallow(self, ob: Any) -> Any:
        if self._is_shared(ob):
            return ob
        hook = self._hook(type(ob), "__copy__")
        return self._copy(ob, None, lambda made: None) if hook is None else hook(ob)

    def _hook(self, kind: type, name: str) -> Any:
        """A program's own way to copy; a library's class is not asked."""
        for base in kind.__mro__:
            if name in vars(base):
                return getattr(kind, name) if self._own.owns_class(base) else None
        return None

    def _is_shared(self, ob: Any) -> bool:
        """Whether a program cannot change this, or takes it for one thing in all places."""
        kind = type(ob)
        if kind in _SHARED or isinstance(ob, (type, enum.Enum)):
            return True
        if kind in _OF or self._own.owns_class(kind):
            return False
        if kind is types.MethodType:
            return not self._own.owns(ob.__self__)
        return issubclass(kind, BaseException) or not _read_only().isdisjoint(kind.__mro__)

    def _copy(self, ob: Any, inner: Callable[[Any], Any] | None, made_it: Callable[[Any], None]) -> Any:
        """A copy, with its parts copied by `inner` where there is one."""
        each = inner or (lambda part: part)
        kind = type(ob)
        if kind is object:
            return object()
        if kind is InstanceDict:
            return self._copy(dict.copy(ob), inner, made_it)
        if kind is types.MethodType:
            of = each(ob.__self__)
            if type(of) is not type(ob.__self__):
                raise TypeError("cannot copy a method of an object whose copy is of another class")
            return types.MethodType(ob.__func__, of)
        if kind is functools.partial:
            return functools.partial(
                ob.func, *map(each, ob.args), **{name: each(item) for name, item in ob.keywords.items()}
            )
        if is_array_like(kind):
            return _array(ob, inner)
        if not (kind in _OF or self._own.owns_class(kind) or kind in _PLAIN_CLASSES or _is_named(kind)):
            raise TypeError(
                f"cannot copy a {kind.__name__}; copy takes plain data, containers, arrays and objects of"
                " the program's own classes"
            )
        if issubclass(kind, (tuple, frozenset)):
            base: Any = tuple if issubclass(kind, tuple) else frozenset
            parts = [each(part) for part in base.__iter__(ob)]
            if kind is tuple and all(a is b for a, b in zip(parts, ob, strict=True)):
                return ob
            made = base.__new__(kind, parts)
        else:
            made = self._empty(ob, kind)
        if type(made) is not kind:
            raise TypeError(f"{kind.__name__}.__new__ must return a {kind.__name__} to be copied")
        made_it(made)
        _fill(made, ob, each)
        self._fill_attributes(made, ob, each, shallow=inner is None)
        return made

    def _empty(self, ob: Any, kind: type) -> Any:
        if issubclass(kind, defaultdict):
            return defaultdict.__new__(kind)
        for base in _BASES:
            if issubclass(kind, base) and base in (int, float, str):
                return base.__new__(kind, getattr(base, _PLAINLY[base])(ob))
        if issubclass(kind, BaseException):
            return next(b for b in kind.__mro__ if not self._own.owns_class(b)).__new__(kind, *ob.args)
        if any("__new__" in vars(base) for base in kind.__mro__ if self._own.owns_class(base)):
            return kind.__new__(kind)
        bases: tuple[Any, ...] = (OrderedDict, *_BASES)
        for base in bases:
            if issubclass(kind, base):
                return base.__new__(kind)
        return object.__new__(kind)

    def _fill_attributes(self, made: Any, ob: Any, each: Callable[[Any], Any], *, shallow: bool) -> None:
        kind = type(ob)
        if not (self._own.owns_class(kind) or kind in _PLAIN_CLASSES):
            return
        for base in kind.__mro__:
            if not self._own.owns_class(base):
                continue
            for name, slot in list(vars(base).items()):
                if type(slot) is types.MemberDescriptorType and slot.__objclass__ is base:
                    _fill_slot(slot, name, made, ob, each)
        values = _attributes(ob)
        if values is None:
            return
        fresh = _attributes(made)
        for name, value in list(values.items()):
            if is_special(name) or name in _DENIED:
                continue  # `__orig_class__`, and nothing that a program set
            if shallow and issubclass(kind, _PLAIN_CLASSES) and name in ("data", "maps"):
                fresh[name] = _contents(value, name)
            else:
                fresh[name] = each(value)


_OF = frozenset(
    {list, tuple, dict, set, frozenset, bytearray, deque, defaultdict, OrderedDict, Counter, InstanceDict}
)
_PLAINLY: dict[type, str] = {int: "__int__", float: "__float__", str: "__str__"}


def _is_named(kind: type) -> bool:
    return issubclass(kind, tuple) and kind.__base__ is tuple and "_fields" in vars(kind)


def _attributes(ob: Any) -> Any:
    try:
        return object.__getattribute__(ob, "__dict__")
    except AttributeError:
        return None


def _contents(value: Any, name: str) -> Any:
    if name == "maps" and type(value) is list and value:
        return [dict(value[0]) if type(value[0]) is dict else value[0], *value[1:]]
    return value.copy() if type(value) in (dict, list) else value


def _fill_slot(slot: Any, name: str, made: Any, ob: Any, each: Callable[[Any], Any]) -> None:
    if is_special(name) or name in _DENIED:
        return
    try:
        value = slot.__get__(ob)
    except AttributeError:
        return  # never set
    slot.__set__(made, each(value))


def _fill(made: Any, ob: Any, each: Callable[[Any], Any]) -> None:
    """Put the contents of a container into its copy, by the built-in type's own methods."""
    kind = type(ob)
    if issubclass(kind, list):
        for part in list(list.__iter__(ob)):
            list.append(made, each(part))
    elif issubclass(kind, dict):
        if issubclass(kind, defaultdict):
            made.default_factory = ob.default_factory
        put: Any = OrderedDict.__setitem__ if issubclass(kind, OrderedDict) else dict.__setitem__
        items: Any = OrderedDict.items if issubclass(kind, OrderedDict) else dict.items
        for key, item in list(items(ob)):
            put(made, each(key), each(item))
    elif issubclass(kind, set):
        for part in list(set.__iter__(ob)):
            set.add(made, each(part))
    elif issubclass(kind, bytearray):
        bytearray.extend(made, bytearray.__getitem__(ob, slice(None)))
    elif issubclass(kind, deque):
        deque.__init__(made, [], ob.maxlen)
        for part in list(deque.__iter__(ob)):
            deque.append(made, each(part))


def _array(ob: Any, inner: Callable[[Any], Any] | None) -> Any:
    """An array's numbers copied, and the objects in one of objects as any others."""
    numpy = sys.modules["numpy"]
    kind = type(ob)
    if issubclass(kind, numpy.generic):
        return ob
    if kind is not numpy.ndarray:
        raise TypeError(f"cannot copy a {kind.__name__}; make it an array: np.array(...)")
    made = ob.copy()
    if ob.dtype.hasobject and inner is not None:
        if ob.dtype.kind != "O":
            raise TypeError("cannot copy an array of records that hold objects; keep them in a list")
        flat = made.reshape(-1)  # a view
        for place, item in enumerate(ob.flat):
            flat[place] = inner(item)
    return made


@functools.lru_cache(1)
def _guest_classes() -> frozenset[type]:
    from blazer.sandbox.guest import classes, proxies, stand_ins, stubs, texts  # noqa: PLC0415  (they import this)

    return frozenset(
        {proxies.ModuleProxy, proxies.Pieces, classes.AbstractMeta, classes.Held, stand_ins.FieldView}
        | {texts.TextOut, texts.Logger, stubs.Snapshot, stubs.Object, stubs.Gripper}
    )


def _read_only() -> frozenset[type]:
    """Classes whose objects nobody changes, of those modules that are in use."""
    found = set(_guest_classes())
    for module, names in (
        ("decimal", ("Decimal",)),
        ("fractions", ("Fraction",)),
        ("numpy", ("dtype", "ufunc")),
    ):
        if module in sys.modules:
            found |= {getattr(sys.modules[module], name) for name in names}
    return frozenset(found)

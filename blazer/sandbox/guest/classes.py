"""Which classes are the program's own, how they are made, and what stands in for those that are not.

Covers: class statements, the functional way to enumerations, `type(x)`. Does not cover: what may be
read or written of an object; see `runtime.py`.

A program never holds a metaclass, nor the class of a function, module, generator or alias: with the
first it could make classes past the checks here, with the others wrap an object so that the guards take
it for another. It gets a stand-in that compares, prints and checks like the class and makes nothing.
"""

from __future__ import annotations

import abc
import collections
import collections.abc
import contextlib
import enum
import json
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

from blazer.sandbox.guest import policy_rules as rules
from blazer.sandbox.guest.exports import MODULE_EXPORTS

_BUILT_IN_BASES = frozenset(
    {object, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset}
)
"""Absent on purpose: `super`, `property` and the like, whose subclasses the guards would not know."""
_PLAIN_BUILTINS = frozenset(
    {
        int,
        float,
        complex,
        bool,
        str,
        bytes,
        bytearray,
        list,
        tuple,
        dict,
        set,
        frozenset,
        range,
        slice,
        object,
    }
    | {type(None), type(...), type(NotImplemented), enumerate, zip, map, filter, reversed}
    | {property, staticmethod, classmethod}
)


RAW_DESCRIPTORS = (types.GetSetDescriptorType, types.MemberDescriptorType)
"""What stands behind an attribute that is written in C; in another class it goes past the names."""


class OwnTypes:
    """The classes that the running program made: these, and not any that say they are of its module."""

    def __init__(self) -> None:
        self._types: set[type] = set()
        self._being_made = 0
        # A text of its own: a class that is being made is known by this very object.
        self._module = "".join(["__", "main", "__"])

    def add(self, made: type) -> None:
        """Remember a class as the program's own."""
        self._types.add(made)

    def owns(self, ob: object) -> bool:
        """Whether `ob` is such a class or an instance of one."""
        return self._made(type(ob)) or (isinstance(ob, type) and self._made(ob))

    def owns_class(self, ob: object) -> bool:
        """Whether `ob` is such a class."""
        return isinstance(ob, type) and self._made(ob)

    @contextlib.contextmanager
    def making(self, namespace: dict[str, Any]) -> Iterator[None]:
        """While a class is made of this namespace, it is the program's own: `__init_subclass__` has it."""
        namespace["__module__"] = self._module
        self._being_made += 1
        try:
            yield
        finally:
            self._being_made -= 1

    def _made(self, kind: type) -> bool:
        if kind in self._types:
            return True
        return self._being_made > 0 and vars(kind).get("__module__") is self._module


class AbstractMeta:
    """What a program gets as `abc.ABCMeta`: good for `class A(metaclass=ABCMeta)` and nothing else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<class 'abc.ABCMeta'>"

    def __copy__(self) -> AbstractMeta:
        return self

    def __deepcopy__(self, memo: Any) -> AbstractMeta:
        return self


ABSTRACT_META = AbstractMeta()


class ClassMaker:
    """Stands in as the metaclass of every class of a program, and picks the real one."""

    __slots__ = ("_own",)

    def __init__(self, own: OwnTypes) -> None:
        self._own = own

    def __prepare__(self, name: str, bases: tuple[type, ...], /, **keywords: Any) -> Any:
        bases = self._bases(bases, keywords)
        return types.prepare_class(name, bases)[1]

    def __call__(
        self, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **keywords: Any
    ) -> type:
        bases = self._bases(bases, keywords)
        for base in bases:
            check_base(self._own, base)
        _check_namespace(namespace)
        metaclass = types.prepare_class(name, bases)[0]
        with self._own.making(namespace):
            made: type = metaclass(name, bases, namespace, **keywords)
        self._own.add(made)
        return made

    @staticmethod
    def _bases(bases: tuple[type, ...], keywords: dict[str, Any]) -> tuple[type, ...]:
        """The bases, with `metaclass=ABCMeta` made into one."""
        wanted = keywords.pop(rules.METACLASS_KEYWORD, None)
        if wanted is None:
            return bases
        if wanted is not ABSTRACT_META:
            raise TypeError("the only metaclass for programs is abc.ABCMeta: derive from a class instead")
        return bases if any(isinstance(base, abc.ABCMeta) for base in bases) else (*bases, abc.ABC)


def may_derive(own: OwnTypes, base: Any) -> bool:
    """Whether a program's class may have this base."""
    is_plain = isinstance(base, type) and not issubclass(base, type)
    known = is_plain and (
        own.owns_class(base)
        or base in _BUILT_IN_BASES
        or base in _LIBRARY_BASES
        or type(base) is ProgramEnumType
        or issubclass(base, (tuple, BaseException))
    )
    return known and type(base) in _METACLASSES


def check_base(own: OwnTypes, base: Any) -> None:
    """Refuse a base that a program's class may not have.

    Raises:
        TypeError: if so.
    """
    if not may_derive(own, base):
        raise TypeError(f"a program's class may not derive from {getattr(base, '__name__', base)!r}")


def _check_namespace(namespace: dict[str, Any]) -> None:
    """The rewriter saw every name of a class body; this is for those that came another way."""
    for name in namespace:
        if type(name) is not str:
            raise TypeError(f"{name!r} cannot be the name of an attribute")
        if name.startswith("__") and name.endswith("__") and name not in rules.NAMESPACE_NAMES:
            raise TypeError(f"a program's class may not define {name!r}")
    for value in namespace.values():
        if type(value) in RAW_DESCRIPTORS:
            raise TypeError(f"a program's class may not hold {value!r}")
    if "__slots__" in namespace:
        namespace["__slots__"] = _plain_slots(namespace["__slots__"])
    if "__match_args__" in namespace:
        _plain_match_args(namespace["__match_args__"])
    if "__new__" in namespace:
        namespace["__new__"] = _of_its_class(namespace["__new__"])
    fallback = namespace.get("__getattr__")
    if fallback is not None:
        namespace["__getattr__"] = _without_special_names(fallback)


def _plain_slots(slots: Any) -> tuple[str, ...]:
    """A copy of `__slots__` that says the same thing each time it is asked."""
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    for name in names:
        if type(name) is not str:
            raise TypeError(f"__slots__ items must be plain strings, not {type(name).__name__}")
        if name.startswith("__") and name not in ("__dict__", "__weakref__"):
            raise TypeError(f"a slot may not be called {name!r}")
    return names


def _plain_match_args(names: Any) -> tuple[str, ...]:
    """`__match_args__` if it is what patterns take; anything else could change between two looks at it."""
    if type(names) is not tuple or any(type(name) is not str for name in names):
        raise TypeError("__match_args__ must be a tuple of plain strings")
    return names


def _of_its_class(new: Any) -> Any:
    """A program's `__new__` that gives nothing but instances of the class it is asked for.

    Callers in the library write the attributes of whatever they get.
    """
    real = new.__func__ if type(new) is staticmethod else new
    if type(real) is not types.FunctionType:
        raise TypeError("__new__ must be a function")

    def __new__(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
        made = real(cls, *args, **kwargs)
        if not isinstance(cls, type) or cls not in type(made).__mro__:
            wanted = getattr(cls, "__name__", "the class")
            raise TypeError(
                f"__new__ must return an instance of {wanted}, not of {type(made).__name__}; use a function"
            )
        return made

    __new__.__doc__ = real.__doc__
    return __new__


def _without_special_names(fallback: Any) -> Any:
    """A program's `__getattr__` that is not asked for what only the interpreter and numpy ask for."""

    def __getattr__(self: Any, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return fallback(self, name)

    return __getattr__


_ENUM_PRIVATE = frozenset({"_value_", "_name_", "_missing_", "_generate_next_value_", "_ignore_", "_order_"})
"""What the documentation of enumerations has programs read; the others make classes and write modules."""


def private_of_program(own: OwnTypes, ob: Any, name: str) -> bool:
    """Whether a name such as `_count` of a program's own object is one that the program gave it.

    The library keeps names of that form in the same places: `_convert_` of every enumeration writes the
    namespace of any module, `_abc_impl` of every abstract class is not for anyone.
    """
    kind = ob if isinstance(ob, type) else type(ob)
    if name.endswith("_") and issubclass(kind, enum.Enum):
        return name in _ENUM_PRIVATE
    if name.startswith("_abc_"):
        return False
    if not isinstance(ob, type) and name in _instance_names(ob):
        return True
    for base in type.__dict__["__mro__"].__get__(kind):
        if own.owns_class(base) and name in type.__dict__["__dict__"].__get__(base):
            return True
    # Nobody's: what the program's own `__getattr__` answers, or an error that says that there is none.
    return not hasattr(type(kind), name) and not any(
        name in type.__dict__["__dict__"].__get__(base) for base in type.__dict__["__mro__"].__get__(kind)
    )


def _instance_names(ob: Any) -> Mapping[str, Any]:
    try:
        found = object.__getattribute__(ob, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


# --- patterns ----------------------------------------------------------------------------------


def check_pattern(own: OwnTypes, kind: Any, named: tuple[str, ...], positional: int) -> Any:
    """The class that a pattern names, if the pattern may look at what it looks at.

    A class pattern reads attributes of its subject without a guard, so it may do so only where the
    subject can only be the program's own object.

    Raises:
        TypeError: if it may not.
    """
    if not isinstance(kind, type) or not (type(kind) in _METACLASSES or type(kind) is StandInType):
        raise TypeError("a class pattern needs a class")
    takes_itself = positional == 1 and not own.owns_class(kind) and kind in _PLAIN_BUILTINS
    names = list(named)
    if positional and not takes_itself:
        # As the match statement will find them; the library's rules keep anyone from setting them later.
        found = [vars(base)["__match_args__"] for base in kind.__mro__ if "__match_args__" in vars(base)]
        names += _plain_match_args(found[0] if found else ())[:positional]
    if not names:
        return kind
    ours = own.owns_class(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))
    if not ours or type(kind) is type(typing.Protocol):
        raise TypeError("a pattern may look at attributes of the program's own classes only; use if")
    for name in names:
        if type(name) is not str:
            raise TypeError("a pattern takes plain strings as names")
        special = name.startswith("_") and name.endswith("_") and name != "_"
        of_text = issubclass(kind, str) and name in ("format", "format_map")
        of_error = issubclass(kind, BaseException) and name in ("obj", "name_from")
        denied = name in INSPECT_ATTRIBUTES or name in rules.DENIED_ATTRIBUTES
        if special or denied or of_text or of_error:
            raise TypeError(f"a pattern may not look at {name!r}; use if")
    return kind


class Held:
    """A value that a pattern compares with; `case Side.LEFT` becomes `case held.value`."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


# --- type(x) -----------------------------------------------------------------------------------


class StandInType(type):
    """Metaclass of stand-ins: named like the class they stand for, and no way to make anything."""

    def __call__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"programs cannot make {cls.__name__!r} objects this way")

    def __instancecheck__(cls, ob: Any) -> bool:
        return isinstance(ob, _REAL[cls])

    def __getitem__(cls, parameters: Any) -> type:
        return cls  # `np.ndarray[Any, Any]`, in annotations

    def __repr__(cls) -> str:
        return f"<class {cls.__name__!r}>"


class TypeStandInType(StandInType):
    """Metaclass of what programs have as `type`: it tells an object's class, and makes none."""

    def __call__(cls, *args: Any) -> Any:
        return _TELLS[cls](*args)


_TELLS: dict[type, Callable[..., Any]] = {}
_REAL: dict[type, type] = {}
_STAND_INS: dict[type, type] = {}


def stand_in(kind: type) -> type:
    """The class that a program gets instead of `kind`; always the same one."""
    if kind not in _STAND_INS:
        made = StandInType(kind.__name__, (), {"__slots__": (), "__module__": "builtins"})
        _STAND_INS[kind] = made
        _REAL[made] = kind
    return _STAND_INS[kind]


def type_stand_in(tells: Callable[..., Any]) -> type:
    """What a program has as `type`: good for `type(x)`, `isinstance(x, type)` and `type[X]`.

    Args:
        tells: Answers `type(x)`.
    """
    made = TypeStandInType("type", (), {"__slots__": (), "__module__": "builtins"})
    _REAL[made], _TELLS[made] = type, tells
    return made


def is_harmless_class(own: OwnTypes, kind: type, offered: Iterable[type]) -> bool:
    """Whether a program may hold this class: it made it, could name it anyway, or it is plain data's."""
    return (
        kind in _PLAIN_BUILTINS
        or own.owns_class(kind)
        or type(kind) is ProgramEnumType
        or issubclass(kind, BaseException)
        or kind in offered
        or isinstance(kind, StandInType)
        or issubclass(kind, tuple)
    )


def is_array_like(kind: type) -> bool:
    """Whether this is the class of a numpy array or scalar: by identity, since a program picks names."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and any(base is numpy.ndarray or base is numpy.generic for base in kind.__mro__)


# --- enumerations ------------------------------------------------------------------------------


class ProgramEnumType(enum.EnumType):
    """Enumerations whose functional form (`Enum("E", names)`) cannot smuggle special names in."""

    def __call__(cls, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not (args or kwargs) or cls._member_map_:
            return super().__call__(value, *args, **kwargs)
        names = args[0] if args else kwargs.pop("names", None)
        if len(args) > 1 or set(kwargs) - {"start", "type", "module", "qualname"}:
            raise TypeError("write the enumeration as a class")
        if kwargs.get("type", int) not in (int, float, str):
            raise TypeError("the type of an enumeration is int, float or str")
        kwargs.update(module="__main__", qualname=str(value))
        return super().__call__(str(value), _member_names(names), **kwargs)

    def __instancecheck__(cls, ob: Any) -> bool:
        return isinstance(ob, enum.Enum) if cls is PROGRAM_ENUMS["Enum"] else super().__instancecheck__(ob)

    def __subclasscheck__(cls, kind: Any) -> bool:
        if cls is PROGRAM_ENUMS["Enum"] and isinstance(kind, type):
            return issubclass(kind, enum.Enum)
        return super().__subclasscheck__(kind)


def _member_names(names: Any) -> Any:
    """A plain copy of what a functional enumeration was given."""
    if isinstance(names, str):
        names = names.replace(",", " ").split()
    if isinstance(names, Mapping):
        names = list(names.items())
    plain: list[Any] = []
    for item in names:
        name, *rest = (item,) if isinstance(item, str) else tuple(item)
        name = "".join(name) if isinstance(name, str) else name
        if type(name) is not str or not name.isidentifier() or name.startswith("_"):
            raise ValueError(f"{name!r} cannot be the name of a member")
        plain.append((name, rest[0]) if rest else name)
    return plain


def _program_enum(name: str) -> type:
    base = getattr(enum, name)
    namespace = ProgramEnumType.__prepare__(name, (base,))
    namespace["__module__"] = "enum"
    return ProgramEnumType(name, (base,), namespace)


PROGRAM_ENUMS: dict[str, type] = {}
for _name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"):
    PROGRAM_ENUMS[_name] = _program_enum(_name)


def _offered_classes(*modules: types.ModuleType) -> frozenset[type]:
    offered = [getattr(module, name, None) for module in modules for name in MODULE_EXPORTS[module.__name__]]
    return frozenset(value for value in offered if isinstance(value, type))


_LIBRARY_BASES = _offered_classes(enum, abc, typing, collections, collections.abc) | {
    json.JSONEncoder,
    *types.resolve_bases((typing.NamedTuple, typing.TypedDict)),
}
"""Classes that a program's may derive from, beside its own and the built-in ones: these very classes,
for the name of a module is nothing but a text that a program can choose."""
_METACLASSES: frozenset[type] = frozenset(
    {type, abc.ABCMeta, enum.EnumType, ProgramEnumType, typing.NamedTupleMeta, type(typing.Any)}  # type: ignore[attr-defined]
    | {type(typing.Protocol), type(typing._TypedDict)}
)

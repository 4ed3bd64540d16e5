"""Library functions that programs get in a version of our own.

Each of them, as the library has it, writes attributes of whatever it is given or copies them from one
object to another unguarded: `wraps(g, assigned=(), updated=("gi_frame",))` reads any attribute of
anything, `lru_cache(str).format` is `str.format`, and `dataclass` runs the names of annotations as code.
"""

from __future__ import annotations

import abc
import contextlib
import dataclasses
import functools
import re
import sys
import types
import typing
from collections.abc import Callable
from typing import Any

from blazer.sandbox.guest import copies, stand_ins, texts
from blazer.sandbox.guest.classes import ABSTRACT_META, PROGRAM_ENUMS, OwnTypes, stand_in
from blazer.sandbox.guest.instances import is_special
from blazer.sandbox.guest.queues import QUEUES

_MAX_RECURSION = 5000


def is_program_function(ob: Any, filename: str) -> bool:
    """Whether a program's own text made this function."""
    return type(ob) is types.FunctionType and ob.__code__.co_filename == filename


class Replacements:
    """The versions for one run.

    Args:
        own: The classes that the program made.
        filename: What its code says it came from.
        write: Takes printed text.
    """

    def __init__(self, own: OwnTypes, filename: str, write: Callable[[str], None]) -> None:
        self._own, self._filename, self._write = own, filename, write
        self._copier = copies.Copier(own)

    def of(self, module: str) -> dict[str, Any]:
        """Those of one module, by name."""
        makers: dict[str, Callable[[], dict[str, Any]]] = {
            "functools": self._functools,
            "dataclasses": self._dataclasses,
            "copy": lambda: dict(self._copier.functions("copy")),
            "contextlib": self._contextlib,
            "abc": self._abc,
            "enum": self._enum,
            "typing": self._typing,
            "sys": self._sys,
            "types": self._types,
            "pprint": self._pprint,
            "warnings": self._warnings,
            "logging": self._logging,
            "queue": lambda: dict(QUEUES),
            "traceback": self._traceback,
        }
        return makers[module]() if module in makers else {}

    def _is_function(self, ob: Any) -> bool:
        return is_program_function(ob, self._filename)

    def _own_class(self, kind: Any, what: str) -> Any:
        if not self._own.owns_class(kind):
            raise TypeError(f"{what} is for the program's own classes")
        return kind

    def _plain(self, function: Any) -> Any:
        """`function` itself if the program wrote it, or one that calls it."""
        if self._is_function(function):
            return function
        if not callable(function):
            raise TypeError(f"{type(function).__name__!r} object is not callable")

        def call(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return call

    def _functools(self) -> dict[str, Any]:
        def update_wrapper(wrapper: Any, wrapped: Any, *_ignored: Any, **_also: Any) -> Any:
            """Make a wrapper look like what it wraps."""
            if self._is_function(wrapper) or self._own.owns(wrapper):
                for name in ("__name__", "__qualname__", "__doc__"):
                    text = getattr(wrapped, name, None)
                    if type(text) is str:
                        setattr(wrapper, name, text)
                if self._is_function(wrapped) and self._is_function(wrapper):
                    wrapper.__dict__.update(wrapped.__dict__)
                if self._is_function(wrapper):
                    wrapper.__wrapped__ = wrapped
            return wrapper

        def wraps(wrapped: Any, *_ignored: Any, **_also: Any) -> Callable[[Any], Any]:
            """Decorator that makes a wrapper look like what it wraps."""
            return lambda wrapper: update_wrapper(wrapper, wrapped)

        def lru_cache(maxsize: Any = 128, typed: bool = False) -> Any:
            """Remember results by arguments."""
            if callable(maxsize):
                return functools.lru_cache(128, typed)(self._plain(maxsize))
            return lambda function: functools.lru_cache(maxsize, typed)(self._plain(function))

        def cache(function: Any) -> Any:
            """Remember results by arguments, without a bound."""
            return functools.lru_cache(None)(self._plain(function))

        def total_ordering(kind: Any) -> Any:
            """Fill in the comparisons that a class leaves out."""
            return functools.total_ordering(self._own_class(kind, "total_ordering"))

        return {
            "cached_property": stand_ins.cached_property_of(self._own),
            "update_wrapper": update_wrapper,
            "wraps": wraps,
            "lru_cache": lru_cache,
            "cache": cache,
            "total_ordering": total_ordering,
        }

    def _dataclasses(self) -> dict[str, Any]:
        def dataclass(kind: Any = None, /, **options: Any) -> Any:
            """Decorator that gives a class of fields its usual methods."""

            def decorate(kind: Any) -> Any:
                _check_fields(self._own_class(kind, "dataclass"))
                _check_shared(kind)
                # The text of its methods is executed in the module that the class says it is from.
                vars(sys.modules["__main__"]).setdefault("__builtins__", dict(_GENERATED_BUILTINS))
                made = dataclasses.dataclass(**options)(kind)
                self._own.add(made)
                return made

            return decorate if kind is None else decorate(kind)

        def fields(kind: Any) -> tuple[stand_ins.FieldView, ...]:
            """The fields of a dataclass, to be read."""
            return tuple(stand_ins.FieldView(field) for field in dataclasses.fields(kind))

        return {"dataclass": dataclass, "fields": fields, **self._copier.functions("dataclasses")}

    def _contextlib(self) -> dict[str, Any]:
        def contextmanager(function: Any) -> Any:
            """Decorator that makes a context manager of a generator function."""
            return contextlib.contextmanager(self._plain(function))

        return {"contextmanager": contextmanager}

    def _abc(self) -> dict[str, Any]:
        def abstractmethod(function: Any) -> Any:
            """Decorator for methods that subclasses have to define."""
            if self._is_function(function) or isinstance(function, (classmethod, staticmethod)):
                return abc.abstractmethod(function)
            raise TypeError("abstractmethod is for methods; write it below @property")

        return {"abstractmethod": abstractmethod, "ABCMeta": ABSTRACT_META}

    def _enum(self) -> dict[str, Any]:
        return dict(PROGRAM_ENUMS)

    def _typing(self) -> dict[str, Any]:
        def runtime_checkable(kind: Any) -> Any:
            """Let isinstance() look whether an object has the methods of a protocol."""
            return typing.runtime_checkable(self._own_class(kind, "runtime_checkable"))

        def same(ob: Any) -> Any:
            """For readers only."""
            return ob

        return {"runtime_checkable": runtime_checkable, "final": same, "no_type_check": same}

    def _sys(self) -> dict[str, Any]:
        def setrecursionlimit(limit: int) -> None:
            """Deeper recursion, as far as the sandbox has stack for it."""
            sys.setrecursionlimit(max(200, min(int(limit), _MAX_RECURSION)))

        stream = texts.TextOut(self._write)
        return {
            "setrecursionlimit": setrecursionlimit,
            "stdout": stream,
            "stderr": stream,
            "argv": ["program.py"],
            "platform": "linux",
        }

    def _types(self) -> dict[str, Any]:
        made = stand_ins.simple_namespace()
        self._own.add(made)
        return {"SimpleNamespace": made}

    def _pprint(self) -> dict[str, Any]:
        import pprint as real  # noqa: PLC0415  (rarely asked for)

        def pprint(ob: Any, stream: Any = None, **options: Any) -> None:
            """Print, with long containers over several lines."""
            self._write(real.pformat(ob, **options) + "\n")

        return {"pprint": pprint, "pp": pprint}

    def _warnings(self) -> dict[str, Any]:
        def warn(message: Any, category: Any = UserWarning, *_rest: Any, **_also: Any) -> None:
            """Print a warning."""
            kind = type(message) if isinstance(message, Warning) else category
            self._write(f"{getattr(kind, '__name__', 'Warning')}: {message}\n")

        return {"warn": warn}

    def _traceback(self) -> dict[str, Any]:
        return texts.traceback_of(self._write)

    def _logging(self) -> dict[str, Any]:
        # Called, it would write to whatever it is given.
        return {**texts.logging_of(self._write), "Logger": stand_in(texts.Logger)}


_GENERATED_BUILTINS: dict[str, Any] = {
    "super": super,
    "type": type,
    "hash": hash,
    "NotImplemented": NotImplemented,
}
"""All that the text which `dataclass` executes may name."""

_MARKS: dict[str, Any] = {
    "ClassVar": typing.ClassVar,
    "InitVar": dataclasses.InitVar,
    "KW_ONLY": dataclasses.KW_ONLY,
}
_MARK = re.compile(rf"(?:\w+\.)?({'|'.join(_MARKS)})\b")


def _check_fields(kind: type) -> None:
    """Refuse names of fields that are none: they become part of a text that is executed.

    Marks in annotations that are kept as text are put in, for `dataclass` looks them up in the module
    that a class says it is from, and a program has no module.
    """
    for base in kind.__mro__:
        for known in vars(base).get("__dataclass_fields__", {}).values():
            _check_field(kind, known.name)
        annotations = vars(base).get("__annotations__", {})
        for name, annotation in annotations.items():
            _check_field(kind, name)
            mark = _MARK.match(annotation) if isinstance(annotation, str) and base is kind else None
            if mark is not None:
                annotations[name] = _MARKS[mark[1]]


def _check_shared(kind: type) -> None:
    """Refuse a `field()` that is another class's already: it would change its name there too."""
    for name in vars(kind).get("__annotations__", {}):
        value = vars(kind).get(name)
        if isinstance(value, dataclasses.Field) and value.name is not None:
            raise TypeError(f"the field() of {name!r} is that of another attribute: call field() for each")


def _check_field(kind: type, name: Any) -> None:
    # `astuple` reads them by name: `obj` of an error is whatever a look-up failed on.
    of_text = issubclass(kind, str) and name in ("format", "format_map")
    of_error = issubclass(kind, BaseException) and name in ("obj", "name_from")
    if is_special(name) or not name.isidentifier() or name in stand_ins.DENIED or of_text or of_error:
        raise TypeError(f"{name!r} cannot be the name of a field")

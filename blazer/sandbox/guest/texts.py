"""Where programs may write text: `sys.stdout`, `sys.stderr`, loggers and `traceback`, all of which print.

Not a full `logging`: no handlers, no files, no formats. Not a full `traceback`: the error and no frames.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class TextOut:
    """`sys.stdout` and `sys.stderr`: takes text."""

    __slots__ = ("_write",)

    def __init__(self, write: Callable[[str], None]) -> None:
        # A plain function: `copy` could reach what a method is bound to.
        def out(text: str) -> None:
            write(text)

        self._write = out

    def write(self, text: Any) -> int:
        """Print without a line break."""
        plain = "".join(str(text))
        self._write(plain)
        return len(plain)

    def flush(self) -> None:
        """Nothing waits."""

    def __copy__(self) -> TextOut:
        return self

    def __deepcopy__(self, memo: Any) -> TextOut:
        return self


LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}


class Logger:
    """Messages with a level; those below the level are left out."""

    __slots__ = ("_levels", "_out", "name")

    def __init__(self, name: str, levels: dict[str, int], out: TextOut) -> None:
        self.name, self._levels, self._out = name, levels, out

    @property
    def level(self) -> int:
        """The logger's own, or the root's."""
        return self._levels.get(self.name, self._levels["root"])

    def setLevel(self, level: Any) -> None:
        """Leave out what is below a level, given by name or number."""
        self._levels[self.name] = LEVELS[level.upper()] if isinstance(level, str) else int(level)

    def isEnabledFor(self, level: int) -> bool:
        """Whether a message of this level is printed."""
        return level >= self.level

    def log(self, level: int, message: Any, *args: Any, **_ignored: Any) -> None:
        """Print one message."""
        if level >= self.level:
            word = next((name for name, number in LEVELS.items() if number >= level), "CRITICAL")
            # `%` as in logging itself: with one mapping its names, else the values in order.
            values: Any = args[0] if len(args) == 1 and isinstance(args[0], dict) else args
            self._out.write(f"{word}:{self.name}:{str(message) % values if args else message}\n")

    def debug(self, message: Any, *args: Any, **options: Any) -> None:
        """Of interest when looking for a mistake."""
        self.log(10, message, *args, **options)

    def info(self, message: Any, *args: Any, **options: Any) -> None:
        """All is well."""
        self.log(20, message, *args, **options)

    def warning(self, message: Any, *args: Any, **options: Any) -> None:
        """Something unexpected."""
        self.log(30, message, *args, **options)

    def error(self, message: Any, *args: Any, **options: Any) -> None:
        """Something failed."""
        self.log(40, message, *args, **options)

    def critical(self, message: Any, *args: Any, **options: Any) -> None:
        """Nothing goes on."""
        self.log(50, message, *args, **options)

    exception = error

    def addHandler(self, handler: Any) -> None:
        """There are no others than the one that prints."""

    def __copy__(self) -> Logger:
        return self

    def __deepcopy__(self, memo: Any) -> Logger:
        return self


def logging_of(write: Callable[[str], None]) -> dict[str, Any]:
    """The functions of `logging`, over one set of levels."""
    levels, out = {"root": LEVELS["WARNING"]}, TextOut(write)
    root = Logger("root", levels, out)

    def get_logger(name: Any = "root") -> Logger:
        """The logger of this name."""
        return Logger(str(name or "root"), levels, out)

    def basic_config(*_ignored: Any, level: Any = None, **_also: Any) -> None:
        """Set the level below which nothing is printed."""
        if level is not None:
            root.setLevel(level)

    words = ("debug", "info", "warning", "error", "critical", "exception")
    functions = {word: getattr(root, word) for word in words}
    return {**functions, **LEVELS, "basicConfig": basic_config, "getLogger": get_logger}


def traceback_of(write: Callable[[str], None]) -> dict[str, Any]:
    """`traceback` without frames: the error that is being handled, or one that is given."""

    def told(error: Any) -> str:
        if not isinstance(error, BaseException):
            return "NoneType: None\n"
        text = str(error)
        return f"{type(error).__name__}: {text}\n" if text else f"{type(error).__name__}\n"

    def given(error: Any, value: Any) -> Any:
        return error if isinstance(error, BaseException) else value

    def format_exc(limit: Any = None, chain: Any = True) -> str:
        """The error that is being handled, as text."""
        return told(sys.exc_info()[1])

    def print_exc(limit: Any = None, file: Any = None, chain: Any = True) -> None:
        """Print the error that is being handled."""
        write(format_exc())

    def format_exception(error: Any, /, value: Any = None, tb: Any = None, **_ignored: Any) -> list[str]:
        """An error, as a list of lines."""
        return [told(given(error, value))]

    def print_exception(error: Any, /, value: Any = None, tb: Any = None, **_ignored: Any) -> None:
        """Print an error."""
        write(told(given(error, value)))

    return {
        "format_exc": format_exc,
        "print_exc": print_exc,
        "format_exception": format_exception,
        "format_exception_only": format_exception,
        "print_exception": print_exception,
    }

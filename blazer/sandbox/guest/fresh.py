"""What a program may have changed outside of its own globals, put back before it runs again.

Covers: what a program that the policy accepted can reach. Context variables (numpy's print options and
error state, decimal's context) need no list: every run has a context of its own. The rest is named here.
Does not cover: programs run without the policy, which can change anything, or how much memory is in use.
"""

from __future__ import annotations

import contextvars
import functools
import gc
import re
import sys
import typing
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

RECURSION_LIMIT = 1000

Made = TypeVar("Made")


class Turn:
    """One run; what it was given to call stops working with its end."""

    def __init__(self) -> None:
        self.over = False

    def gate(self, call: Callable[..., Made]) -> Callable[..., Made]:
        """`call`, for as long as the run lasts: a destructor that comes late reaches nothing of the next."""

        def gated(*args: Any) -> Made:
            if self.over:
                raise RuntimeError("the run that this belongs to is over")
            return call(*args)

        return gated


class Fresh:
    """Made once, before the first run."""

    def __init__(self) -> None:
        self._context = contextvars.copy_context()

    def run(self, call: Callable[[], Made]) -> Made:
        """Call something in a context like that of the first run."""
        sys.setrecursionlimit(RECURSION_LIMIT)
        return self._context.copy().run(call)

    def restore(self) -> None:
        """Forget the run before: what it left in the library, and what only it still held."""
        sys.setrecursionlimit(RECURSION_LIMIT)
        sys.modules["__main__"] = ModuleType("__main__")
        # Their keys may be objects of the program's, which answer for themselves when compared.
        re.purge()
        typing.clear_overloads()
        for clear in getattr(typing, "_cleanups", ()):
            clear()
        for module in list(sys.modules.values()):
            for value in list(getattr(module, "__dict__", {}).values()):
                if type(value) is functools._lru_cache_wrapper:
                    value.cache_clear()
        # Every warning is new again: the way in and out makes all registries outdated.
        with warnings.catch_warnings():
            pass
        # Now, and not in the middle of the next run: what dies in a cycle may have a destructor. That
        # one fails, and in whose output should that be told?
        sys.unraisablehook, told = _tell_nobody, sys.unraisablehook
        gc.collect()
        sys.unraisablehook = told


def _tell_nobody(_: Any) -> None:
    pass

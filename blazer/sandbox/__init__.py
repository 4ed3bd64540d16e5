"""Untrusted programs, run where they can do no harm; what happened comes back as typed records.

`CodeSandbox` and `run_code` are for plain Python; `Sandbox` is for programs that move a robot in a
simulated world. Importing this package loads neither simulator nor Docker SDK: a name is loaded
when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blazer.core.outcomes import Ending
    from blazer.sandbox.code import CodeResult, CodeSandbox, run_code
    from blazer.sandbox.errors import SandboxBusy, SandboxUnavailable
    from blazer.sandbox.limits import Limits
    from blazer.sandbox.sandbox import Sandbox

__all__ = [
    "CodeResult",
    "CodeSandbox",
    "Ending",
    "Limits",
    "Sandbox",
    "SandboxBusy",
    "SandboxUnavailable",
    "run_code",
]

_HOMES = {
    "CodeResult": "blazer.sandbox.code",
    "CodeSandbox": "blazer.sandbox.code",
    "Ending": "blazer.core.outcomes",
    "Limits": "blazer.sandbox.limits",
    "Sandbox": "blazer.sandbox.sandbox",
    "SandboxBusy": "blazer.sandbox.errors",
    "SandboxUnavailable": "blazer.sandbox.errors",
    "run_code": "blazer.sandbox.code",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; there are {', '.join(__all__)}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

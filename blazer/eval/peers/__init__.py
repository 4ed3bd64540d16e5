"""Other sandboxes measured beside Blazer's, in one run on one machine, each with its own defaults.

Covers what a user of the sandbox meets: how long a first and a further program take, and whether a
promise holds when it is tried. Does not rank: what the peers do that Blazer does not (other languages,
files, remote machines, packages on the fly) is said in `docs/sandbox.md`, not measured.

The peers live in an environment of their own (`scripts/peers setup`); the drivers run there, as
subprocesses, and no package of theirs is ever imported here. They import this package in turn, so it
loads nothing by itself.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blazer.eval.peers.records import PROMISES, PeerRow, Promise
    from blazer.eval.peers.run import run_peers

__all__ = ["PROMISES", "PeerRow", "Promise", "run_peers"]

_HOMES = {"run_peers": "run"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; there are {', '.join(__all__)}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'records')}"), name)

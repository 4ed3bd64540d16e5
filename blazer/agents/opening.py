"""How whoever runs episodes gets what they need around them, without knowing a command line.

Evaluation and the bootstrap loop are handed an `OpenRun`; the command line brings the one that
opens sandbox and store, shows progress and closes both in order.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, TypeAlias

from blazer.agents.collect import Workplace
from blazer.agents.progress import CollectEvent
from blazer.agents.run import CollectConfig


class RunPlace(NamedTuple):
    """An open run.

    Attributes:
        place: For `agents.collect.collect`.
        on_event: Shows what happens.
    """

    place: Workplace
    on_event: Callable[[CollectEvent], None]


OpenRun: TypeAlias = Callable[[CollectConfig, str], AbstractAsyncContextManager[RunPlace]]
"""(settings of a run, address of the store that its traces go to) -> what `collect` works with."""

"""llm-sandbox with its container pool: its documented quick way, one container for many sessions."""

from __future__ import annotations

import importlib.metadata
import time
from typing import Any

from llm_sandbox import SandboxBackend, SandboxSession
from llm_sandbox.pool import PoolConfig, create_pool_manager

from blazer.eval.peers.drivers.kit import Answer, Driver, Options, main
from blazer.eval.peers.drivers.llm_sandbox_docker import (
    IMAGE_DEVIATION,
    NO_INDEX,
    PIP_DEVIATION,
    answer_of,
)


class Box:
    """See `kit.Sandbox`; each program has a session of its own, from one pool."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._pool: Any = None
        self._session: Any = None

    def open(self) -> None:
        """See `kit.Sandbox`."""
        configs: dict[str, Any] = {"environment": dict(NO_INDEX)}
        if self._options.memory_mb:
            configs["mem_limit"] = f"{self._options.memory_mb}m"
        self._pool = create_pool_manager(
            backend=SandboxBackend.DOCKER,
            config=PoolConfig(min_pool_size=1, max_pool_size=1),
            lang="python",
            image=self._options.image,
            runtime_configs=configs,
        )
        # The pool fills up behind its maker's back; it is open when a container is there.
        while not self.containers():
            time.sleep(0.005)

    def run(self, source: str) -> Answer:
        """See `kit.Sandbox`."""
        self._give_back()
        self._session = SandboxSession(pool=self._pool, lang="python")
        self._session.open()
        return answer_of(self._session, source, self._options.timeout_s)

    def _give_back(self) -> None:
        # Late, so that the end of one program is not the time of its answer.
        if self._session is not None:
            self._session.close()
            self._session = None

    def close(self) -> None:
        """See `kit.Sandbox`."""
        self._give_back()
        self._pool.close()

    def containers(self) -> list[str]:
        """See `kit.Sandbox`."""
        return [held.container_id for held in self._pool._pool]


def _about() -> dict[str, Any]:
    return {
        "version": importlib.metadata.version("llm-sandbox"),
        "reuses": True,
        "time_limit": True,
        "memory_limit": True,
        "deviations": [
            IMAGE_DEVIATION,
            PIP_DEVIATION,
            "a pool of one container, so that two programs meet in it",
        ],
        "remarks": ["max_container_uses=1 would give each program a container of its own"],
    }


if __name__ == "__main__":
    main(Driver(Box, _about))

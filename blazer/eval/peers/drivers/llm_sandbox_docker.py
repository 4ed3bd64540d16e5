"""llm-sandbox's `SandboxSession` on Docker: `docker exec` of a file copied into a container."""

from __future__ import annotations

import contextlib
import importlib.metadata
import warnings
from typing import Any

from docker.errors import DockerException
from llm_sandbox import SandboxSession
from llm_sandbox.exceptions import SandboxError

from blazer.eval.peers.drivers.kit import Answer, Driver, Options, main

# Each start upgrades pip over the network. There is none here, and its retries would be counted as start-up.
NO_INDEX = {"PIP_NO_INDEX": "1"}


class Box:
    """See `kit.Sandbox`."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._session: Any = None

    def open(self) -> None:
        """See `kit.Sandbox`."""
        configs: dict[str, Any] = {"environment": dict(NO_INDEX)}
        if self._options.memory_mb:
            configs["mem_limit"] = f"{self._options.memory_mb}m"
        self._session = SandboxSession(
            lang="python", image=self._options.image, runtime_configs=configs, **self.extra()
        )
        self._session.open()

    def extra(self) -> dict[str, Any]:
        """Further options, for variants."""
        return {}

    def run(self, source: str) -> Answer:
        """See `kit.Sandbox`."""
        return answer_of(self._session, source, self._options.timeout_s)

    def close(self) -> None:
        """See `kit.Sandbox`."""
        self._session.close()

    def containers(self) -> list[str]:
        """See `kit.Sandbox`."""
        container = self._session.container
        return [container.id] if container else []


def answer_of(session: Any, source: str, timeout_s: int | None) -> Answer:
    """What a session says of a program."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        try:
            output = session.run(source, timeout=timeout_s)
        except (SandboxError, DockerException, UnicodeDecodeError, OSError) as error:
            return Answer(f"{type(error).__name__}: {str(error)[:200]}", False, "")
        return Answer(f"exit_code {output.exit_code}", output.exit_code == 0, output.stdout)
    raise AssertionError("the stack swallows nothing")


IMAGE_DEVIATION = (
    "its image is Debian's Python 3.11 with the same command (its ghcr.io/vndee/sandbox-python-311-bullseye "
    "cannot be pulled)"
)
PIP_DEVIATION = (
    "PIP_NO_INDEX=1 inside, so that the upgrade of pip at each start is answered at once and not retried "
    "without a network; with one it takes longer than here"
)


def _about() -> dict[str, Any]:
    return {
        "version": importlib.metadata.version("llm-sandbox"),
        "reuses": True,
        "time_limit": True,
        "memory_limit": True,
        "deviations": [IMAGE_DEVIATION, PIP_DEVIATION],
        "remarks": [
            "skip_environment_setup=True leaves out the virtual environment made at each start; the pooled "
            "row shows its quickest way",
            "runtime_configs takes any option of docker run (network_mode, cap_drop, read_only, mem_limit, "
            "user)",
            "encoding_errors='backslashreplace' survives bytes that are no UTF-8; the default raises",
            "default_timeout of a session is None unless given",
            "ending a container waits out Docker's ten seconds of grace; stop_signal='SIGKILL' in "
            "runtime_configs ends it at once",
        ],
    }


if __name__ == "__main__":
    main(Driver(Box, _about))

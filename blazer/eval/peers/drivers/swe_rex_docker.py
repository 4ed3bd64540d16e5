"""SWE-ReX's `DockerDeployment`: a server inside the container, asked through a port."""

from __future__ import annotations

import asyncio
import importlib.metadata
import logging
from typing import Any

import aiohttp
from swerex.deployment.docker import DockerDeployment
from swerex.exceptions import SwerexException
from swerex.runtime.abstract import Command

from blazer.eval.peers.drivers.kit import Answer, Driver, Options, main


class Box:
    """See `kit.Sandbox`."""

    def __init__(self, options: Options) -> None:
        memory = options.memory_mb
        self._timeout_s = options.timeout_s
        logger = logging.getLogger("swerex-quiet")
        logger.setLevel(logging.CRITICAL + 1)
        self._runner = asyncio.Runner()
        self._deployment: Any = DockerDeployment(
            image=options.image,
            docker_args=[f"--memory={memory}m", f"--memory-swap={memory}m"] if memory else [],
            logger=logger,
        )

    def open(self) -> None:
        """See `kit.Sandbox`."""
        self._runner.run(self._deployment.start())

    def run(self, source: str) -> Answer:
        """See `kit.Sandbox`."""
        command = Command(command=["python3", "-c", source], timeout=self._timeout_s)
        try:
            reply = self._runner.run(self._deployment.runtime.execute(command))
        except (SwerexException, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return Answer(f"{type(error).__name__}: {str(error)[:200]}", False, "")
        return Answer(f"exit_code {reply.exit_code}", reply.exit_code == 0, reply.stdout)

    def close(self) -> None:
        """See `kit.Sandbox`."""
        self._runner.run(self._deployment.stop())
        self._runner.close()

    def containers(self) -> list[str]:
        """See `kit.Sandbox`."""
        name = self._deployment.container_name
        return [name] if name else []


def _about() -> dict[str, Any]:
    return {
        "version": importlib.metadata.version("swe-rex"),
        "reuses": True,
        "time_limit": True,
        "memory_limit": True,
        "deviations": [
            "its image is Debian's Python 3.11 with SWE-ReX already in it; with its default python:3.11 each "
            "start installs it from the network first, which is slower than here",
        ],
        "remarks": [
            "docker_args takes any option of docker run (--network, --cap-drop, --read-only, --memory, "
            "--user)",
            "made for shell sessions in long-lived machines, remote ones too; one-program use is ours",
        ],
    }


if __name__ == "__main__":
    main(Driver(Box, _about))

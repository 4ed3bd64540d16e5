"""smolagents' `DockerExecutor`: a Jupyter kernel gateway in a container, reached through a port."""

from __future__ import annotations

import importlib.metadata
from typing import Any

from smolagents.monitoring import AgentLogger, LogLevel
from smolagents.remote_executors import DockerExecutor
from smolagents.utils import AgentError
from websocket import WebSocketException

from blazer.eval.peers.drivers.kit import Answer, Driver, Options, main

FIRST_PORT = 8888
DOCKERFILE = """\
FROM {image}
EXPOSE 8888
CMD ["jupyter", "kernelgateway", "--KernelGatewayApp.ip=0.0.0.0", "--KernelGatewayApp.port=8888"]
"""


class Box:
    """See `kit.Sandbox`."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._executor: Any = None

    def open(self) -> None:
        """See `kit.Sandbox`."""
        memory = self._options.memory_mb
        self._executor = DockerExecutor(
            additional_imports=[],
            logger=AgentLogger(level=LogLevel.OFF),
            port=FIRST_PORT + self._options.slot,
            image_name="blazer-peers-smolagents-run",
            dockerfile_content=DOCKERFILE.format(image=self._options.image),
            container_run_kwargs={"mem_limit": f"{memory}m"} if memory else None,
        )

    def run(self, source: str) -> Answer:
        """See `kit.Sandbox`; there is no option for a time-out."""
        try:
            output = self._executor(source)
        except AgentError as error:
            return Answer(f"AgentError: {_last_line(str(error))}", False, "")
        except (WebSocketException, OSError, ValueError) as error:
            return Answer(f"{type(error).__name__}: {_last_line(str(error))}", False, "")
        return Answer("CodeOutput, no error", True, output.logs)

    def close(self) -> None:
        """See `kit.Sandbox`."""
        self._executor.cleanup()

    def containers(self) -> list[str]:
        """See `kit.Sandbox`."""
        return [self._executor.container.id]


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1][:200] if text.strip() else ""


def _about() -> dict[str, Any]:
    return {
        "version": importlib.metadata.version("smolagents"),
        "reuses": True,
        "time_limit": False,
        "memory_limit": True,
        "deviations": [
            "its image is built from Debian's Python 3.11 with the packages of its own Dockerfile already in "
            "(its base python:3.12-bullseye cannot be pulled); build_new_image stays True, so each start "
            "includes a build that finds everything cached",
            "programs per second: a second port, so that two run at a time",
        ],
        "remarks": [
            "container_run_kwargs takes any option of docker run (network_mode, cap_drop, read_only, "
            "mem_limit, user): what is not promised by default can be asked for",
            "build_new_image=False leaves the build out of each start",
        ],
    }


if __name__ == "__main__":
    main(Driver(Box, _about))

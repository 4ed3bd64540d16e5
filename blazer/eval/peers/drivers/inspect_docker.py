"""inspect_ai's `docker` sandbox: `docker compose exec` in a container of its default compose file."""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import subprocess
import uuid
from typing import Any

import yaml
from inspect_ai._util.error import PrerequisiteError
from inspect_ai.util import ComposeConfig, OutputLimitExceededError
from inspect_ai.util._sandbox.docker.config import COMPOSE_GENERIC_YAML
from inspect_ai.util._sandbox.docker.docker import DockerSandboxEnvironment
from inspect_ai.util._sandbox.docker.prereqs import DOCKER_ENGINE_REQUIRED_VERSION, validate_prereqs

from blazer.eval.peers.drivers.kit import Answer, Driver, Options, main


class Box:
    """See `kit.Sandbox`; `sample_init` and `sample_cleanup` are what an evaluation calls for each sample."""

    def __init__(self, options: Options) -> None:
        services = yaml.safe_load(COMPOSE_GENERIC_YAML)
        services["services"]["default"]["image"] = options.image
        if options.memory_mb:
            services["services"]["default"]["mem_limit"] = f"{options.memory_mb}m"
        self._timeout_s = options.timeout_s
        self._config = ComposeConfig(**services)
        self._task = f"p{uuid.uuid4().hex[:8]}"
        self._runner = asyncio.Runner()
        self._boxes: dict[str, Any] = {}

    def open(self) -> None:
        """See `kit.Sandbox`."""
        self._boxes = self._runner.run(DockerSandboxEnvironment.sample_init(self._task, self._config, {}))

    def run(self, source: str) -> Answer:
        """See `kit.Sandbox`."""
        box = self._boxes["default"]
        try:
            result = self._runner.run(box.exec(["python3", "-"], input=source, timeout=self._timeout_s))
        except (
            TimeoutError,
            OutputLimitExceededError,
            UnicodeDecodeError,
            RuntimeError,
            OSError,
        ) as error:
            text = getattr(error, "truncated_output", None) or ""
            return Answer(f"{type(error).__name__}: {str(error)[:200]}", False, text)
        return Answer(f"returncode {result.returncode}", result.success, result.stdout)

    def close(self) -> None:
        """See `kit.Sandbox`."""
        self._runner.run(
            DockerSandboxEnvironment.sample_cleanup(self._task, self._config, self._boxes, False)
        )
        self._runner.close()

    def containers(self) -> list[str]:
        """See `kit.Sandbox`."""
        if not self._boxes:
            return []
        # The name that Compose gives; asking for the id would cost what the steps measure.
        return [f"{self._boxes['default']._project.name}-default-1"]


def _about() -> dict[str, Any]:
    deviations = [
        "its image is Debian's Python 3.11 (its aisiuk/inspect-tool-support cannot be pulled); the rest of "
        "its default compose file is unchanged",
    ]
    try:
        asyncio.run(validate_prereqs())
    except PrerequisiteError as error:
        asked = DOCKER_ENGINE_REQUIRED_VERSION
        if asked not in str(error):
            raise
        deviations.append(
            f"it asks for Docker Engine {asked} and this machine's is {_engine()}: its sandbox is driven "
            "directly, past that check"
        )
    return {
        "version": importlib.metadata.version("inspect_ai"),
        "reuses": True,
        "time_limit": True,
        "memory_limit": True,
        "deviations": deviations,
        "remarks": [
            "a compose file of the user's replaces the default one and may set limits, users, capabilities",
            "a sandbox serves one sample of an evaluation, in which many commands run",
            "`inspect sandbox cleanup docker` removes what a killed evaluation left",
        ],
    }


def _engine() -> str:
    done = subprocess.run(
        ["docker", "version", "--format", "{{json .Server.Version}}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    return str(json.loads(done.stdout))


if __name__ == "__main__":
    main(Driver(Box, _about))

"""smolagents' `LocalPythonExecutor`: an interpreter of Python's syntax tree inside the caller's process.

Its authors say that it is no security boundary. It is here because it is their default.
"""

from __future__ import annotations

import importlib.metadata
import re
from typing import Any

from smolagents.local_python_executor import ExecutionTimeoutError, InterpreterError, LocalPythonExecutor

from blazer.eval.peers.drivers.kit import Answer, Driver, Options, main


class Box:
    """See `kit.Sandbox`."""

    def __init__(self, options: Options) -> None:
        self._timeout_s = options.timeout_s
        self._executor: Any = None

    def open(self) -> None:
        """See `kit.Sandbox`."""
        given = {} if self._timeout_s is None else {"timeout_seconds": self._timeout_s}
        self._executor = LocalPythonExecutor(additional_authorized_imports=[], **given)
        self._executor.send_tools({})

    def run(self, source: str) -> Answer:
        """See `kit.Sandbox`."""
        try:
            output = self._executor(source)
        except (InterpreterError, ExecutionTimeoutError, MemoryError) as error:
            said = " ".join(str(error).split())
            why = re.search(r"Import (of|from) [\w.]+ is not allowed", said)
            return Answer(
                f"{type(error).__name__}: {why[0] if why else said[-150:]}", False, "", why is not None
            )
        return Answer("CodeOutput, no error", True, output.logs)

    def close(self) -> None:
        """See `kit.Sandbox`."""

    def containers(self) -> list[str]:
        """See `kit.Sandbox`."""
        return []


def _about() -> dict[str, Any]:
    return {
        "version": importlib.metadata.version("smolagents"),
        "reuses": True,
        "time_limit": True,
        "memory_limit": False,
        "deviations": [],
        "remarks": ["runs in the caller's process; its authors call it no security boundary"],
    }


if __name__ == "__main__":
    main(Driver(Box, _about))

"""`blazer graph`: the agents' graph, as the code has it."""

from __future__ import annotations

import sys

from blazer.agents.graph import mermaid


def command() -> None:
    """Print the agent graph as Mermaid."""
    sys.stdout.write(mermaid().rstrip() + "\n")

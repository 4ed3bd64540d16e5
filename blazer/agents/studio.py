"""The graph for LangGraph Studio (`langgraph.json`): one episode with the built-in model.

Input: `{"episode_id": "any", "task": "close_jar", "seed": 0, "sample": 0}`. The server keeps the
checkpoints; traces go nowhere but the graph's own state. Nothing is started at import, nor when
the server only draws the graph: the sandbox opens for a run, in the process tier, which is meant for
the built-in model alone. The response cache is SQLite and blocks for microseconds, which the local
server takes for a fault unless it is told otherwise: `langgraph dev --allow-blocking`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from langgraph_sdk.runtime import ServerRuntime

from blazer.agents.budget import Budget, Meter
from blazer.agents.cache import ResponseCache
from blazer.agents.context import AgentContext
from blazer.agents.graph import EpisodeGraph, build_graph
from blazer.agents.models import ModelSuite
from blazer.agents.provenance import provenance
from blazer.agents.run import default_roles
from blazer.core.records import Trace
from blazer.sandbox.sandbox import Sandbox
from blazer.skills.docs import api_section
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task, task_names

RUN = "studio"


class _NoSink:
    """Looks at traces and lets them go."""

    async def add_trace(self, trace: Trace) -> bool:
        """Nothing is kept."""
        return True

    async def completed_episodes(self, run_id: str) -> frozenset[str]:
        """None ever is."""
        return frozenset()


@asynccontextmanager
async def graph(runtime: ServerRuntime[None]) -> AsyncIterator[EpisodeGraph]:
    """The episode's graph, for a run with everything it works with; open until the server lets go of it.

    Args:
        runtime: Says whether the server is about to run the graph or only looks at it.

    Raises:
        SandboxUnavailable: if programs cannot be run on this machine.
    """
    if runtime.execution_runtime is None:
        yield build_graph(asks_for_context=False)
        return
    with ResponseCache() as cache:
        async with Sandbox(tier="process", workers=1) as sandbox:
            context = AgentContext(
                run_id=RUN,
                tasks={name: get_task(name) for name in task_names()},
                models=ModelSuite(RUN, default_roles(), cache, Meter(Budget())),
                sandbox=sandbox,
                sink=_NoSink(),
                provenance=provenance(sandbox.about["backend"], sandbox.about["backend_version"]),
                instantiate=instantiate,
                api_section=api_section(),
            )
            yield build_graph(context=context)

"""Hold the program against the language policy before it costs a run."""

from __future__ import annotations

from langgraph.runtime import Runtime

from blazer.agents.context import AgentContext
from blazer.agents.state import EpisodeState


async def policy(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
    """The policy's report; the sandbox applies the same policy again by itself."""
    report = await runtime.context.sandbox.check(state["program"])
    return {"policy": report.model_dump(mode="json")}

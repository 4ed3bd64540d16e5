"""Look at the world before anyone plans. A proposer, once there is one, stands before this node."""

from __future__ import annotations

from langgraph.runtime import Runtime

from blazer.agents.context import AgentContext
from blazer.agents.state import EpisodeState
from blazer.prompts.render import state_text


async def observe(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
    """Draw the instance, and render its first state as models read it."""
    context = runtime.context
    instance = context.instance(state["task"], state["seed"])
    world = await context.sandbox.observe(instance)
    return {
        "instruction": instance.instruction,
        "state_text": state_text(world),
        "style": context.models.style("coder"),
        "plan": "",
        "calls": [],
        "attempt": 0,
        "outcome": "",
    }

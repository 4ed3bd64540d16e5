"""Ask the planner for a plan in words."""

from __future__ import annotations

from langgraph.runtime import Runtime

from blazer.agents.context import AgentContext
from blazer.agents.state import EpisodeState
from blazer.prompts.messages import planner_messages


async def planner(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
    """One call; its text is the plan, whatever its shape."""
    prompt = planner_messages(state["instruction"], state["state_text"])
    call, reply = await runtime.context.models.ask(
        "planner", prompt.messages, sample=state["sample"], prompt_digest=prompt.digest
    )
    return {"plan": reply.text, "calls": [call.model_dump(mode="json")]}

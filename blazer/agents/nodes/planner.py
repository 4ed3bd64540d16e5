"""Ask the planner for a plan in words."""

from __future__ import annotations

from langgraph.runtime import Runtime

from blazer.agents.context import AgentContext
from blazer.agents.errors import PromptTooLong
from blazer.agents.state import EpisodeState
from blazer.prompts.messages import planner_messages


async def planner(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
    """One call; its text is the plan, whatever its shape. Who cannot take the prompt makes no plan."""
    prompt = planner_messages(state["instruction"], state["state_text"])
    try:
        call, reply = await runtime.context.models.ask(
            "planner", prompt.messages, sample=state["sample"], prompt_digest=prompt.digest
        )
    except PromptTooLong as error:
        return {"program": "", "reply": "", "format_problem": str(error), "policy": None, "result": None}
    return {"plan": reply.text, "calls": [call.model_dump(mode="json")]}

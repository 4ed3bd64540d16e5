"""Open the next attempt: count it, and ask the critic for a diagnosis where the run has one."""

from __future__ import annotations

from langgraph.runtime import Runtime

from blazer.agents.context import AgentContext
from blazer.agents.errors import PromptTooLong
from blazer.agents.state import EpisodeState
from blazer.prompts.messages import critic_messages


async def critic(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
    """The failure report is already in the state; a diagnosis in words may join it."""
    update: EpisodeState = {"attempt": state["attempt"] + 1, "calls": [], "diagnosis": ""}
    models = runtime.context.models
    if not models.has("critic"):
        return update
    shown = state["program"] or state["reply"]
    prompt = critic_messages(state["instruction"], state["state_text"], shown, state["report"])
    try:
        call, reply = await models.ask(
            "critic", prompt.messages, sample=state["sample"], prompt_digest=prompt.digest
        )
    except PromptTooLong:
        return update  # a repair does without a diagnosis
    return {**update, "calls": [call.model_dump(mode="json")], "diagnosis": reply.text}

"""Ask the coder for a program: the first one, or the repair of the last one."""

from __future__ import annotations

from langgraph.runtime import Runtime

from blazer.agents.context import AgentContext
from blazer.agents.extract import extract_program
from blazer.agents.state import EpisodeState
from blazer.prompts.messages import Prompt, coder_messages, repair_messages


async def coder(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
    """One call; the program is what the reply fences, or nothing."""
    prompt = _prompt(state, runtime.context.api_section)
    call, reply = await runtime.context.models.ask(
        "coder", prompt.messages, sample=state["sample"], prompt_digest=prompt.digest
    )
    extracted = extract_program(reply.text, cut_off=reply.finish_reason == "length")
    return {
        "calls": [*state.get("calls", []), call.model_dump(mode="json")],
        "reply": reply.text,
        "program": extracted.program or "",
        "format_problem": extracted.problem,
        "policy": None,
        "result": None,
    }


def _prompt(state: EpisodeState, api: str) -> Prompt:
    first = coder_messages(state["instruction"], state["state_text"], state["plan"], api)
    if state["attempt"] == 0:
        return first
    return repair_messages(first.messages, state["reply"], state["report"], state.get("diagnosis", ""))

"""Ask the coder for a program: the first one, or the repair of the last one."""

from __future__ import annotations

from langgraph.runtime import Runtime

from blazer.agents.context import AgentContext
from blazer.agents.errors import PromptTooLong
from blazer.agents.extract import extract_program
from blazer.agents.state import EpisodeState
from blazer.prompts.messages import Prompt
from blazer.prompts.students import student_messages, student_repair


async def coder(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
    """One call; the program is what the reply fences, or nothing.

    A prompt that the model cannot take is an attempt without a program, and no fault of ours: models
    are compared by what they answer to the same questions.
    """
    prompt = _prompt(state, runtime.context.api_section)
    try:
        call, reply = await runtime.context.models.ask(
            "coder", prompt.messages, sample=state["sample"], prompt_digest=prompt.digest
        )
    except PromptTooLong as error:
        return {"reply": "", "program": "", "format_problem": str(error), "policy": None, "result": None}
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
    style = state.get("style", "full")  # not in checkpoints of before there were styles
    first = student_messages(style, state["instruction"], state["state_text"], state["plan"], api)
    if state["attempt"] == 0:
        return first
    return student_repair(style, first.messages, state["reply"], state["report"], state.get("diagnosis", ""))

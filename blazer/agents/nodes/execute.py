"""Run the program in the sandbox."""

from __future__ import annotations

from langgraph.runtime import Runtime

from blazer.agents.context import AgentContext
from blazer.agents.state import EpisodeState
from blazer.core.errors import SandboxError
from blazer.core.outcomes import Outcome
from blazer.core.rng import stream
from blazer.core.seeds import VERIFY_SEED_RANGE


async def execute(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
    """Evidence and verdict of one program.

    Raises:
        SandboxError: if the sandbox failed, or says so as the outcome; the graph retries it.
    """
    context = runtime.context
    instance = context.instance(state["task"], state["seed"])
    seeds = verify_seeds(state, context.verify_seeds)
    verify = [context.relaid(state["task"], state["seed"], seed) for seed in seeds]
    result = await context.sandbox.run(state["program"], instance, verify=verify)
    if result.execution.outcome is Outcome.INFRA_ERROR:
        fault = result.execution.fault
        raise SandboxError(f"the sandbox failed: {fault.message if fault else 'no reason given'}")
    return {"result": result}


def verify_seeds(state: EpisodeState, count: int) -> tuple[int, ...]:
    """Which further seeds a program of this episode is verified on.

    They lay the table anew and keep what is asked (see `instantiate`): a program that was told "the
    red jar" must close a red one wherever it stands, and nobody asked it for a green one.
    """
    if count == 0:
        return ()
    drawn = stream(state["seed"], "verify", state["task"]).choice(
        VERIFY_SEED_RANGE[1] - VERIFY_SEED_RANGE[0], size=count, replace=False
    )
    return tuple(int(VERIFY_SEED_RANGE[0] + number) for number in drawn)

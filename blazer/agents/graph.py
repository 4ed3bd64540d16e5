"""The episode as a LangGraph state machine. This module only wires.

Repairs are bounded by the attempt counted in the state, not by the recursion limit. Retries are
for the sandbox's own failures; models have their own retries behind `ModelSuite`. A proposer will
stand between the start and `observe`.
"""

from __future__ import annotations

import functools
from typing import Literal, Protocol

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import RetryPolicy

from blazer.agents.context import AgentContext
from blazer.agents.nodes.coder import coder
from blazer.agents.nodes.critic import critic
from blazer.agents.nodes.execute import execute
from blazer.agents.nodes.observe import observe
from blazer.agents.nodes.planner import planner
from blazer.agents.nodes.policy import policy
from blazer.agents.nodes.record import NEEDS_EXECUTION, record
from blazer.agents.state import EpisodeInput, EpisodeState
from blazer.core.errors import SandboxError
from blazer.core.outcomes import Outcome
from blazer.core.records import PolicyReport
from blazer.sandbox.errors import SandboxUnavailable

EpisodeGraph = CompiledStateGraph[EpisodeState, AgentContext, EpisodeInput, EpisodeState]

SANDBOX_TRIES = 2
"""Beside the retry that the sandbox makes by itself."""


def after_observe(state: EpisodeState) -> Literal["planner", "coder"]:
    """Who is asked briefly is asked without a plan, so nobody makes one."""
    return "planner" if state["style"] == "full" else "coder"


def after_planner(state: EpisodeState) -> Literal["coder", "record"]:
    """A planner that could not take its prompt left no plan, and the attempt ends."""
    return "record" if state.get("format_problem") else "coder"


def after_coder(state: EpisodeState) -> Literal["policy", "record"]:
    """A reply without a program is recorded as what it is."""
    return "policy" if state["program"] else "record"


def after_policy(state: EpisodeState) -> Literal["execute", "record"]:
    """Only accepted programs run."""
    return "execute" if PolicyReport.model_validate(state["policy"]).accepted else "record"


def after_record(state: EpisodeState) -> Literal["critic", "execute", "__end__"]:
    """Success ends the episode, and so does a failure without a report: it was the last attempt."""
    if state["outcome"] == NEEDS_EXECUTION:
        return "execute"
    if state["outcome"] == Outcome.SUCCESS or not state["report"]:
        return "__end__"
    return "critic"


def _passing(error: Exception) -> bool:
    """Whether the sandbox may do better the next time."""
    return isinstance(error, SandboxError) and not isinstance(error, SandboxUnavailable)


class Node(Protocol):
    """A step of the episode."""

    async def __call__(self, state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
        """What the step changes in the state."""


_NODES: dict[str, Node] = {
    "observe": observe,
    "planner": planner,
    "coder": coder,
    "policy": policy,
    "execute": execute,
    "record": record,
    "critic": critic,
}
_RETRIED = frozenset({"observe", "policy", "execute"})
"""Nodes that need the sandbox."""


def build_graph(
    checkpointer: BaseCheckpointSaver[str] | None = None,
    *,
    context: AgentContext | None = None,
    asks_for_context: bool = True,
) -> EpisodeGraph:
    """The graph, ready to be invoked; thread id = episode id.

    Args:
        checkpointer: Where steps are kept, so that an episode can go on after a crash.
        context: Given to every node, for callers that cannot pass one when they invoke the graph.
        asks_for_context: Whether the graph's schema names a context. A server makes a form of that
            schema, and ours holds live things that no form can: it looks at the graph without.
    """
    schema = AgentContext if context is None and asks_for_context else None
    graph = StateGraph(EpisodeState, context_schema=schema, input_schema=EpisodeInput)
    retry = RetryPolicy(initial_interval=0.2, max_attempts=SANDBOX_TRIES, retry_on=_passing)
    for name, node in _NODES.items():
        policy_of_retries = retry if name in _RETRIED else None
        graph.add_node(
            name, node if context is None else _bound(node, context), retry_policy=policy_of_retries
        )
    graph.add_edge(START, "observe")
    graph.add_conditional_edges("observe", after_observe)
    graph.add_conditional_edges("planner", after_planner)
    graph.add_conditional_edges("coder", after_coder)
    graph.add_conditional_edges("policy", after_policy)
    graph.add_edge("execute", "record")
    graph.add_conditional_edges("record", after_record)
    graph.add_edge("critic", "coder")
    return graph.compile(checkpointer=checkpointer, name="blazer")


def _bound(node: Node, context: AgentContext) -> Node:
    @functools.wraps(node)
    async def run(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
        return await node(state, runtime.override(context=context))

    return run


def mermaid() -> str:
    """The graph as Mermaid text, for documents."""
    return build_graph().get_graph().draw_mermaid()

"""The graph's wiring: routers, the picture, the studio entry."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from blazer.agents import studio
from blazer.agents.graph import after_coder, after_policy, after_record, build_graph, mermaid
from blazer.agents.nodes.record import NEEDS_EXECUTION, attempt_of
from blazer.agents.state import EpisodeState, trace_id
from blazer.core.outcomes import Outcome
from blazer.core.records import PolicyReport

ROOT = Path(__file__).parents[2]


def test_after_coder() -> None:
    assert after_coder({"program": "pass"}) == "policy"
    assert after_coder({"program": ""}) == "record"


@pytest.mark.parametrize(("accepted", "where"), [(True, "execute"), (False, "record")])
def test_after_policy(accepted: bool, where: str) -> None:
    assert after_policy({"policy": PolicyReport(accepted=accepted).model_dump(mode="json")}) == where


@pytest.mark.parametrize(
    ("outcome", "report", "where"),
    [
        (NEEDS_EXECUTION, "", "execute"),
        ("success", "", "__end__"),
        ("collision", "", "__end__"),
        ("collision", "The program failed", "critic"),
        ("format_fault", "The program failed", "critic"),
    ],
)
def test_after_record(outcome: str, report: str, where: str) -> None:
    assert after_record({"outcome": outcome, "report": report}) == where


def test_lost_evidence_is_noticed_and_a_missing_program_is_not_mistaken_for_it() -> None:
    ran = EpisodeState(program="pass", policy={"accepted": True, "findings": []})
    assert attempt_of(ran) is None
    none = attempt_of(EpisodeState(program="", format_problem="empty reply", policy=None))
    assert none is not None
    assert none.execution.outcome is Outcome.FORMAT_FAULT


def test_attempts_of_an_episode_have_stable_distinct_ids() -> None:
    assert trace_id("e", 0) == trace_id("e", 0)
    assert len({trace_id("e", 0), trace_id("e", 1), trace_id("f", 0)}) == 3


def test_the_picture_shows_every_node_and_the_loop() -> None:
    text = mermaid()
    for node in ("observe", "planner", "coder", "policy", "execute", "record", "critic"):
        assert node in text
    assert "critic --> coder" in text
    assert "record -.-> critic" in text


def test_langgraph_json_points_to_a_graph_that_imports_without_side_effects() -> None:
    settings = json.loads((ROOT / "langgraph.json").read_text())
    (target,) = settings["graphs"].values()
    path, _, name = target.partition(":")
    assert (ROOT / path).is_file()
    module = path.removeprefix("./").removesuffix(".py").replace("/", ".")
    code = (
        f"import sys, pathlib; before = set(pathlib.Path('.').iterdir()); import {module} as m; "
        f"assert callable(m.{name}); assert set(pathlib.Path('.').iterdir()) == before; "
        "assert 'mujoco' not in sys.modules and 'langchain_openai' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_graphs_are_independent() -> None:
    assert build_graph() is not build_graph()


async def test_a_server_that_only_looks_starts_nothing_and_gets_schemas() -> None:
    looking = SimpleNamespace(execution_runtime=None)
    async with studio.graph(looking) as seen:  # type: ignore[arg-type]
        assert seen.get_graph().draw_mermaid() == mermaid()
        assert set(seen.get_input_jsonschema()["properties"]) == {"episode_id", "task", "seed", "sample"}
        assert seen.get_context_jsonschema() is None

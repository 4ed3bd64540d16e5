"""Traces made for tests: small, valid, and varied in whatever a test names."""

from __future__ import annotations

from typing import Any

from blazer.core.digest import digest
from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.records import (
    Captured,
    CheckResult,
    Decision,
    Execution,
    Fault,
    IsolationLevel,
    Message,
    ModelCall,
    Plan,
    Provenance,
    SkillCall,
    Timings,
    Trace,
    Trajectory,
    Usage,
    Verdict,
)

PROVENANCE = Provenance(
    blazer_version="0.1.0",
    python_version="3.11.0",
    backend="mujoco",
    backend_version="4.0.0",
    platform="linux-x86_64",
)


def make_verdict(outcome: Outcome) -> Verdict:
    """The verdict that goes with an outcome."""
    if not OUTCOME_TABLE[outcome].decided:
        return Verdict(paper=Decision.NONE, strict=Decision.NONE, reason="nothing was decided")
    decision = Decision.PASS if outcome is Outcome.SUCCESS else Decision.FAIL
    check = CheckResult(
        name="near", passed=decision is Decision.PASS, measured={"distance_m": 0.004}, required="<= 0.01"
    )
    return Verdict(paper=decision, strict=decision, checks=(check,))


def make_trace(
    task: str = "close_jar",
    seed: int = 0,
    *,
    run_id: str = "run-a",
    sample: int = 0,
    attempt: int = 0,
    outcome: Outcome = Outcome.SUCCESS,
    is_final: bool = True,
    program: str = 'pick("jar0")\n',
    wall_s: float = 0.5,
    **changes: Any,
) -> Trace:
    """One attempt; ids follow from run, task, seed, sample and attempt."""
    episode_id = f"{run_id}/{task}/{seed}/{sample}"
    call = SkillCall(
        index=0,
        skill="pick",
        arguments={"name": "jar0"},
        result="jar0",
        start_s=0,
        duration_s=2.5,
        wall_ms=90,
    )
    fields: dict[str, Any] = {
        "trace_id": digest([episode_id, attempt]),
        "run_id": run_id,
        "episode_id": episode_id,
        "attempt": attempt,
        "is_final": is_final,
        "created_at": "2026-01-02T03:04:05+00:00",
        "task": task,
        "task_digest": "0" * 16,
        "seed": seed,
        "sample": sample,
        "instruction": "close the red jar",
        "instance": {"task": task, "seed": seed, "objects": []},
        "state_text": "red jar jar0: ...",
        "models": {"planner": "scripted", "coder": "scripted"},
        "calls": (
            ModelCall(
                role="coder",
                model="scripted",
                messages=(Message(role="user", content="close the red jar ☃"),),
                reply=program,
            ),
        ),
        "usage": Usage(calls=2, prompt_tokens=900, completion_tokens=120, cost_usd=0.001),
        "plan": Plan(text="1. pick it", steps=("pick it",)),
        "program": program,
        "program_digest": digest(program),
        "execution": Execution(
            outcome=outcome,
            fault=None if outcome is Outcome.SUCCESS else Fault(kind=outcome.value, message="no", line=1),
            stdout=Captured(text="hello\n", total_bytes=6),
            skill_calls=(call,),
            trajectory=Trajectory(
                rate_hz=10.0,
                joint_rad=((0.1,) * 7, (0.2,) * 7),
                gripper_opening_m=(0.08, 0.0),
                object_names=("jar0",),
                object_poses=(((0.2, 0.1, 0.8, 1, 0, 0, 0),),) * 2,
            ),
            initial_digest="a" * 16,
            final_digest="b" * 16,
            isolation=IsolationLevel(tier="process"),
            timings=Timings(wall_s=wall_s, simulated_s=9.0, steps=4500),
        ),
        "outcome": outcome,
        "verdict": make_verdict(outcome),
        "provenance": PROVENANCE,
    }
    return Trace(**(fields | changes))

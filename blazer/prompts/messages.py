"""The messages of each role, and the report of a failure that goes back for repair.

What a model reads is only ever built here. A repair continues the coder's own conversation with
its last program alone, so the length of a request does not grow with the number of repairs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from blazer.core.digest import digest
from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.records import (
    CheckResult,
    Execution,
    Fault,
    Message,
    PolicyFinding,
    PolicyReport,
    SkillCall,
    Verdict,
)
from blazer.prompts.render import render, template_digest
from blazer.sim.layout import TABLE_TOP_Z_M, WORKSPACE_X_M, WORKSPACE_Y_M

MAX_OPENING_M = 0.08
"""Of the Panda's gripper."""
APPROACH_M = 0.1
RELEASE_M = 0.02
MAX_CALL_LINES = 24
MAX_PRINTED_CHARS = 600
MAX_VALUE_CHARS = 160


class Prompt(NamedTuple):
    """Messages to send.

    Attributes:
        messages: In order.
        digest: Of the sources of the templates they were rendered from.
    """

    messages: tuple[Message, ...]
    digest: str


def prompt_digests() -> dict[str, str]:
    """Role -> digest of the templates behind its messages."""
    return {
        "planner": _digest_of("system", "planner"),
        "coder": _digest_of("system", "coder"),
        "repair": _digest_of("system", "coder", "failure", "repair"),
        "critic": _digest_of("system", "failure", "critic"),
        "state": _digest_of("state"),
    }


def _digest_of(*names: str) -> str:
    return digest([template_digest(name) for name in names])


def system_message() -> Message:
    """What every role is told of the world."""
    text = render(
        "system",
        table_z_m=TABLE_TOP_Z_M,
        x_min_m=WORKSPACE_X_M[0],
        x_max_m=WORKSPACE_X_M[1],
        y_min_m=WORKSPACE_Y_M[0],
        y_max_m=WORKSPACE_Y_M[1],
        max_opening_m=MAX_OPENING_M,
        approach_m=APPROACH_M,
        release_m=RELEASE_M,
    ).text
    return Message(role="system", content=text)


def planner_messages(instruction: str, state: str) -> Prompt:
    """Ask for a plan in words."""
    user = render("planner", instruction=instruction, state=state).text
    return Prompt((system_message(), Message(role="user", content=user)), _digest_of("system", "planner"))


def coder_messages(instruction: str, state: str, plan: str, api: str) -> Prompt:
    """Ask for a program. `api` is the section generated from the skill declaration."""
    user = render("coder", instruction=instruction, state=state, plan=plan.strip(), api=api.strip()).text
    return Prompt((system_message(), Message(role="user", content=user)), _digest_of("system", "coder"))


def repair_messages(coder: Sequence[Message], reply: str, report: str, diagnosis: str = "") -> Prompt:
    """Continue the coder's conversation: its reply, then the report of what became of it.

    Args:
        coder: The messages of the first request for a program: system and user.
        reply: The model's last reply, whole.
        report: From `failure_report`.
        diagnosis: What the critic said of it, if one was asked.
    """
    text = render("repair", report=report, diagnosis=diagnosis.strip()).text
    messages = (
        *coder[:2],
        Message(role="assistant", content=reply or "(empty reply)"),
        Message(role="user", content=text),
    )
    return Prompt(messages, _digest_of("system", "coder", "failure", "repair"))


def critic_messages(instruction: str, state: str, program: str, report: str) -> Prompt:
    """Ask for a diagnosis of a failed program, in words."""
    values = {"instruction": instruction, "state": state, "program": program.strip(), "report": report}
    user = render("critic", **values).text
    return Prompt(
        (system_message(), Message(role="user", content=user)), _digest_of("system", "failure", "critic")
    )


def failure_report(
    outcome: Outcome,
    execution: Execution,
    verdict: Verdict,
    policy: PolicyReport | None = None,
) -> str:
    """What went wrong, for the model: fault, policy findings, skill log, failed checks as measured."""
    checks = [c for c in (*verdict.checks, *verdict.strict_checks) if not c.passed]
    return render(
        "failure",
        outcome=f"{outcome.value} ({OUTCOME_TABLE[outcome].meaning})",
        fault=_fault_line(execution.fault) if execution.fault else "",
        findings=[finding_line(finding) for finding in policy.findings] if policy else [],
        calls=_call_lines(execution.skill_calls),
        printed=_cut(execution.stdout.text.strip(), MAX_PRINTED_CHARS),
        checks=[_check_line(check) for check in checks],
    ).text


def finding_line(finding: PolicyFinding) -> str:
    """What the policy has against a line, and what to write instead."""
    text = f"line {finding.line}: {finding.message}"
    return f"{text}; {finding.suggestion}" if finding.suggestion else text


def _fault_line(fault: Fault) -> str:
    where = f" at line {fault.line}" if fault.line is not None else ""
    skill = f" in {fault.skill}" if fault.skill else ""
    text = f"{fault.kind}{where}{skill}"
    return f"{text}: {fault.message}" if fault.message else text


def _check_line(check: CheckResult) -> str:
    measured = ", ".join(f"{name} = {_plain(value)}" for name, value in check.measured.items())
    return f"{check.name}: required {check.required}; measured {measured or 'nothing'}"


def _call_lines(calls: Sequence[SkillCall]) -> list[str]:
    """One line a call; the middle of a long log is left out and said so."""
    lines = [_call_line(call) for call in calls]
    if len(lines) <= MAX_CALL_LINES:
        return lines
    head, tail = MAX_CALL_LINES // 3, MAX_CALL_LINES - MAX_CALL_LINES // 3
    return [*lines[:head], f"... {len(lines) - MAX_CALL_LINES} calls left out ...", *lines[-tail:]]


def _call_line(call: SkillCall) -> str:
    arguments = ", ".join(
        f"{name}={_plain(value)}" for name, value in call.arguments.items() if value is not None
    )
    line = f"line {call.line}: " if call.line is not None else ""
    if call.error is not None:
        result = f"{call.error.kind}: {_cut(call.error.message, 2 * MAX_VALUE_CHARS)}"
    else:
        result = "ok" if call.result is None else _cut(_plain(call.result), MAX_VALUE_CHARS)
    return f"{line}{call.skill}({arguments}) -> {result}"


def _plain(value: object) -> str:
    """JSON with floats at four decimals."""
    return json.dumps(_rounded(value), ensure_ascii=False)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 12]} ...(cut off)"

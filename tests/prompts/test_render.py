"""Templates: strict, digested by source; the state text and the messages as they are meant to be.

Golden texts lie in `golden/`. After a wanted change of wording, write them again with
`REGOLD=1 pytest tests/prompts` and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from blazer.core.errors import UnknownNameError
from blazer.core.outcomes import Outcome
from blazer.core.records import (
    Captured,
    CheckResult,
    Decision,
    Execution,
    Fault,
    GripperState,
    ObjectState,
    PolicyFinding,
    PolicyReport,
    SkillCall,
    Verdict,
    WorldState,
)
from blazer.prompts.messages import (
    coder_messages,
    critic_messages,
    failure_report,
    planner_messages,
    prompt_digests,
    repair_messages,
)
from blazer.prompts.render import (
    PromptError,
    object_title,
    render,
    state_text,
    template_digest,
    template_names,
)
from blazer.skills.docs import api_section

GOLDEN = Path(__file__).parent / "golden"
LENGTHS = {"planner": 450, "coder": 2000}
"""Tokens, at four characters each, for a scene of three objects."""


def item(name: str, kind: str, color: str, position: tuple[float, float, float]) -> ObjectState:
    return ObjectState(
        name=name,
        kind=kind,
        color=color,
        position_m=position,
        quat_wxyz=(1.0, 0.0, 0.0, 0.0),
        yaw_rad=0.61803,
        size_m=(0.092, 0.092, 0.11),
    )


WORLD = WorldState(
    time_s=0.0,
    objects=(
        item("jar0", "jar", "red", (0.21345678, -0.00001, 0.807)),
        item("jar1", "jar", "blue", (0.3, 0.1, 0.807)),
        item("stand0", "ball stand", "", (0.1, 0.1, 0.756)),
    ),
    gripper=GripperState(position_m=(0.25, 0.0, 1.152), yaw_rad=-0.0, opening_m=0.08, holding=None),
)
STATE = state_text(WORLD)
FAILED = Verdict(
    paper=Decision.FAIL,
    strict=Decision.FAIL,
    checks=(
        CheckResult(name="detected", passed=False, measured={"gap_m": 0.123456}, required="gap_m <= 0.01"),
        CheckResult(name="nothing_grasped", passed=True, measured={"held": "none"}, required="held nothing"),
    ),
    strict_checks=(
        CheckResult(name="at_rest", passed=False, measured={"speed_m_s": 0.5}, required="speed_m_s <= 0.01"),
    ),
)


def call(index: int, error: Fault | None = None) -> SkillCall:
    return SkillCall(
        index=index,
        skill="move_gripper",
        arguments={"position": [0.1234567, 0.0, 0.9], "yaw": None},
        error=error,
        line=index + 1,
        start_s=0.0,
        duration_s=1.0,
        wall_ms=1.0,
    )


BLOCKED = Fault(kind="PathBlocked", message="path blocked by 'jar0'", line=2, skill="move_gripper")
RAN = Execution(
    outcome=Outcome.COLLISION,
    fault=BLOCKED,
    skill_calls=(call(0), call(1, BLOCKED)),
    stdout=Captured(text="here\n"),
)


def check_golden(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("REGOLD") == "1":
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8")


def whole(messages: tuple[object, ...]) -> str:
    return "\n\n".join(f"[{m.role}]\n{m.content}" for m in messages)  # type: ignore[attr-defined]


def test_golden_messages() -> None:
    coder = coder_messages("Close the red jar.", STATE, "1. Pick it.", "(API)")
    report = failure_report(Outcome.COLLISION, RAN, FAILED)
    check_golden("planner", whole(planner_messages("Close the red jar.", STATE).messages))
    check_golden("coder", whole(coder.messages))
    check_golden(
        "repair",
        whole(repair_messages(coder.messages, "```python\nx\n```", report, "Go higher.").messages[2:]),
    )
    check_golden("critic", whole(critic_messages("Close the red jar.", STATE, "x = 1", report).messages[1:]))


def test_golden_rejection() -> None:
    finding = PolicyFinding(
        rule="import", line=1, column=0, message="'os' may not be imported", suggestion="Leave it out."
    )
    ran = Execution(outcome=Outcome.POLICY_REJECTED, fault=Fault(kind="PolicyRejected", message="1 finding"))
    none = Verdict(paper=Decision.FAIL, strict=Decision.FAIL)
    report = failure_report(
        Outcome.POLICY_REJECTED, ran, none, PolicyReport(accepted=False, findings=(finding,))
    )
    check_golden("rejected", report)


def test_the_state_names_colour_kind_and_name_in_that_order() -> None:
    assert (
        "- red jar jar0: position (0.2135, 0.0000, 0.8070), yaw 0.6180, size 0.0920 x 0.0920 x 0.1100"
        in STATE
    )
    assert "- ball stand stand0: " in STATE
    assert "-0.0000" not in STATE
    assert STATE.endswith("opening 0.0800, holding nothing")


def test_the_state_shows_the_objects_asked_for_in_that_order() -> None:
    text = state_text(WORLD, ["jar1", "jar0"])
    assert text.index("jar1") < text.index("jar0")
    assert "stand0" not in text
    with pytest.raises(KeyError, match="nothing0"):
        state_text(WORLD, ["nothing0"])


def test_titles_leave_out_what_is_not_there() -> None:
    assert object_title(WORLD.objects[0]) == "red jar jar0"
    assert object_title(WORLD.objects[2]) == "ball stand stand0"


def test_a_missing_value_is_an_error_that_names_it() -> None:
    with pytest.raises(PromptError, match="'instruction' is undefined"):
        render("planner", state=STATE)


def test_an_unknown_template_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="planner"):
        render("planer")


def test_digests_are_of_the_source_and_differ() -> None:
    assert (
        render("planner", instruction="a", state="b").digest
        == render("planner", instruction="c", state="d").digest
    )
    digests = [template_digest(name) for name in template_names()]
    assert len(set(digests)) == len(digests) >= 7
    roles = prompt_digests()
    assert len(set(roles.values())) == len(roles)
    assert coder_messages("i", "s", "p", "a").digest == roles["coder"]
    assert planner_messages("i", "s").digest == roles["planner"]
    assert critic_messages("i", "s", "p", "r").digest == roles["critic"]


def test_values_are_not_read_as_templates() -> None:
    text = planner_messages("{{ 7 * 7 }} {% for x in y %}", STATE).messages[1].content
    assert "{{ 7 * 7 }} {% for x in y %}" in text


def test_prompts_stay_short() -> None:
    planner = planner_messages("Close the red jar.", STATE).messages
    coder = coder_messages("Close the red jar.", STATE, "1. Pick it.", api_section()).messages
    for name, messages in (("planner", planner), ("coder", coder)):
        assert sum(len(m.content) for m in messages) / 4 < LENGTHS[name], name


def test_a_repair_does_not_grow_with_the_conversation() -> None:
    coder = coder_messages("i", "s", "p", "a").messages
    once = repair_messages(coder, "r", "f").messages
    assert len(repair_messages(once, "r", "f").messages) == len(once) == 4


def test_a_long_log_is_cut_in_the_middle_and_says_so() -> None:
    long = Execution(outcome=Outcome.GOAL_NOT_MET, skill_calls=tuple(call(i) for i in range(200)))
    report = failure_report(Outcome.GOAL_NOT_MET, long, FAILED)
    assert "176 calls left out" in report
    assert "line 1: " in report
    assert "line 200: " in report
    assert len(report) < 4000


def test_long_output_is_cut_and_says_so() -> None:
    loud = Execution(outcome=Outcome.GOAL_NOT_MET, stdout=Captured(text="x" * 100_000))
    report = failure_report(Outcome.GOAL_NOT_MET, loud, FAILED)
    assert "(cut off)" in report
    assert len(report) < 2000


def test_only_failed_checks_go_back() -> None:
    report = failure_report(Outcome.GOAL_NOT_MET, RAN, FAILED)
    assert "gap_m = 0.1235" in report
    assert "speed_m_s <= 0.01" in report
    assert "nothing_grasped" not in report


def test_no_prompt_knows_a_task_by_name() -> None:
    for path in (Path(__file__).parents[2] / "blazer/prompts/templates").glob("*"):
        text = path.read_text().lower()
        assert not re.search(r"\b(jar|bottle|grill|hoop|basket|tray|spoke|peg)\b", text), path.name

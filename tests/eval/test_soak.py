"""A soak notices what ends wrong, what reaches the wrong run and what is left; and a small one is clean."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from blazer.core.outcomes import Ending
from blazer.core.records import Captured, SkillCall
from blazer.eval.soak import _Tally, crossing, soak
from blazer.eval.soak_programs import KINDS, SOAK_LIMITS, SoakProgram, soak_programs
from blazer.sandbox.battery.frame import Seen
from blazer.sandbox.policy import check_program

PROGRAMS = list(soak_programs(300, seed=1))


def _seen(text: str, ending: Ending = Ending.COMPLETED, **changes: Any) -> Seen:
    return Seen(ending, Captured(text=text), None, 0.1)._replace(**changes)


def _program(kind: str) -> SoakProgram:
    return next(program for program in PROGRAMS if program.kind.name == kind)


def test_every_hundred_hold_every_kind_by_its_share() -> None:
    assert sum(kind.share for kind in KINDS) == 100
    for start in (0, 100, 200):
        found = Counter(program.kind.name for program in PROGRAMS[start : start + 100])
        assert found == {kind.name: kind.share for kind in KINDS}
    assert [p.kind for p in PROGRAMS[:100]] != [p.kind for p in PROGRAMS[100:200]]
    assert list(soak_programs(300, seed=1)) == PROGRAMS


def test_tokens_are_one_each() -> None:
    assert len({program.token for program in PROGRAMS}) == len(PROGRAMS)
    for program in PROGRAMS:
        assert f"run-{program.token}" in program.source
        assert "{RUN}" not in program.source


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_policy_says_what_the_kind_needs(kind: object) -> None:
    program = next(program for program in PROGRAMS if program.kind is kind)
    if program.kind.policy:
        accepted = check_program(program.source, SOAK_LIMITS).accepted
        assert accepted == (Ending.REFUSED not in program.kind.endings)


def test_what_reached_the_wrong_run_is_seen() -> None:
    mine, other = PROGRAMS[0], PROGRAMS[1]
    assert crossing(mine, _seen(f"run-{mine.token}\n")) == (False, False)
    assert crossing(mine, _seen(f"run-{mine.token} run-{other.token}"))[0]
    call = SkillCall(
        index=0, skill="pick", arguments={"name": f"run-{other.token}"}, start_s=0, duration_s=0, wall_ms=0
    )
    assert crossing(mine, _seen(f"run-{mine.token}", calls=(call,)))[0]


def test_silence_is_wrong_where_something_must_be_said() -> None:
    assert crossing(_program("ordinary"), _seen("")) == (False, True)
    assert crossing(_program("refused"), _seen("")) == (False, False)


def test_wrong_endings_and_infrastructure_are_counted() -> None:
    tally, program = _Tally(), _program("ordinary")
    good = f"run-{program.token}"
    for seen in (_seen(good), _seen(good, Ending.TIME_OUT), _seen("", Ending.INFRASTRUCTURE), _seen("")):
        tally.add(program, seen)
    assert (tally.done, tally.wrong_n, tally.infra_errors, tally.cross_talk) == (4, 3, 1, 0)
    assert [wrong.ending for wrong in tally.wrong] == [
        Ending.TIME_OUT, Ending.INFRASTRUCTURE, Ending.COMPLETED
    ]  # fmt: skip


async def test_a_small_soak_is_clean() -> None:
    report = await soak(100, tier="process", workers=2, every_s=3600.0, phases=False)  # judged all the same
    assert report.wrong == ()
    assert (report.programs, report.wrong_n, report.cross_talk, report.infra_errors) == (100, 0, 0, 0)
    assert set(report.left_behind.values()) == {0}
    assert {kind: sum(found.values()) for kind, found in report.endings.items()} == {
        kind.name: kind.share for kind in KINDS
    }
    assert {"host_rss_mb", "world_rss_mb", "descriptors"} <= {gauge.name for gauge in report.gauges}


async def test_too_few_programs_are_refused_before_anything_runs() -> None:
    with pytest.raises(ValueError, match="15 programs say nothing about growth; give 16 or more"):
        await soak(15, tier="process")

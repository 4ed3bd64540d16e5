"""The rules of the comparison, fed with what sandboxes say: none may flatter one side."""

from __future__ import annotations

import json
from typing import Any

import pytest

from blazer.eval.peers import judge
from blazer.eval.peers.launch import Reply
from blazer.eval.peers.programs import BOMB_MB, THREADS
from blazer.eval.peers.records import PROMISES, Promise

HELD = {"Uid": "65534\t65534", "CapEff": "0000000000000000", "NoNewPrivs": "1", "Seccomp": "2"}
FREE = {"Uid": "0\t0", "CapEff": "00000000a80425fb", "NoNewPrivs": "0", "Seccomp": "0"}
HARD = {
    "reached": [],
    "wrote": [],
    "syscalls": [],
    "threads": 63,
}
SOFT = {
    "reached": ["172.17.0.1:4000"],
    "wrote": ["/etc/blazer-probe"],
    "syscalls": ["ptrace"],
    "threads": THREADS,
}


def run(text: str = "", word: str = "exit 0", ok: bool = True, **fields: Any) -> dict[str, Any]:
    return {
        "text": text,
        "word": word,
        "ok": ok,
        "refused": False,
        "kept_bytes": len(text),
        "took_s": 1.0,
    } | fields


def reply(*runs: dict[str, Any]) -> Reply:
    return Reply({"runs": list(runs), "growth_mb": 1.0, "containers": []})


LATE = Reply(None, "no answer within 40 s", late=True)
DEAD = Reply(None, "the driver ended with 1: ValueError")


def kept(promises: tuple[Promise, ...]) -> set[bool | None]:
    return {promise.kept for promise in promises}


def test_a_hard_sandbox_keeps_all_that_is_tried_inside_and_a_soft_one_nothing() -> None:
    assert kept(judge.tried(reply(run("noise\nPROBE " + json.dumps(HARD))), HELD)) == {True}
    assert kept(judge.tried(reply(run("PROBE " + json.dumps(SOFT))), FREE)) == {False}


@pytest.mark.parametrize("name", sorted(HARD))
def test_each_soft_spot_costs_a_promise_of_its_own(name: str) -> None:
    promises = judge.tried(reply(run("PROBE " + json.dumps(HARD | {name: SOFT[name]}))), HELD)
    assert [promise.kept for promise in promises].count(False) == 1


@pytest.mark.parametrize("name", sorted(HELD))
def test_each_freedom_costs_a_promise_of_its_own(name: str) -> None:
    promises = judge.tried(reply(run("PROBE " + json.dumps(HARD))), HELD | {name: FREE[name]})
    assert [promise.kept for promise in promises].count(False) == 1


def test_what_cannot_be_seen_is_not_claimed() -> None:
    promises = judge.tried(reply(run("PROBE " + json.dumps(HARD | {"syscalls": None}))), {})
    assert {promise.name for promise in promises if promise.kept is None} == {
        "not_root",
        "no_capabilities",
        "no_new_privileges",
        "seccomp",
        "closed_syscalls",
    }


def test_a_program_is_not_believed_about_itself() -> None:
    boast = HARD | {"uid": 65534, "CapEff": "0", "NoNewPrivs": "1", "Seccomp": "2"}
    assert False in kept(judge.tried(reply(run("PROBE " + json.dumps(boast))), FREE))


@pytest.mark.parametrize(
    "answer",
    [
        reply(run("", word="refused", refused=True, ok=False)),
        reply(run("PROBE {half")),
        LATE,
        DEAD,
        Reply({"runs": []}),
    ],
)
def test_no_report_is_no_promise_kept(answer: Reply) -> None:
    assert kept(judge.tried(answer, {})) == {None}


def test_a_loop_that_is_ended_too_late_is_not_ended_in_time() -> None:
    early = reply(run(ok=False, word="TimeoutError", took_s=5.3))
    late = reply(run(ok=False, word="TimeoutError", took_s=15.3))
    assert [p.kept for p in judge.loop(early, 5, 0.0, True)] == [True, True]
    assert [p.kept for p in judge.loop(late, 5, 0.0, True)] == [False, True]


def test_a_loop_that_burns_on_is_not_dead() -> None:
    ended, dead = judge.loop(reply(run(ok=False, took_s=5.0)), 5, 1.98, True)
    assert (ended.kept, dead.kept) == (True, False)
    assert "99 %" in dead.seen
    starved = judge.loop(reply(run(ok=False, took_s=5.0)), 5, 0.4, True)[1]
    assert starved.kept is False, "a loop that a busy machine starves is alive"


def test_a_loop_called_a_success_did_not_time_out() -> None:
    assert judge.loop(reply(run(ok=True, took_s=5.0)), 5, 0.0, True)[0].kept is False


def test_a_hang_is_a_broken_promise_and_a_dead_driver_is_none() -> None:
    assert kept(judge.loop(LATE, 5, None, True)) == {False}
    assert kept(judge.loop(DEAD, 5, None, True)) == {None}
    assert judge.default_limit(LATE).kept is False
    assert judge.default_limit(DEAD).kept is None


def test_without_the_option_there_is_no_limit() -> None:
    assert kept(judge.loop(Reply(None), 5, None, False)) == {False}
    assert judge.memory_told(DEAD, DEAD, False).kept is False


def test_a_flood_is_survived_only_if_the_next_program_runs() -> None:
    greeted = run("hello\n")
    assert judge.flood(reply(run("x" * 64), greeted)).kept is True
    assert judge.flood(reply(run("x" * 64), run("", ok=False))).kept is False
    assert judge.flood(LATE).kept is False


def test_bad_bytes_keep_the_text_around_them() -> None:
    assert judge.bad_bytes(reply(run("begin \\xff end"))).kept is True
    assert judge.bad_bytes(reply(run("", word="UnicodeDecodeError", ok=False))).kept is False
    assert judge.bad_bytes(reply(run("", word="refused", refused=True, ok=False))).kept is None


def test_memory_is_limited_unless_it_was_taken() -> None:
    assert judge.bomb(reply(run(f"allocated {BOMB_MB}"))).kept is False
    assert judge.bomb(reply(run("", word="exit 137", ok=False))).kept is True
    assert judge.bomb(LATE).kept is None


def test_out_of_memory_must_look_different_from_a_time_out() -> None:
    timed_out = reply(run(word="TimeoutError: after 5 s", ok=False))
    same = reply(run(word="TimeoutError: after 9 s", ok=False))
    assert judge.memory_told(same, timed_out, True).kept is False
    assert judge.memory_told(reply(run(word="exit 137", ok=False)), timed_out, True).kept is True
    assert judge.memory_told(reply(run(word="exit 0")), timed_out, True).kept is False
    assert judge.memory_told(LATE, timed_out, True).kept is False


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ([run("planted"), run("FOUND "), run("planted"), run("", ok=False)], True),
        ([run("planted"), run("FOUND a file in /tmp"), run("planted"), run("", ok=False)], False),
        ([run("", ok=False), run("", ok=False), run("planted"), run("FOUND a global name")], False),
        ([run("", ok=False), run("", ok=False), run("", ok=False), run("", ok=False)], None),
        ([run("planted"), run("", ok=False), run("planted"), run("", ok=False)], None),
    ],
)
def test_leaks_between_programs(runs: list[dict[str, Any]], found: bool | None) -> None:
    assert judge.leak(reply(*runs)).kept is found


def test_leaving_early_must_not_pass_for_success() -> None:
    assert judge.left_early(reply(run(word="exit 0", ok=True))).kept is False
    assert judge.left_early(reply(run(word="early_exit", ok=False))).kept is True
    assert judge.left_early(LATE).kept is False


def test_leftovers_are_counted() -> None:
    opened = Reply({"runs": []}, opened=("a", "b"))
    assert judge.leftovers(opened, [], [], True).kept is True
    assert judge.leftovers(DEAD, [], [], True).kept is None
    left = judge.leftovers(opened, ["a", "b"], [7], True)
    assert left.kept is False
    assert left.seen == "2 containers and 1 process left"


def test_every_judged_promise_is_in_the_table() -> None:
    some = reply(run("PROBE " + json.dumps(HARD)))
    judged = {
        *(promise.name for promise in judge.tried(some, HELD)),
        *(promise.name for promise in judge.loop(some, 5, 0.0, True)),
        *(
            rule.name
            for rule in (
                judge.bomb(some),
                judge.default_limit(some),
                judge.flood(reply(run(), run())),
                judge.bad_bytes(some),
                judge.leak(reply(run(), run(), run(), run())),
                judge.memory_told(some, some, True),
                judge.left_early(some),
                judge.leftovers(some, [], [], False),
            )
        ),
    }
    assert judged == set(PROMISES)

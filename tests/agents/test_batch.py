"""Batch files: out, answered by anyone, in, and on to verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from blazer.agents.batch import export_requests, import_answers
from blazer.agents.cache import ResponseCache
from blazer.agents.collect import ANSWERS_FILE, EventKind, collect
from blazer.agents.models import RoleConfig
from blazer.agents.run import CollectConfig
from blazer.core.errors import UsageError
from blazer.core.outcomes import Outcome
from tests.agents.chat_server import completion
from tests.agents.fakes import MemorySink, program, workplace

ROLES = {
    "planner": RoleConfig(model="big", max_tokens=100),
    "coder": RoleConfig(model="big", temperature=0.5, seed=3),
}


def config(**values: Any) -> CollectConfig:
    defaults: dict[str, Any] = {"tasks": ("lift_block",), "seed_stop": 2, "roles": ROLES, "answers": "batch"}
    return CollectConfig(**{**defaults, **values})


def answer(request: dict[str, Any], text: str) -> str:
    response = {"status_code": 200, "request_id": "r", "body": completion(text)}
    return json.dumps({"id": "x", "custom_id": request["custom_id"], "response": response, "error": None})


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_round_trip_to_verdicts(tmp_path: Path) -> None:
    sink, requests, answers = MemorySink(), tmp_path / "requests.jsonl", tmp_path / "answers.jsonl"
    replies = ["1. Pick it.", program("collision"), program("success")]
    for stage, reply in enumerate(replies):
        exported = await export_requests(config(), workplace(sink=sink, state_dir=tmp_path), requests)
        rows = read(requests)
        assert exported.requests == len(rows) == exported.run.pending == 2
        assert len(sink.added) == (2 if stage == 2 else 0), "attempts are recorded as soon as they ran"
        for row in rows:
            assert (row["method"], row["url"]) == ("POST", "/v1/chat/completions")
            assert row["body"]["model"] == "big"
            assert row["body"]["messages"][0]["role"] == "system"
        answers.write_text("".join(answer(row, reply) + "\n" for row in reversed(rows)))
        imported = import_answers(answers, tmp_path)
        assert (imported.kept, imported.bad_lines, imported.unknown_ids, imported.still_pending) == (
            2,
            (),
            (),
            0,
        )
    report = await collect(config(), workplace(sink=sink, state_dir=tmp_path))
    assert (report.done_now, report.pending) == (2, 0)
    assert [t.outcome for t in sink.added] == [Outcome.COLLISION] * 2 + [Outcome.SUCCESS] * 2
    assert all(t.usage.prompt_tokens for t in sink.added)
    last = await export_requests(config(), workplace(sink=sink, state_dir=tmp_path), requests)
    assert (last.requests, requests.read_text()) == (0, "")


async def test_the_body_holds_what_was_configured(tmp_path: Path) -> None:
    requests = tmp_path / "r.jsonl"
    roles = {**ROLES, "planner": RoleConfig()}
    exported = await export_requests(
        config(roles=roles, seed_stop=1, samples=2), workplace(state_dir=tmp_path), requests
    )
    bodies = [row["body"] for row in read(requests)]
    assert exported.requests == 2
    assert [body["seed"] for body in bodies] == [3, 4]
    assert {body["temperature"] for body in bodies} == {0.5}
    assert {body["max_completion_tokens"] for body in bodies} == {4096}


async def test_bad_lines_are_told_by_number_and_good_ones_kept(tmp_path: Path) -> None:
    requests, answers = tmp_path / "r.jsonl", tmp_path / "a.jsonl"
    await export_requests(config(seed_stop=6), workplace(state_dir=tmp_path), requests)
    rows = read(requests)
    error = {"custom_id": rows[1]["custom_id"], "response": None, "error": {"code": "batch_expired"}}
    status = {"custom_id": rows[2]["custom_id"], "response": {"status_code": 500, "body": {}}}
    empty = {"custom_id": rows[3]["custom_id"], "response": {"status_code": 200, "body": {"choices": []}}}
    number = {**json.loads(answer(rows[4], "x"))}
    number["response"]["body"]["choices"][0]["message"]["content"] = 5
    lines = [
        answer(rows[0], "1. Pick."),
        "{not json",
        json.dumps(error),
        json.dumps(status),
        json.dumps(empty),
        json.dumps(number),
        "[1, 2]",
        "",
        answer({"custom_id": "stranger"}, "x"),
        answer(rows[0], "1. Pick."),
        answer(rows[5], "1. Pick."),
        "[" * 100_000,
        "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
    ]
    answers.write_text("\n".join(lines) + "\n")
    report = import_answers(answers, tmp_path)
    assert (report.kept, report.known_before, report.unknown_ids) == (2, 1, ("stranger",))
    assert [bad.number for bad in report.bad_lines] == [2, 3, 4, 5, 6, 7, 12, 13]
    assert "batch_expired" in report.bad_lines[1].why
    assert report.still_pending == 4


async def test_an_answers_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.jsonl"):
        import_answers(tmp_path / "nowhere.jsonl", tmp_path)


async def test_an_export_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(UsageError, match="taken"):
        await export_requests(config(), workplace(state_dir=tmp_path / "s"), tmp_path / "taken")
    assert not list(tmp_path.glob(".*"))


async def test_waiting_is_told_as_such(tmp_path: Path) -> None:
    kinds = []
    report = await collect(config(), workplace(state_dir=tmp_path), lambda event: kinds.append(event.kind))
    assert kinds.count(EventKind.PENDING) == report.pending == 2
    assert (report.cancelled, report.infra_errors, report.stopped) == (0, 0, "")
    with ResponseCache(tmp_path / ANSWERS_FILE) as cache:
        assert len(cache.pending(report.run_id)) == 2
        assert cache.pending("another") == ()

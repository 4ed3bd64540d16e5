"""A run whose answers come in files: out, answered elsewhere, in, until there are verdicts."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from blazer.store.store import Store
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task, reference_program
from tests.cli.conftest import Blazer

EXPORT = (
    "batch",
    "export",
    "--model",
    "gpt-4.1",
    "--tasks",
    "put_block",
    "--seeds",
    "0:2",
    "--tier",
    "process",
)


def _requests(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _answer(requests: list[dict[str, Any]], path: Path) -> None:
    """Plans for planners; for coders the reference program of the seed whose instruction is asked."""
    solutions = {}
    for seed in range(2):
        instance = instantiate(get_task("put_block"), seed)
        solutions[instance.instruction] = reference_program(instance)
    lines = []
    for request in requests:
        asked = "\n".join(message["content"] for message in request["body"]["messages"])
        program = next((text for instruction, text in solutions.items() if instruction in asked), "pass")
        content = f"1. Pick the block.\n2. Place it.\n\n```python\n{program}\n```"
        body = {
            "choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 50},
        }
        lines.append({"custom_id": request["custom_id"], "response": {"status_code": 200, "body": body}})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "not json\n")


def test_rounds_of_files_lead_to_verdicts(blazer: Blazer, tmp_path: Path) -> None:
    requests, answers = tmp_path / "blazer-data" / "requests.jsonl", tmp_path / "answers.jsonl"
    first = blazer(*EXPORT, "--json")
    assert first.code == 0, first.err
    assert first.json["requests"] == len(_requests(requests)) == 2
    for _ in range(4):
        if not _requests(requests):
            break
        _answer(_requests(requests), answers)
        answer = blazer("batch", "import", "answers.jsonl")
        assert answer.code == 1, answer.err
        assert "line 3 is of no use" in answer.err
    assert "2 of 2 episodes complete" in answer.out
    with Store.open("blazer-data/traces.sqlite", create=False) as store:
        assert [(row.outcome.value, row.coder, row.prompt_tokens) for row in store.rows()] == [
            ("success", "gpt-4.1", 200)
        ] * 2
        assert store.runs()[0].status == "finished"


def test_a_file_without_an_answer_is_refused(blazer: Blazer, tmp_path: Path) -> None:
    assert blazer(*EXPORT).code == 0
    before = (tmp_path / "blazer-data" / "requests.jsonl").read_bytes()
    for content, hint in (("garbage\n\n{}\n", "2 bad lines, the first (line 1) not JSON"), ("", "is empty")):
        (tmp_path / "answers.jsonl").write_text(content)
        answer = blazer("batch", "import", "answers.jsonl")
        assert (answer.code, answer.out) == (2, "")
        assert "holds no answer" in answer.err and hint in answer.err and answer.err.count("\n") == 1
    assert (tmp_path / "blazer-data" / "requests.jsonl").read_bytes() == before


def test_whole_files_end_well_also_when_the_code_changed_meanwhile(
    blazer: Blazer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert blazer(*EXPORT).code == 0
    requests = _requests(tmp_path / "blazer-data" / "requests.jsonl")
    _answer(requests, tmp_path / "answers.jsonl")
    lines = (tmp_path / "answers.jsonl").read_text().splitlines()[:-1]
    (tmp_path / "answers.jsonl").write_text("\n".join(lines))
    for module in ("blazer.agents.run", "blazer.cli.collecting"):
        monkeypatch.setattr(f"{module}.code_digest", lambda: "0" * 16)
    answer = blazer("batch", "import", "answers.jsonl", "--json")
    assert answer.code == 0 and answer.json["requests"] == 2, answer.err
    assert "begun with other code of Blazer" in answer.err
    with Store.open("blazer-data/traces.sqlite", create=False) as store:
        assert len(store.runs()) == 1


def test_what_cannot_be_is_one_line(blazer: Blazer, tmp_path: Path) -> None:
    cases = [
        (("batch", "export"), "name one, such as --model"),
        (("batch", "import", "a.jsonl"), "no store at"),
    ]
    for command, hint in cases:
        answer = blazer(*command)
        assert answer.code == 2 and hint in answer.err and answer.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
    with Store.open("blazer-data/traces.sqlite") as store:
        store.begin_run("live", {"settings": {"answers": "live"}})
    for command, hint in (
        (("batch", "import", "a.jsonl"), "no batch run"),
        (("batch", "import", "a.jsonl", "--run", "live"), "asks its models itself"),
        (("batch", "import", "a.jsonl", "--run", "none"), "no run 'none'"),
    ):
        answer = blazer(*command)
        assert answer.code == 2 and hint in answer.err and answer.err.count("\n") == 1


def _without_docker(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: the Docker SDK leaves the socket open that did not connect."""
    command = [sys.executable, "-m", "blazer.cli.main", *arguments]
    environment = {**os.environ, "DOCKER_HOST": f"unix://{folder}/no.sock"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_language_model_without_docker_is_refused_and_told_how_to_go_on(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.1)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        model = ("--model", "coder=local", "--base-url", url)
        done = _without_docker(tmp_path, "collect", *model, "--tasks", "put_block")
        with pytest.raises(TimeoutError):  # nobody knocked
            server.accept()
        gone = ("--model", "coder=local", "--base-url", "http://127.0.0.1:9/v1")
        assert _without_docker(tmp_path, "collect", *gone, "--tasks", "put_block").stderr == done.stderr
    assert (done.returncode, done.stdout) == (2, "")
    assert "--tier process" in done.stderr and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_tier_asked_for_by_name_is_not_replaced(tmp_path: Path) -> None:
    done = _without_docker(tmp_path, "collect", "--tier", "docker", "--tasks", "put_block")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_built_in_model_goes_on_without_docker_and_says_so(tmp_path: Path) -> None:
    done = _without_docker(tmp_path, "run-program", "@reference", "--task", "put_block")
    assert done.returncode == 0, done.stderr
    assert "sandbox: process tier, because Docker is not to be had" in done.stderr

"""`collect` against an OpenAI-compatible server on this machine: what a user of a local model types."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from blazer.store.store import Store
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task, reference_program
from tests.cli.conftest import Blazer

PROGRAM = reference_program(instantiate(get_task("put_block"), 0))


class _Model(BaseHTTPRequestHandler):
    status = 200
    asked: list[str] = []

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.asked.append(json.loads(self.rfile.read(length))["model"])
        message = {"role": "assistant", "content": f"1. Move the block.\n\n```python\n{PROGRAM}\n```"}
        usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
        answer = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "usage": usage}
        body = json.dumps({**answer, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
        if self.status != 200:
            body = json.dumps({"error": {"message": "no such model", "type": "invalid_request_error"}})
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def model() -> Iterator[type[_Model]]:
    """A handler class whose `status` a test may change, served at `url`."""
    handler = type("Handler", (_Model,), {"status": 200, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.url = f"http://127.0.0.1:{server.server_port}/v1"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def _command(model: type[_Model]) -> list[str]:
    url: str = model.url  # type: ignore[attr-defined]
    roles = ["--model", "coder=big", "--model", "planner=small", "--base-url", url]
    return ["collect", *roles, "--tasks", "put_block", "--seeds", "0", "--tier", "process"]


def test_a_local_model_writes_a_trace_with_its_usage(blazer: Blazer, model: type[_Model]) -> None:
    answer = blazer(*_command(model), "--price", "coder=2/0", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["summary"]["overall"]["strict"]["successes"] == 1
    assert answer.json["summary"]["cost_usd"] is None, "the planner's price is not known"
    assert model.asked == ["small", "big"]
    with Store.open("blazer-data/traces.sqlite", create=False) as store:
        (trace,) = store.traces()
    assert trace.models == {"planner": "small", "coder": "big"}
    assert (trace.usage.prompt_tokens, trace.usage.completion_tokens) == (2000, 200)
    assert trace.usage.cost_usd == pytest.approx(0.002) and trace.usage.unpriced_calls == 1
    assert "cost unknown" in blazer("traces", "show", trace.trace_id).out
    assert "cost unknown" in blazer("runs", trace.run_id).out
    assert blazer(*_command(model)).code == 0
    assert model.asked == ["small", "big"], "a complete run asks nothing"


def test_a_model_that_the_endpoint_does_not_know_is_one_line(
    blazer: Blazer, model: type[_Model], tmp_path: Path
) -> None:
    model.status = 404
    answer = blazer(*_command(model))
    lines = [line for line in answer.err.splitlines() if line.startswith("error: ")]
    assert answer.code == 2 and len(lines) == 1, answer.err
    assert "small" in lines[0] and "no such model" in lines[0]
    with Store.open("blazer-data/traces.sqlite", create=False) as store:
        assert (store.count(), store.runs()) == (0, ()), "a run that never was leaves none"


def test_another_run_asks_anew_and_the_same_one_does_not(blazer: Blazer, model: type[_Model]) -> None:
    for name, calls in (("one", 2), ("one", 2), ("two", 4)):
        assert blazer(*_command(model), "--run", name).code == 0
        assert len(model.asked) == calls


def test_without_the_cache_an_unfinished_run_asks_again(blazer: Blazer, model: type[_Model]) -> None:
    command = [*_command(model), "--no-cache", "--budget-calls"]
    assert blazer(*command, "1").code == 1
    for left in Path("blazer-data/traces.sqlite.state").glob("checkpoints.sqlite*"):
        left.unlink()
    assert blazer(*command, "9").code == 0
    assert model.asked == ["small", "small", "big"]


def test_a_met_budget_says_what_went_into_unfinished_attempts(blazer: Blazer, model: type[_Model]) -> None:
    command = [*_command(model), "--price", "2/8", "--budget-tokens", "1000"]
    answer = blazer(*command, "--json")
    assert answer.code == 1
    assert "1100 of 1000 tokens" in answer.err and "raise --budget-tokens" in answer.err
    assert answer.json["unfinished"] == {"tokens": 1100, "cost_usd": pytest.approx(0.0028)}
    answer = blazer(*command)
    assert "on unfinished attempts: 1,100 tokens, $0.00" in answer.out
    answer = blazer(*command[:-1], "9000", "--json")
    assert answer.code == 0 and answer.json["unfinished"] is None, answer.out
    assert model.asked == ["small", "big"], "nothing is paid twice"

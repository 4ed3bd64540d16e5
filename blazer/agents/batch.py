"""OpenAI batch files: the requests a run waits for go out, answers from anywhere come in.

A run with `answers="batch"` stops each episode where it needs an answer that is not known, and
goes on from that checkpoint once it is. Planner, coder and repair follow one another, so a run
takes several rounds of export and import; a round holds every request that can be asked now. The
`custom_id` of a request is its key in the cache of answers, so a file may be answered in any
order, in parts, or twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from blazer.agents.cache import PendingRequest, ResponseCache
from blazer.agents.chat import ChatReply
from blazer.agents.collect import ANSWERS_FILE, CollectEvent, CollectReport, Workplace, collect
from blazer.agents.run import CollectConfig
from blazer.core.errors import UsageError
from blazer.core.records import Record

URL = "/v1/chat/completions"
MAX_LINE_BYTES = 4_000_000


class BadLine(NamedTuple):
    """A line of an answers file that could not be used."""

    number: int
    why: str


class ExportReport(Record):
    """What `export_requests` wrote."""

    path: str
    requests: int
    run: CollectReport
    """Of the collecting that led to these requests."""


class ImportReport(Record):
    """What `import_answers` made of a file."""

    kept: int
    known_before: int
    bad_lines: tuple[BadLine, ...]
    unknown_ids: tuple[str, ...]
    """Ids that no run waits for."""
    still_pending: int


async def export_requests(
    config: CollectConfig,
    place: Workplace,
    path: Path,
    on_event: Callable[[CollectEvent], None] = lambda event: None,
) -> ExportReport:
    """Drive the run as far as known answers carry it, and write the requests it then waits for.

    An empty file means that the run needs nothing more. The file appears whole or not at all.

    Raises:
        UsageError: if the run keeps no state on disk.
        StoreError: if answers or traces cannot be kept.
    """
    if place.state_dir is None:
        raise UsageError("a batch run needs a folder for its state: the answers come in another process")
    config = config.model_copy(update={"answers": "batch"})
    report = await collect(config, place, on_event)
    with ResponseCache(place.state_dir / ANSWERS_FILE) as cache:
        pending = cache.pending(report.run_id)
    lines = [json.dumps(_request_line(request), ensure_ascii=False) + "\n" for request in pending]
    _write_whole(path, "".join(lines))
    return ExportReport(path=str(path), requests=len(pending), run=report)


def _request_line(request: PendingRequest) -> dict[str, Any]:
    return {"custom_id": request.key, "method": "POST", "url": URL, "body": json.loads(request.body)}


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}; choose another place") from error
    finally:
        temporary.unlink(missing_ok=True)


def import_answers(path: Path, state_dir: Path) -> ImportReport:
    """Take the answers of a batch output file that runs of this state folder wait for.

    Good lines are kept whatever the others hold; collecting the run again then goes on with them.

    Raises:
        UsageError: if the file cannot be read.
        StoreError: if the answers cannot be kept.
    """
    kept = known = 0
    bad: list[BadLine] = []
    unknown: list[str] = []
    with ResponseCache(state_dir / ANSWERS_FILE) as cache:
        waiting = {request.key: json.loads(request.body)["model"] for request in cache.pending()}
        for number, line in _lines(path):
            try:
                key, reply = parse_answer(line)
            except ValueError as error:
                bad.append(BadLine(number, str(error)))
                continue
            if cache.get(key) is not None:
                known += 1
            elif key not in waiting:
                unknown.append(key)
            else:
                kept += cache.put(key, waiting[key], reply)
        left = len({request.key for request in cache.pending()})
    return ImportReport(
        kept=kept, known_before=known, bad_lines=tuple(bad), unknown_ids=tuple(unknown), still_pending=left
    )


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Numbered lines that are not blank; an overlong one is cut, and so will not parse."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line[:MAX_LINE_BYTES]
    except OSError as error:
        raise UsageError(f"cannot read the answers file {path}: {error.strerror or error}") from error


def parse_answer(line: bytes | str) -> tuple[str, ChatReply]:
    """Key and reply of one line of a batch output file.

    Raises:
        ValueError: what is wrong with it, in words.
    """
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(row, dict) or not isinstance(row.get("custom_id"), str):
        raise ValueError("no custom_id")
    key = row["custom_id"]
    if row.get("error"):
        raise ValueError(f"{key}: the batch reports an error: {json.dumps(row['error'])[:200]}")
    response = row.get("response")
    if not isinstance(response, dict) or response.get("status_code", 200) != 200:
        status = response.get("status_code") if isinstance(response, dict) else None
        raise ValueError(f"{key}: no successful response (status {status})")
    return key, _reply_of(key, response.get("body"))


def _reply_of(key: str, body: object) -> ChatReply:
    try:
        choice = body["choices"][0]  # type: ignore[index]
        text = choice["message"]["content"]
    except (TypeError, KeyError, IndexError):
        raise ValueError(f"{key}: the body is not a chat completion (no choices[0].message)") from None
    if text is None:
        text = ""
    if not isinstance(text, str):
        raise ValueError(f"{key}: the message's content is a {type(text).__name__}, not text")
    usage = body.get("usage") if isinstance(body, dict) else None
    return ChatReply(
        text=text,
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        finish_reason=str(choice.get("finish_reason") or "stop"),
    )


def _count(usage: object, name: str) -> int:
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and value >= 0 else 0

"""A real HTTP server on the loopback that speaks the OpenAI chat protocol, and misbehaves on request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def completion(text: str = "hello", finish: str = "stop", **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test-model",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }
    return {**body, **changes}


class ChatServer(ThreadingHTTPServer):
    """Works through `script`, one entry a request, then answers well.

    Entries: a dict (sent as JSON), an int (a status), ("slow", seconds), ("drip", seconds),
    "cut", "garbage", "html", or (status, headers) with an error code as a third.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Any] = []
        self.requests: list[dict[str, Any]] = []
        self.headers_seen: list[dict[str, str]] = []
        self.times: list[float] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.requests.append(body)
        self.server.headers_seen.append({k.lower(): v for k, v in self.headers.items()})
        self.server.times.append(time.monotonic())
        entry = self.server.script.pop(0) if self.server.script else completion()
        try:
            self._answer(entry)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _answer(self, entry: Any) -> None:
        if isinstance(entry, dict):
            self._send(200, json.dumps(entry).encode())
        elif isinstance(entry, int):
            self._send(entry, json.dumps({"error": {"message": f"status {entry}", "code": None}}).encode())
        elif entry == "garbage":
            self._send(200, b'{"choices": [{"mess')
        elif entry == "html":
            self._send(200, b"<html>proxy says hello</html>", {"content-type": "text/html"})
        elif entry == "cut":
            text = json.dumps(completion()).encode()
            self._send(200, text[:40], length=len(text))
            self.close_connection = True
        elif entry[0] == "slow":
            time.sleep(entry[1])
            self._send(200, json.dumps(completion()).encode())
        elif entry[0] == "drip":
            text = json.dumps(completion()).encode()
            self._send(200, b"", length=len(text))
            for byte in text:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(entry[1] / len(text))
        else:
            code = entry[2] if len(entry) > 2 else None
            text = json.dumps({"error": {"message": "slow down", "code": code}}).encode()
            self._send(entry[0], text, entry[1])

    def _send(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body) if length is None else length))
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    server = ChatServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""What the drivers share: the steps, run against whatever sandbox a driver wraps, and the reply.

A driver is started once for each step, so that a sandbox which hangs or dies costs one step alone. It
reads one JSON request from stdin and writes JSON lines: `{"opened": [ids]}` for each sandbox, so that
the host can clean up after a driver that never comes back, and `{"answer": {...}}` at the end. Only the
standard library: this runs in the peers' interpreter too.

What a sandbox raises for a program is an answer like any other (its `word`); what a driver did not
foresee ends the driver, and the host reports that.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

from blazer.eval.peers import programs

PAUSE_S = 0.5
"""Between programs when a warm sandbox is timed: nobody sends them back to back there."""
STARTS = 4
"""Tries to open one sandbox; those that fail are counted and told, and their time is not."""
NO_START = (RuntimeError, OSError, TimeoutError)
"""What the peers raise when a sandbox does not come up."""
PAIR = 2
"""Sandboxes at a time when programs per second are counted."""


class Answer(NamedTuple):
    """What a sandbox said of one program.

    Attributes:
        word: How it ended, in the sandbox's own words; short.
        ok: Whether the sandbox calls it a success.
        text: What it gave back of the output.
        refused: Whether it did not run the program, as a matter of policy.
    """

    word: str
    ok: bool
    text: str
    refused: bool = False


class Sandbox(Protocol):
    """One sandbox, from start to end; blocking."""

    def open(self) -> None:
        """Start it, ready for a program."""

    def run(self, source: str) -> Answer:
        """Run a program."""

    def close(self) -> None:
        """End it."""

    def containers(self) -> list[str]:
        """Ids of the containers it has now."""


class Options(NamedTuple):
    """What a step asks for beside the defaults.

    Attributes:
        image: Replaces the peer's default image.
        timeout_s: A time limit, where the sandbox has such an option; None is its own default.
        memory_mb: A memory limit, likewise.
        slot: Number among sandboxes open at the same time, for those that need a port each.
    """

    image: str = ""
    timeout_s: int | None = None
    memory_mb: int | None = None
    slot: int = 0


class Driver(NamedTuple):
    """A sandbox as the kit sees it.

    Attributes:
        make: A closed sandbox.
        about: `version`, `deviations`, `remarks`, `reuses` (one sandbox for many programs),
            `time_limit` (has the option), `memory_limit` (has the option).
        pair: Runs a number of programs, each in a fresh sandbox, two at a time, where the sandbox
            brings its own way; None for the kit's.
    """

    make: Callable[[Options], Sandbox]
    about: Callable[[], dict[str, Any]]
    pair: Callable[[Options, int], None] | None = None


class _Channel:
    """Replies, on a descriptor that no library prints to."""

    def __init__(self) -> None:
        self._fd = os.dup(1)
        os.dup2(2, 1)

    def say(self, **fields: Any) -> None:
        os.write(self._fd, json.dumps(fields).encode() + b"\n")


def main(driver: Driver) -> None:
    """Answer one request and leave."""
    channel = _Channel()
    request = json.loads(sys.stdin.readline())
    options = Options(**request["options"])
    step = _STEPS[request["step"]]
    step(driver, options, request, channel)
    sys.stderr.flush()
    # A sandbox that timed a program out by thread would keep this process from ending.
    os._exit(0)


@contextlib.contextmanager
def _opened(driver: Driver, options: Options, channel: _Channel) -> Iterator[Sandbox]:
    box, _ = _started(driver, options)
    try:
        channel.say(opened=box.containers())
        yield box
    finally:
        box.close()


def _started(driver: Driver, options: Options) -> tuple[Sandbox, int]:
    """An open sandbox, and how many tries before it failed."""
    for failed in range(STARTS - 1):
        box = driver.make(options)
        try:
            box.open()
        except NO_START as error:
            sys.stderr.write(f"a start failed: {error}\n")
        else:
            return box, failed
    box = driver.make(options)
    box.open()
    return box, STARTS - 1


def _about(driver: Driver, options: Options, request: dict[str, Any], channel: _Channel) -> None:
    channel.say(answer=driver.about())


def _cold(driver: Driver, options: Options, request: dict[str, Any], channel: _Channel) -> None:
    """A sandbox started, one program, ended; again and again until `n` or the time is used up."""
    cold_ms: list[float] = []
    teardown_ms: list[float] = []
    failed = 0
    until_s = time.monotonic() + request["budget_s"]
    while len(cold_ms) < request["n"] and time.monotonic() < until_s:
        from_s = time.monotonic()
        box = driver.make(options)
        try:
            box.open()
        except NO_START as error:
            failed += 1
            sys.stderr.write(f"a start failed: {error}\n")
            if failed > request["n"]:
                raise
            continue
        answer = box.run(programs.HELLO)
        cold_ms.append((time.monotonic() - from_s) * 1e3)
        channel.say(opened=box.containers())
        from_s = time.monotonic()
        box.close()
        teardown_ms.append((time.monotonic() - from_s) * 1e3)
        _must_greet(answer)
    if not cold_ms:
        raise RuntimeError(f"none of {failed} starts succeeded")
    channel.say(answer={"cold_ms": cold_ms, "teardown_ms": teardown_ms, "failed_starts": failed})


def _warm(driver: Driver, options: Options, request: dict[str, Any], channel: _Channel) -> None:
    """An open sandbox; programs at leisure, from the call to its result."""
    warm_ms: list[float] = []
    with _opened(driver, options, channel) as box:
        _must_greet(box.run(programs.HELLO))
        until_s = time.monotonic() + request["budget_s"]
        while len(warm_ms) < request["n"] and time.monotonic() < until_s:
            time.sleep(PAUSE_S)
            from_s = time.monotonic()
            answer = box.run(programs.HELLO)
            warm_ms.append((time.monotonic() - from_s) * 1e3)
            _must_greet(answer)
    channel.say(answer={"warm_ms": warm_ms})


def _fresh(driver: Driver, options: Options, request: dict[str, Any], channel: _Channel) -> None:
    """Programs per second, a fresh sandbox for each, two at a time."""
    from_s = time.monotonic()
    done = request["n"]
    if driver.pair:
        driver.pair(options, request["n"])
    else:
        done = _pairs(driver, options, request["n"], from_s + request["budget_s"], channel)
    channel.say(answer={"programs": done, "elapsed_s": time.monotonic() - from_s})


def _pairs(driver: Driver, options: Options, n: int, until_s: float, channel: _Channel) -> int:
    waiting = list(range(n))
    done: list[int] = []

    def lane(slot: int) -> None:
        while waiting and time.monotonic() < until_s:
            number = waiting.pop()
            box, _ = _started(driver, options._replace(slot=slot))
            channel.say(opened=box.containers())
            answer = box.run(programs.HELLO)
            box.close()
            _must_greet(answer)
            done.append(number)

    lanes = [threading.Thread(target=lane, args=(slot,)) for slot in range(PAIR)]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    if len(done) + len(waiting) < n:
        raise RuntimeError(f"{n - len(done) - len(waiting)} programs failed in fresh sandboxes")
    return len(done)


def _run(driver: Driver, options: Options, request: dict[str, Any], channel: _Channel) -> None:
    """Run the request's programs one after the other in one sandbox; optionally stay as it is."""
    with _opened(driver, options, channel) as box:
        before_kb = _rss_kb()
        answers: list[dict[str, Any]] = []
        for source in request["sources"]:
            from_s = time.monotonic()
            answer = box.run(source)
            answers.append(
                {
                    "word": " ".join(answer.word.split())[:200],
                    "ok": answer.ok,
                    "refused": answer.refused,
                    "text": answer.text[:4000] + answer.text[4000:][-4000:],
                    "kept_bytes": len(answer.text.encode("utf-8", "surrogatepass")),
                    "took_s": time.monotonic() - from_s,
                }
            )
        peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        channel.say(
            answer={
                "runs": answers,
                "growth_mb": max(peak_kb - before_kb, 0) / 1024,
                "containers": box.containers(),
            }
        )
        if request.get("hold"):
            sys.stdin.read()  # until the host has looked, or kills this process


def _rss_kb() -> int:
    with open("/proc/self/status") as file:  # noqa: PTH123  (one line of one pseudo-file)
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def _must_greet(answer: Answer) -> None:
    if "hello" not in answer.text:
        raise RuntimeError(f"the sandbox did not run a program that prints hello: {answer}")


_STEPS = {"about": _about, "cold": _cold, "warm": _warm, "fresh": _fresh, "run": _run}

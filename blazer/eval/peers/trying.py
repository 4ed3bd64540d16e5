"""Trying each promise inside a sandbox that is opened for it; `judge` says what came of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from blazer.eval.peers import judge, programs
from blazer.eval.peers.containers import alive, processes_in
from blazer.eval.peers.launch import DriverProcess, Launch, Reply, ask
from blazer.eval.peers.processes import cpu_s, descendants, status
from blazer.eval.peers.records import Promise

LIMIT_S = 5
MEMORY_MB = 256
START_S = 300.0
"""Longest wait for a sandbox to open, where a program's time is not about its start."""
STEP_S = 90.0
DEFAULT_LIMIT_WAIT_S = 40.0
LEFTOVER_WAIT_S = 60.0
DEAD_WAIT_S = 5.0
LOOK_S = 1.5


class Sandbox(NamedTuple):
    """One that is measured.

    Attributes:
        name: For the table.
        launch: Its driver.
        image: Its image.
    """

    name: str
    launch: Launch
    image: str = ""


def request_of(step: str, box: Sandbox, **fields: Any) -> dict[str, Any]:
    """What a driver is asked; options of the sandbox among the fields go where they belong."""
    options: dict[str, Any] = {"image": box.image}
    options |= {key: fields.pop(key) for key in ("timeout_s", "memory_mb") if key in fields}
    return {"step": step, "options": options, **fields}


def ask_twice(
    launch: Launch, request: dict[str, Any], deadline_s: float, faults: list[str], start_s: float = 0.0
) -> Reply:
    """A driver that died is asked once more: a sandbox that did not come up once may be unlucky."""
    reply = ask(launch, request, deadline_s, start_s)
    if reply.answer is not None or reply.late:
        return reply
    faults.append(f"{request['step']}, first try: {reply.why}")
    return ask(launch, request, deadline_s, start_s)


def try_promises(
    box: Sandbox, told: dict[str, Any], addresses: Sequence[tuple[str, int]], faults: list[str]
) -> tuple[Promise, ...]:
    """Every promise but the last.

    Args:
        box: The sandbox.
        told: What its driver says of it.
        addresses: Where somebody listens.
        faults: Takes what came to nothing.
    """

    def run(*sources: str, deadline_s: float = STEP_S, **options: Any) -> Reply:
        request = request_of("run", box, sources=list(sources), **options)
        return ask_twice(box.launch, request, deadline_s, faults, START_S)

    leaks = (programs.LEAK_IN, programs.LEAK_OUT, programs.NAME_IN, programs.NAME_OUT)
    quick = run(*leaks, programs.BAD_BYTES, programs.promises(addresses))
    if quick.answer is not None:
        leaked, garbled, inside = part(quick, 0, 4), part(quick, 4, 5), part(quick, 5, 6)
    else:
        # One of them was too much for it: each gets a sandbox of its own.
        leaked, garbled = run(*leaks), run(programs.BAD_BYTES)
        inside = run(programs.promises(addresses))
    endless, outside = _endless(box)
    bombed = run(programs.BOMB)
    timed: Reply = Reply(None)
    burning_s: float | None = None
    if told["time_limit"]:
        timed, burning_s = _loop(box)
    limited = run(programs.BOMB, memory_mb=MEMORY_MB, deadline_s=60.0) if told["memory_limit"] else bombed
    return (
        *judge.tried(inside, outside),
        judge.bomb(bombed),
        judge.default_limit(endless),
        *judge.loop(timed, LIMIT_S, burning_s, told["time_limit"]),
        judge.flood(run(programs.FLOOD, programs.HELLO)),
        judge.bad_bytes(garbled),
        judge.leak(leaked),
        judge.memory_told(limited, timed, told["memory_limit"]),
        judge.left_early(run(programs.LEAVE, deadline_s=30.0)),
    )


def part(reply: Reply, first: int, end: int) -> Reply:
    """The reply as if only some of its programs had been run."""
    assert reply.answer is not None  # noqa: S101  (the caller looked)
    return reply._replace(answer={**reply.answer, "runs": reply.answer["runs"][first:end]})


def _endless(box: Sandbox) -> tuple[Reply, dict[str, str]]:
    """An endless loop without a limit asked for, and how the host's kernel sees its process meanwhile."""
    with DriverProcess(box.launch, request_of("run", box, sources=[programs.LOOP])) as driver:
        closed = driver.opened(START_S)
        if closed:
            return closed, {}
        time.sleep(LOOK_S)
        pid = driver.process.pid
        watched = processes_in(driver.containers) | descendants(pid) | {pid}
        before_s = {number: cpu_s({number}) for number in watched}
        time.sleep(LOOK_S)
        used_s = {number: cpu_s({number}) - before_s[number] for number in watched}
        busiest = max(used_s, key=lambda number: used_s[number])
        found = status(busiest) if used_s[busiest] > 0.1 * LOOK_S else {}
        reply = driver.reply(DEFAULT_LIMIT_WAIT_S)
        if reply.answer is None:
            driver.kill()
        return reply, found


def _loop(box: Sandbox) -> tuple[Reply, float | None]:
    """An endless loop under a limit; then the CPU used while the sandbox is still open."""
    request = request_of("run", box, sources=[programs.LOOP], timeout_s=LIMIT_S, hold=True)
    with DriverProcess(box.launch, request) as driver:
        reply = driver.opened(START_S) or driver.reply(STEP_S)
        if reply.answer is None:
            driver.kill()
            return reply, None
        time.sleep(DEAD_WAIT_S)
        pid = driver.process.pid
        watched = processes_in(reply.opened) | descendants(pid) | {pid}
        before_s = cpu_s(watched)
        time.sleep(2.0)
        return reply, max(cpu_s(watched) - before_s, 0.0)


def try_leftovers(boxes: Sequence[Sandbox]) -> dict[str, Promise]:
    """Kill each host while its sandbox stands, wait once for all, then look, then clean up."""
    with contextlib.ExitStack() as stack:
        held: list[tuple[str, Reply, DriverProcess]] = []
        for box in boxes:
            request = request_of("run", box, sources=[programs.HELLO], hold=True)
            driver = stack.enter_context(DriverProcess(box.launch, request))
            reply = driver.opened(START_S) or driver.reply(STEP_S)
            driver.kill()
            held.append((box.name, reply, driver))
        time.sleep(LEFTOVER_WAIT_S)
        return {
            name: judge.leftovers(reply, alive(reply.opened), driver.children_left(), driver.had_children)
            for name, reply, driver in held
        }

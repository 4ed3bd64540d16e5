"""The comparison itself: every sandbox through every step, one after the other, on one machine.

Not a scheduler and not a test: nothing here fails because a sandbox is slow. The order is fixed, so that
no sandbox is measured beside another's work.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from blazer.eval.peers import judge, programs
from blazer.eval.peers.launch import (
    DriverProcess,
    Launch,
    Reply,
    alive,
    ask,
    cpu_s,
    descendants,
    driver_launch,
    gateway,
    processes_in,
    remove_of,
    status,
)
from blazer.eval.peers.records import PROMISES, PeerRow, Promise

LIMIT_S = 5
MEMORY_MB = 256
BUDGET_S = 120.0
"""Of one timing; after it, no further sample is begun, and how many there were is in the row."""
START_S = 300.0
"""Longest wait for a sandbox to open, where a program's time is not about its start."""
STEP_S = 90.0
DEFAULT_LIMIT_WAIT_S = 40.0
LEFTOVER_WAIT_S = 60.0
DEAD_WAIT_S = 5.0
LOOK_S = 1.5

Report = Callable[[str], None]


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


def default_python() -> Path:
    """The interpreter that `scripts/peers setup` makes where no directory is given."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "blazer" / "peers" / "venv" / "bin" / "python"


def sandboxes(python: Path) -> tuple[Sandbox, ...]:
    """Blazer's tiers and the peers.

    Args:
        python: The interpreter that `scripts/peers setup` made.
    """
    config = python.parents[2] / "docker-config"
    own = Path(sys.executable)

    def peer(name: str, driver: str, image: str = "") -> Sandbox:
        return Sandbox(name, driver_launch(python, driver, config=config), image)

    return (
        Sandbox("Blazer, docker", driver_launch(own, "blazer_tier", "docker")),
        Sandbox("Blazer, process", driver_launch(own, "blazer_tier", "process")),
        peer("smolagents DockerExecutor", "smolagents_docker", "blazer-peers-smolagents"),
        peer("smolagents LocalPythonExecutor", "smolagents_local"),
        peer("llm-sandbox", "llm_sandbox_docker", "blazer-peers-llm-sandbox"),
        peer("llm-sandbox, pooled", "llm_sandbox_pool", "blazer-peers-llm-sandbox"),
        peer("SWE-ReX", "swe_rex_docker", "blazer-peers-swe-rex"),
        peer("inspect_ai docker", "inspect_docker", "blazer-peers-inspect"),
    )


def run_peers(
    python: Path,
    n: int,
    report: Report = lambda text: None,
    only: Sequence[str] | None = None,
) -> tuple[PeerRow, ...]:
    """Measure every sandbox, Blazer's tiers first.

    Args:
        python: The interpreter that `scripts/peers setup` made.
        n: Samples of each timing; fewer where a sandbox is so slow that it would take minutes.
        report: Told what is being done, line by line.
        only: Beginnings of the names wanted; all when not given.

    Returns:
        A row for each, also for those that could not be measured: those say why.
    """
    wanted = [
        box
        for box in sandboxes(python)
        if only is None or any(box.name.casefold().startswith(name.casefold()) for name in only)
    ]
    with _listener() as addresses:
        rows = [_cleaned_row(box, n, addresses, report) for box in wanted]
    report("what is left 60 s after kill -9 of each host")
    left = _leftovers([box for box, row in zip(wanted, rows, strict=True) if row.measured])
    return tuple(
        row.model_copy(update={"promises": _ordered((*row.promises, left[row.name]))})
        if row.measured
        else row
        for row in rows
    )


def _ordered(promises: Sequence[Promise]) -> tuple[Promise, ...]:
    names = list(PROMISES)
    return tuple(sorted(promises, key=lambda promise: names.index(promise.name)))


def _cleaned_row(box: Sandbox, n: int, addresses: Sequence[tuple[str, int]], report: Report) -> PeerRow:
    try:
        return _row(box, n, addresses, report)
    finally:
        if box.image:
            remove_of(box.image)


def _row(box: Sandbox, n: int, addresses: Sequence[tuple[str, int]], report: Report) -> PeerRow:
    """All steps but the one that kills."""
    report(f"{box.name}: what it is")
    about = ask(box.launch, _request("about", box), STEP_S)
    if about.answer is None:
        return PeerRow(name=box.name, measured=False, reason=about.why)
    told = about.answer
    report(f"{box.name}: times")
    times, faults = _times(box, n)
    if "cold_ms_p50" not in times:
        return PeerRow(name=box.name, version=told["version"], measured=False, reason="; ".join(faults))
    report(f"{box.name}: promises")
    promises = _promises(box, told, addresses, faults)
    return PeerRow(
        name=box.name,
        version=told["version"],
        measured=True,
        reuses=told["reuses"],
        promises=_ordered(promises),
        faults=tuple(faults),
        deviations=tuple(told["deviations"]),
        remarks=tuple(told["remarks"]),
        **times,
    )


def _request(step: str, box: Sandbox, **fields: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"image": box.image}
    options |= {key: fields.pop(key) for key in ("timeout_s", "memory_mb") if key in fields}
    return {"step": step, "options": options, **fields}


def _times(box: Sandbox, n: int) -> tuple[dict[str, Any], list[str]]:
    """The row's figures, and what could not be measured."""
    figures: dict[str, Any] = {}
    faults: list[str] = []
    amount = {"n": n, "budget_s": BUDGET_S}
    for step, request in (
        ("cold", _request("cold", box, **amount)),
        ("warm", _request("warm", box, **amount)),
        ("fresh", _request("fresh", box, **amount)),
    ):
        reply = _ask_twice(box.launch, request, BUDGET_S + START_S, faults)
        if reply.answer is None:
            faults.append(f"{step}: {reply.why}")
        elif step == "fresh":
            figures["programs_per_s"] = round(reply.answer["programs"] / reply.answer["elapsed_s"], 3)
        elif step == "warm":
            figures |= _percentiles("warm", reply.answer["warm_ms"])
        else:
            figures |= _percentiles("cold", reply.answer["cold_ms"])
            if failed := reply.answer["failed_starts"]:
                tries = failed + len(reply.answer["cold_ms"])
                faults.append(f"cold: {failed} of {tries} starts failed by its own rules")
            figures["teardown_ms_p50"] = round(float(np.percentile(reply.answer["teardown_ms"], 50)), 3)
    return figures, faults


def _ask_twice(
    launch: Launch, request: dict[str, Any], deadline_s: float, faults: list[str], start_s: float = 0.0
) -> Reply:
    """A driver that died is asked once more: a sandbox that did not come up once may be unlucky."""
    reply = ask(launch, request, deadline_s, start_s)
    if reply.answer is not None or reply.late:
        return reply
    faults.append(f"{request['step']}, first try: {reply.why}")
    return ask(launch, request, deadline_s, start_s)


def _percentiles(name: str, values_ms: Sequence[float]) -> dict[str, Any]:
    p50, p95 = np.percentile(values_ms, [50, 95])
    return {
        f"{name}_ms_p50": round(float(p50), 3),
        f"{name}_ms_p95": round(float(p95), 3),
        f"{name}_n": len(values_ms),
    }


def _promises(
    box: Sandbox, told: dict[str, Any], addresses: Sequence[tuple[str, int]], faults: list[str]
) -> tuple[Promise, ...]:
    """Each promise tried, in a sandbox of its own."""

    def run(*sources: str, deadline_s: float = STEP_S, **options: Any) -> Reply:
        request = _request("run", box, sources=list(sources), **options)
        return _ask_twice(box.launch, request, deadline_s, faults, START_S)

    inside = run(programs.promises(addresses))
    outside = _seen_from_outside(box)
    leaked = run(programs.LEAK_IN, programs.LEAK_OUT, programs.NAME_IN, programs.NAME_OUT)
    endless = run(programs.LOOP, deadline_s=DEFAULT_LIMIT_WAIT_S)
    flooded = run(programs.FLOOD, programs.HELLO)
    garbled = run(programs.BAD_BYTES)
    bombed = run(programs.BOMB)
    left = run(programs.LEAVE, deadline_s=60.0)
    timed: Reply = Reply(None)
    burning_s: float | None = None
    if told["time_limit"]:
        timed, burning_s = _loop(box)
    limited = bombed
    if told["memory_limit"]:
        limited = run(programs.BOMB, memory_mb=MEMORY_MB, deadline_s=60.0)
    return (
        *judge.tried(inside, outside),
        judge.bomb(bombed),
        judge.default_limit(endless),
        *judge.loop(timed, LIMIT_S, burning_s, told["time_limit"]),
        judge.flood(flooded),
        judge.bad_bytes(garbled),
        judge.leak(leaked),
        judge.memory_told(limited, timed, told["memory_limit"]),
        judge.left_early(left),
    )


def _loop(box: Sandbox) -> tuple[Reply, float | None]:
    """An endless loop under a limit; then the CPU used while the sandbox is still open."""
    request = _request("run", box, sources=[programs.LOOP], timeout_s=LIMIT_S, hold=True)
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


def _seen_from_outside(box: Sandbox) -> dict[str, str]:
    """What the host's kernel says of the process that runs an endless loop; empty if none was found."""
    request = _request("run", box, sources=[programs.LOOP])
    with DriverProcess(box.launch, request) as driver:
        if driver.opened(START_S):
            return {}
        time.sleep(LOOK_S)
        pid = driver.process.pid
        watched = processes_in(driver.containers) | descendants(pid) | {pid}
        before_s = {number: cpu_s({number}) for number in watched}
        time.sleep(LOOK_S)
        used_s = {number: cpu_s({number}) - before_s[number] for number in watched}
        busiest = max(used_s, key=lambda number: used_s[number])
        found = status(busiest) if used_s[busiest] > 0.1 * LOOK_S else {}
        driver.kill()
    return found


def _leftovers(boxes: Sequence[Sandbox]) -> dict[str, Promise]:
    """Kill each host while its sandbox stands, wait once for all, then look, then clean up."""
    with contextlib.ExitStack() as stack:
        held: list[tuple[str, Reply, DriverProcess]] = []
        for box in boxes:
            request = _request("run", box, sources=[programs.HELLO], hold=True)
            driver = stack.enter_context(DriverProcess(box.launch, request))
            reply = driver.opened(START_S) or driver.reply(STEP_S)
            driver.kill()
            held.append((box.name, reply, driver))
        time.sleep(LEFTOVER_WAIT_S)
        return {
            name: judge.leftovers(reply, alive(reply.opened), driver.children_left(), driver.had_children)
            for name, reply, driver in held
        }


@contextlib.contextmanager
def _listener() -> Iterator[tuple[tuple[str, int], ...]]:
    """A port of ours that a program without a network cannot reach: on loopback and on Docker's bridge."""
    with contextlib.ExitStack() as stack:
        listening: list[tuple[str, int]] = []
        port = 0
        for address in ("127.0.0.1", gateway()):
            if address is None:
                continue
            door = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            try:
                door.bind((address, port))
            except OSError:
                continue  # the bridge is described but not there
            door.listen(64)
            port = door.getsockname()[1]
            listening.append((address, port))
            threading.Thread(target=_turn_away, args=(door,), daemon=True).start()
        yield tuple(listening)


def _turn_away(door: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, _ = door.accept()
            caller.close()

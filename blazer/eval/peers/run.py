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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blazer.eval.peers.containers import gateway, remove_of
from blazer.eval.peers.launch import ask, driver_launch
from blazer.eval.peers.records import PROMISES, PeerRow, Promise
from blazer.eval.peers.trying import (
    START_S,
    STEP_S,
    Sandbox,
    ask_twice,
    request_of,
    try_leftovers,
    try_promises,
)

BUDGET_S = 120.0
"""Of one timing; after it, no further sample is begun, and how many there were is in the row."""

Report = Callable[[str], None]


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
    left = try_leftovers([box for box, row in zip(wanted, rows, strict=True) if row.measured])
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
    about = ask(box.launch, request_of("about", box), STEP_S)
    if about.answer is None:
        return PeerRow(name=box.name, measured=False, reason=about.why)
    told = about.answer
    report(f"{box.name}: times")
    times, faults = _times(box, n)
    if "cold_ms_p50" not in times:
        return PeerRow(name=box.name, version=told["version"], measured=False, reason="; ".join(faults))
    report(f"{box.name}: promises")
    promises = try_promises(box, told, addresses, faults)
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


def _times(box: Sandbox, n: int) -> tuple[dict[str, Any], list[str]]:
    """The row's figures, and what could not be measured."""
    figures: dict[str, Any] = {}
    faults: list[str] = []
    amount = {"n": n, "budget_s": BUDGET_S}
    for step, request in (
        ("cold", request_of("cold", box, **amount)),
        ("warm", request_of("warm", box, **amount)),
        ("fresh", request_of("fresh", box, **{**amount, "n": max(n // 2, 4)})),
    ):
        reply = ask_twice(box.launch, request, BUDGET_S + START_S, faults)
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


def _percentiles(name: str, values_ms: Sequence[float]) -> dict[str, Any]:
    p50, p95 = np.percentile(values_ms, [50, 95])
    return {
        f"{name}_ms_p50": round(float(p50), 3),
        f"{name}_ms_p95": round(float(p95), 3),
        f"{name}_n": len(values_ms),
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

"""From what a sandbox answered to whether a promise held. Pure; each rule is the same for every sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from blazer.eval.peers.launch import Reply
from blazer.eval.peers.programs import BOMB_MB, THREADS
from blazer.eval.peers.records import Promise

HANGS_S = 2.0
"""How much later than its limit a loop may be reported."""
DEAD_CPU_S = 0.2
"""Of two seconds: below, nothing of the loop is left. A loop gets more even on a busy machine."""


def tried(reply: Reply, outside: Mapping[str, str]) -> tuple[Promise, ...]:
    """The promises that one program tries from the inside, and what the kernel says of its process.

    Args:
        reply: Of the program.
        outside: The program's process as the host sees it: the fields of /proc/PID/status.
    """
    seen, why = _probe(reply)
    return (*_privileges(outside, why), *_reach(seen, why))


def _privileges(outside: Mapping[str, str], why: str) -> tuple[Promise, ...]:
    """What the kernel holds the process to; what a program says of itself is no evidence."""

    def one(name: str, field: str, good: Callable[[str], bool], what: str) -> Promise:
        value = outside.get(field, "").split()
        if not value:
            return Promise(name=name, kept=None, seen=why or "its process was not found")
        return Promise(name=name, kept=good(value[0]), seen=f"{what} {value[0]}")

    return (
        one("not_root", "Uid", lambda value: value != "0", "the host's uid"),
        one("no_capabilities", "CapEff", lambda value: int(value, 16) == 0, "effective"),
        one("no_new_privileges", "NoNewPrivs", lambda value: value == "1", "NoNewPrivs"),
        one("seccomp", "Seccomp", lambda value: value == "2", "mode"),
    )


def _reach(seen: dict[str, Any] | None, why: str) -> tuple[Promise, ...]:
    """What a program got at."""
    names = ("no_network", "closed_syscalls", "read_only_root", "process_limit")
    if seen is None:
        return tuple(Promise(name=name, kept=None, seen=why) for name in names)
    reached, wrote, calls = seen["reached"], seen["wrote"], seen["syscalls"]
    return (
        Promise(name="no_network", kept=not reached, seen=_list("reached", reached, seen.get("network", ""))),
        Promise(
            name="closed_syscalls",
            kept=None if calls is None else not calls,
            seen="only known on x86-64" if calls is None else _list("open:", calls, "all shut"),
        ),
        Promise(name="read_only_root", kept=not wrote, seen=_list("wrote", wrote, seen.get("write", ""))),
        Promise(
            name="process_limit", kept=seen["threads"] < THREADS, seen=f"{seen['threads']} threads started"
        ),
    )


def _list(verb: str, items: list[str], otherwise: str) -> str:
    return f"{verb} {', '.join(items)}" if items else otherwise


def _probe(reply: Reply) -> tuple[dict[str, Any] | None, str]:
    run, why = _first(reply)
    if run is None:
        return None, why
    for line in run["text"].splitlines():
        if line.startswith("PROBE "):
            try:
                return json.loads(line.removeprefix("PROBE ")), ""
            except ValueError:
                return None, "its report came back damaged"
    return None, f"{'refused' if run['refused'] else 'not run to its end'}: {run['word']}"


def _first(reply: Reply) -> tuple[dict[str, Any] | None, str]:
    if reply.answer is None or not reply.answer.get("runs"):
        return None, reply.why or "the driver reported no run"
    run: dict[str, Any] = reply.answer["runs"][0]
    return run, ""


def leak(reply: Reply) -> Promise:
    """Whether later programs found what earlier ones had left."""
    if reply.answer is None:
        return Promise(name="no_leak", kept=None, seen=reply.why)
    planted, sought, named, asked = reply.answer["runs"]
    if "planted" not in planted["text"] + named["text"]:
        return Promise(name="no_leak", kept=None, seen=f"nothing could be left: {planted['word']}")
    if "planted" in planted["text"] and "FOUND" not in sought["text"]:
        return Promise(name="no_leak", kept=None, seen=f"the second program was not run: {sought['word']}")
    lines = (sought["text"] + asked["text"]).splitlines()
    left = ", ".join(
        found for line in lines if line.startswith("FOUND") and (found := line.removeprefix("FOUND").strip())
    )
    return Promise(name="no_leak", kept=not left, seen=left or "nothing found")


def default_limit(reply: Reply) -> Promise:
    """Whether a loop ends where nobody asked for a limit."""
    run, why = _first(reply)
    if run is None:
        return Promise(name="time_limit", kept=False if reply.late else None, seen=why)
    return Promise(name="time_limit", kept=True, seen=f"{run['word']} after {run['took_s']:.1f} s")


def loop(reply: Reply, limit_s: float, burning_s: float | None, has_option: bool) -> tuple[Promise, ...]:
    """Whether a loop ends in time and is dead then.

    Args:
        reply: Of the run with a limit.
        limit_s: The limit.
        burning_s: CPU seconds used in two seconds, five after the report; None if not looked at.
        has_option: Whether the sandbox can be given a limit.
    """
    if not has_option:
        why = "it has no time limit to set"
        return tuple(Promise(name=name, kept=False, seen=why) for name in ("loop_ended", "loop_dead"))
    run, why = _first(reply)
    if run is None:
        kept = False if reply.late else None
        return tuple(Promise(name=name, kept=kept, seen=why) for name in ("loop_ended", "loop_dead"))
    took = f"{run['word']} after {run['took_s']:.1f} s"
    ended = Promise(name="loop_ended", kept=not run["ok"] and run["took_s"] <= limit_s + HANGS_S, seen=took)
    if burning_s is None:
        return ended, Promise(name="loop_dead", kept=None, seen="not looked at")
    share = f"{100 * burning_s / 2:.0f} % of a CPU"
    return ended, Promise(name="loop_dead", kept=burning_s < DEAD_CPU_S, seen=share)


def flood(reply: Reply) -> Promise:
    """Whether 200 MB of output were survived."""
    run, why = _first(reply)
    if run is None or reply.answer is None:
        return Promise(name="flood_survived", kept=False, seen=why)
    greeted = "hello" in reply.answer["runs"][1]["text"]
    seen = (
        f"{run['word']}; {run['kept_bytes'] / 1e6:.2f} MB kept, host +{reply.answer['growth_mb']:.0f} MB, "
        f"{run['took_s']:.1f} s; next program {'ran' if greeted else 'did not run'}"
    )
    return Promise(name="flood_survived", kept=greeted, seen=seen)


def bad_bytes(reply: Reply) -> Promise:
    """Whether output that is no text was survived."""
    run, why = _first(reply)
    if run is None:
        return Promise(name="bytes_survived", kept=False if reply.late else None, seen=why)
    if run["refused"]:
        return Promise(name="bytes_survived", kept=None, seen=f"refused: {run['word']}")
    kept = "begin" in run["text"] and "end" in run["text"]
    return Promise(name="bytes_survived", kept=kept, seen=run["word"] + ("" if kept else "; text lost"))


def bomb(reply: Reply) -> Promise:
    """Whether memory is limited where nobody asked for a limit."""
    run, why = _first(reply)
    if run is None:
        # Nothing came back, so the host does not know; the memory may have been there or not.
        return Promise(name="memory_limit", kept=None, seen=why)
    taken = f"allocated {BOMB_MB}" in run["text"]
    return Promise(name="memory_limit", kept=not taken, seen=f"{BOMB_MB} MB taken" if taken else run["word"])


def memory_told(reply: Reply, timed_out: Reply, has_option: bool) -> Promise:
    """Whether running out of memory looks different from running out of time.

    Args:
        reply: Of the bomb under a memory limit, by default or asked for.
        timed_out: Of the loop with a time limit.
        has_option: Whether the sandbox can be given a memory limit.
    """
    if not has_option:
        return Promise(name="memory_told", kept=False, seen="it has no memory limit to set")
    run, why = _first(reply)
    if run is None:
        return Promise(name="memory_told", kept=False if reply.late else None, seen=why)
    other, _ = _first(timed_out)
    told = not run["ok"] and (other is None or _stem(run["word"]) != _stem(other["word"]))
    return Promise(name="memory_told", kept=told, seen=run["word"])


def _stem(word: str) -> str:
    return word.split(":")[0]


def left_early(reply: Reply) -> Promise:
    """Whether leaving half-way is told from success."""
    run, why = _first(reply)
    if run is None:
        return Promise(name="exit_told", kept=False if reply.late else None, seen=why)
    return Promise(name="exit_told", kept=not run["ok"], seen=run["word"])


def leftovers(reply: Reply, containers: list[str], processes: list[int], had_children: bool) -> Promise:
    """Whether a killed host left something.

    Args:
        reply: Of the sandbox, before its host was killed.
        containers: Still there after the wait.
        processes: Likewise.
        had_children: Whether the host had processes below it.
    """
    if reply.answer is None:
        return Promise(name="no_leftovers", kept=None, seen=reply.why)
    if not reply.opened and not had_children:
        return Promise(name="no_leftovers", kept=True, seen="nothing outside the host's process")
    parts = []
    if containers:
        parts.append(f"{len(containers)} container{'s' * (len(containers) > 1)}")
    if processes:
        parts.append(f"{len(processes)} process{'es' * (len(processes) > 1)}")
    return Promise(
        name="no_leftovers", kept=not parts, seen=" and ".join(parts) + " left" if parts else "nothing left"
    )

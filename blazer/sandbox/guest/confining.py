"""The order in which a guest gives up its rights, and its report of what took.

`confine.py` has the steps. Nothing is hidden: a step that failed is named in the report, and the host
decides whether what is left is enough.
"""

# pathlib would cost every guest milliseconds of start-up.
# ruff: noqa: PTH110, PTH112, PTH116, PTH120

from __future__ import annotations

import os
import resource
import signal
import sys
from types import ModuleType
from typing import Any

from blazer.sandbox.guest import confine as rights
from blazer.sandbox.guest import witness


def confine(wire: ModuleType, init: dict[str, Any], read_fd: int, write_fd: int) -> dict[str, Any]:
    """Take every step that the host asked for; what did not work is reported, not hidden."""
    wanted, steps = {"hidden": [], **init["confine"]}, {}
    start = witness.at_start()
    os.environ.clear()
    rights.one_thread()
    if not wanted["enabled"]:
        rights.die_with_parent()
        return {"steps": {"everything": "not asked for"}, "seen": witness.attest()}
    if wanted["namespaces"]:
        steps["namespaces"] = _in_namespaces(wire, wanted, read_fd, write_fd)
    took_root = wanted["namespaces"] and steps["namespaces"] == ""
    can_drop = os.geteuid() == 0 and (took_root or _others_can_read(wanted["readable"]))
    if can_drop:
        rights.drop_bounding_set()
        steps["nobody"] = _attempt(rights.drop_to_nobody)
    rights.die_with_parent()
    steps["limits"] = _attempt(rights.set_limits, wanted["memory_mb"], wanted["files"], wanted["cpu_s"])
    steps["capabilities"] = _attempt(rights.drop_capabilities)
    steps["no_new_privs"] = _attempt(rights.no_new_privileges)
    # Looked at before Landlock closes the kernel's own files, and the filter its calls.
    seen = {"start": start, **witness.attest()}
    steps["landlock"] = _attempt(rights.landlock, wanted["readable"], sys.path, wanted["hidden"])
    steps["seccomp"] = _attempt(rights.seccomp)
    seen["after"] = witness.sealed()
    return {"steps": {name: text for name, text in steps.items() if text}, "seen": seen}


def _in_namespaces(wire: ModuleType, wanted: dict[str, Any], read_fd: int, write_fd: int) -> str:
    """Go on as process 1 of new namespaces; the process that was started only waits for it."""
    try:
        rights.unshare_all()
    except OSError as error:
        return str(error)
    told, tell = os.pipe()
    inner = os.fork()
    if inner:
        os.write(write_fd, wire.encode({"t": "inner", "pid": inner}))
        for fd in (0, 1, 2, read_fd, write_fd, told, tell):
            os.close(fd)
        code = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
        if code < 0:
            _die_by(-code)
        os._exit(code)
    os.close(tell)
    os.read(told, 1)  # until the host has been told whom to kill
    os.close(told)
    rights.die_with_parent()
    return _attempt(rights.private_root, wanted["readable"], wanted["hidden"])


def _die_by(number: int) -> None:
    """End by the same signal, so that the host sees a signal and not a number that anybody may exit with."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _attempt(step: Any, *args: Any) -> str:
    try:
        step(*args)
    except (OSError, KeyError, ValueError) as error:
        return str(error) or type(error).__name__
    return ""


def _others_can_read(paths: list[str]) -> bool:
    """Whether another uid could still import from the paths; without a private root this decides."""
    parts = {path for path in paths if os.path.exists(path)}
    for path in list(parts):
        while path != "/":
            path = os.path.dirname(path)
            parts.add(path)
    return all(os.stat(path).st_mode & 0o5 == 0o5 or not os.path.isdir(path) for path in parts)

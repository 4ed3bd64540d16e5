"""The trusted process: simulator, skills, judge and trajectory, serving one host over two pipes.

Run as `python -m blazer.sandbox.world --arena mujoco`. Long-lived: one episode after the other, so
that start-up is paid once. It never talks to a guest; the host relays. It is a supervisor: an
unexpected exception is answered as an infrastructure error and ends the process, because a
simulator that has failed in an unknown way is not to be trusted with the next episode.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import signal
import socket
import sys
import traceback
from typing import Any, BinaryIO

from blazer.core.errors import SimulatorError
from blazer.sandbox.arena import Arena
from blazer.sandbox.guest import wire
from blazer.tasks.spec import TaskInstance


class World:
    """Answers the host's requests with one arena."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to one request.

        Raises:
            Exception: whatever the arena raises; the loop makes an infrastructure error of it.
        """
        match request["op"]:
            case "load":
                digest = self._arena.load(
                    TaskInstance.model_validate(request["instance"]),
                    trajectory=bool(request["trajectory"]),
                    max_simulated_s=float(request["max_simulated_s"]),
                )
                return {"initial_digest": digest}
            case "observe":
                return self._arena.observe(TaskInstance.model_validate(request["instance"])).model_dump(
                    mode="json"
                )
            case "call":
                return dict(self._arena.call(request["skill"], request["args"])._asdict())
            case "finish":
                done = self._arena.finish()
                plain = done._asdict()
                plain["verdict"] = done.verdict.model_dump(mode="json")
                # As text: thousands of numbers, which pydantic writes and reads many times quicker.
                plain["trajectory"] = done.trajectory and done.trajectory.model_dump_json()
                return dict(plain)
            case "about":
                return dict(self._arena.about())
        raise ValueError(f"no such request: {request['op']!r}")


def serve(arena: Arena, requests: BinaryIO, replies: int) -> None:
    """Answer until the host closes the pipe, or until something breaks."""
    world = World(arena)
    # What start-up made lives as long as the process; looking through it costs milliseconds.
    gc.freeze()
    gc.set_threshold(20_000)
    _write(replies, {"ready": True})
    for line in requests:
        request = wire.decode(line, capped=False)
        try:
            reply = {"ok": world.answer(request)}
        except Exception as error:  # noqa: BLE001  (supervisor: becomes a typed infrastructure error)
            traceback.print_exc(file=sys.stderr)
            kind = "simulator" if isinstance(error, SimulatorError) else "unexpected"
            _write(replies, {"infra": f"{type(error).__name__}: {error}"[:2000], "kind": kind})
            return
        _write(replies, reply)


def _write(fd: int, message: dict[str, Any]) -> None:
    data = memoryview(wire.encode(message))
    while data:
        data = data[os.write(fd, data) :]


def make_arena(name: str) -> Arena:
    """The arena called `name`: "fake", or a simulator backend's name.

    Raises:
        UnknownNameError: for any other name; lists the ones that exist.
    """
    # Late imports: a fake world needs no physics, and physics takes a second to load.
    if name == "fake":
        from blazer.sandbox.fake import FakeArena  # noqa: PLC0415

        return FakeArena()
    from blazer.sandbox.simulated import SimulatedArena  # noqa: PLC0415

    return SimulatedArena(name)


def _channel(path: str) -> tuple[BinaryIO, int]:
    """Where requests come from and replies go: the host's socket where there is one, else our own pipes."""
    if path:
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            door.connect(path)
        except OSError as error:
            door.close()
            sys.stderr.write(f"no socket at {path} ({error}); the pipes will do\n")
        else:
            fd = door.detach()
            return os.fdopen(os.dup(fd), "rb"), fd
    return os.fdopen(os.dup(0), "rb"), os.dup(1)


def main() -> None:
    """Serve the host at stdin and stdout."""
    parser = argparse.ArgumentParser(prog="python -m blazer.sandbox.world", description=__doc__)
    parser.add_argument("--arena", default="mujoco")
    parser.add_argument("--parent", type=int, default=0)
    parser.add_argument("--socket", default="")
    options = parser.parse_args()
    # A host that dies takes its worlds with it, also by SIGKILL; Ctrl-C is the host's to handle.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    if options.parent and os.getppid() != options.parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, replies = _channel(options.socket)
    # Libraries that write to stdout (planners do) must not write into the channel.
    os.dup2(2, 1)
    serve(make_arena(options.arena), requests, replies)
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()

"""The guest's main: confine, attest, say READY, then run one program as often as the host says.

Started as a script by `python -s -P -S -B -X utf8 main.py`, in a process that is used for one
program and then killed. It imports nothing of Blazer but this directory. Not `-I`, which would
also ignore PYTHONHASHSEED: with random hashes the order of sets, and so a program's doings, would
differ from run to run.

Catching every exception of the program is this file's purpose: it is the place where a program's
failure becomes a message. Nothing that happens here decides a verdict.
"""

# pathlib would cost every guest milliseconds of start-up.
# ruff: noqa: PTH100, PTH120

from __future__ import annotations

import faulthandler
import io
import os
import sys
from functools import partial
from types import CodeType, ModuleType, TracebackType
from typing import Any, NoReturn

RESERVE_BYTES = 2**20
_HERE = os.path.dirname(os.path.abspath(__file__))


def _make_importable(extra: list[str]) -> None:
    """Let `blazer.sandbox.guest` be imported without any other part of Blazer being there."""
    for name, path in (("blazer", []), ("blazer.sandbox", [os.path.dirname(_HERE)])):
        stand_in = ModuleType(name)
        stand_in.__path__ = path
        sys.modules[name] = stand_in
    sys.path[:] = [entry for entry in sys.path if entry and entry != _HERE] + extra


class Channel:
    """The private end of the pipe to the host: numbered calls out, answers in."""

    def __init__(self, wire: ModuleType, read_fd: int, write_fd: int) -> None:
        self._wire = wire
        self._in = os.fdopen(read_fd, "rb", closefd=False)
        self._fd = write_fd
        self._last_id = 0
        last = {"kind": "MemoryError", "message": "", "line": None, "skill": None}
        self._out_of_memory = wire.encode({"t": "end", "fault": last, "value": None, "note": ""})
        self._mark = wire.END_MARK

    def send(self, message: dict[str, Any]) -> None:
        """Write one message, whole."""
        data = memoryview(self._wire.encode(message))
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except BrokenPipeError:
            os._exit(0)  # the host is gone

    def receive(self) -> dict[str, Any]:
        """Wait for the host's next message; end with the host.

        Not by an exception, which the program could catch.
        """
        line = self._in.readline()
        if not line:
            os._exit(0)
        message: dict[str, Any] = self._wire.decode(line, capped=False)
        return message

    def ask(self, skill: str, arguments: dict[str, Any], line: int | None) -> dict[str, Any]:
        """Send one skill call and wait for its answer."""
        call = {"t": "call", "id": self._last_id + 1, "skill": skill, "args": arguments, "line": line}
        if len(self._wire.encode(call)) > self._wire.MAX_LINE_BYTES:
            return {"error": {"kind": "SkillMisuse", "message": f"{skill}: the arguments are too long"}}
        self._last_id += 1
        self.send(call)
        return self.receive()

    def out_of_memory(self) -> None:
        """Say that the memory is used up, with a line made beforehand."""
        self.mark()
        os.write(self._fd, self._out_of_memory)

    def mark(self) -> None:
        """Say, where a program's own output goes, that there will be no more of it from this run."""
        try:
            os.write(2, self._mark)
        except OSError:
            return  # the program closed it, or made it something else: the host waits a little, in vain

    def print(self, text: str) -> None:
        """Send printed text, in pieces that fit a line."""
        step, text = self._wire.PRINT_CHUNK_CHARS, str.__str__(text)
        for start in range(0, len(text), step):
            self.send({"t": "print", "text": text[start : start + step]})


class Guest:
    """Runs the program of one `run` message."""

    def __init__(self, channel: Channel, init: dict[str, Any]) -> None:
        # Late: possible only once `_make_importable` has run.
        from blazer.sandbox.guest import fresh, policy, proxies, runtime, stubs, values  # noqa: PLC0415

        self._values = values
        self._policy, self._proxies, self._runtime, self._stubs = policy, proxies, runtime, stubs
        self._channel = channel
        self._reserve = bytearray()
        self._clock = proxies.Clock()
        self._fresh, self._begun = fresh.Fresh(), fresh.Turn
        self._declared = init["errors"], init["skills"]
        self._begin()
        self._names = [*self._skills, *self._errors, *init["names"]]
        self._max_bytes = int(init["source_bytes"])

    def _begin(self) -> None:
        """Skills and their errors, anew for every run: what a program did to them ends with it."""
        self._turn = self._begun()
        errors, skills = self._declared
        self._errors = self._stubs.make_errors(errors)
        self._skills = self._stubs.make_skills(skills, self._errors, self._turn.gate(self._call))

    def _call(self, skill: str, arguments: dict[str, Any], line: int | None) -> Any:
        answer = self._channel.ask(skill, arguments, line)
        self._clock.world_s = float(answer.get("clock", self._clock.world_s))
        if "error" in answer:
            error = answer["error"]
            made = self._errors.get(error["kind"], self._errors.get("SkillError", RuntimeError))
            raised = made(error["message"])
            raised.skill = skill  # type: ignore[attr-defined]
            raise raised
        return answer.get("ok")

    def _sleep(self, seconds: float) -> None:
        self._call("time.sleep", {"seconds": seconds}, self._stubs.program_line())

    def serve(self) -> None:
        """Take the program, then run it once for each `go`; or only check programs, many of them."""
        run = self._channel.receive()
        while run["t"] == "check":
            self._examine(run["source"])
            run = self._channel.receive()
        code = self._examine(run["source"]) if run["policy"] else self._plain(run["source"])
        used = False
        while code is not None:
            go = self._channel.receive()
            if used:
                self._again()
            used = True
            self._clock = self._proxies.Clock(self._turn.gate(self._sleep) if self._skills else None)
            try:
                end = self._fresh.run(partial(self._run, code, go, guarded=bool(run["policy"])))
            except MemoryError:
                self._channel.out_of_memory()
            else:
                self._channel.mark()
                self._channel.send({"t": "end", **end})
        self._channel.receive()

    def _again(self) -> None:
        """Before a further run: as if there had been none."""
        self._turn.over = True
        self._clock = self._proxies.Clock()
        self._begin()
        self._fresh.restore()

    def _run(self, code: CodeType, go: dict[str, Any], *, guarded: bool) -> dict[str, Any]:
        """The program once; what it made is let go of before the host hears of its end."""
        # Kept for the report of a program that uses up all the memory there is.
        self._reserve = bytearray(RESERVE_BYTES)
        namespace = self._namespace(go, guarded=guarded)
        fault = self._execute(code, namespace)
        given = self._result(namespace) if fault is None and go.get("value") else (None, "")
        return {"fault": fault, "value": given[0], "note": given[1]}

    def _namespace(self, go: dict[str, Any], *, guarded: bool) -> dict[str, Any]:
        modules = self._proxies.Modules(int(go["seed"]), self._clock)
        guards = self._runtime.Guards(modules, self._turn.gate(self._channel.print))
        names = {**self._skills, **self._errors}
        if "inputs" in go:
            names["inputs"] = go["inputs"]
        return (
            guards.namespace(names) if guarded else {**names, "__name__": "__main__", "print": guards.print}
        )

    def _result(self, namespace: dict[str, Any]) -> tuple[Any, str]:
        """What the program left in `result`, or why it cannot be given back."""
        try:
            return self._values.plain(namespace.get("result"))
        except BaseException as error:  # noqa: BLE001  (a class of the program's may answer for itself)
            return None, f"result could not be read: {type(error).__name__}"

    def _examine(self, source: str) -> CodeType | None:
        sys.setrecursionlimit(10_000)
        examined = self._policy.examine(source, self._names, max_bytes=self._max_bytes)
        sys.setrecursionlimit(1000)
        self._channel.send({"t": "policy", "findings": [found.as_dict() for found in examined.findings]})
        return examined.code

    def _plain(self, source: str) -> CodeType | None:
        """Without the policy: for the batteries that ask whether the confinement alone holds."""
        try:
            code = compile(source, self._policy.FILENAME, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            finding = {"rule": "syntax", "line": getattr(error, "lineno", 1) or 1, "column": 1}
            finding.update(message=str(error)[:400], suggestion="")
            self._channel.send({"t": "policy", "findings": [finding]})
            return None
        self._channel.send({"t": "policy", "findings": []})
        return code

    def _execute(self, code: CodeType, namespace: dict[str, Any]) -> dict[str, Any] | None:
        try:
            exec(code, namespace)  # noqa: S102  (running the program is what this process is for)
        except SystemExit as leave:
            # exit() ends a program; whether the goal was reached is the world's to say.
            if isinstance(leave.code, str):
                self._channel.print(_text(leave.code) + "\n")  # as the interpreter shows it
            return None
        except BaseException as error:  # noqa: BLE001  (see the module's docstring)
            return self._fault(error)
        return None

    def _fault(self, error: BaseException) -> dict[str, Any]:
        self._reserve = bytearray()
        message = _text(error)
        kind = _asked(type(error), "code")
        name = kind if isinstance(error, tuple(self._errors.values())) else type(error).__name__
        if isinstance(error, MemoryError):
            name = "MemoryError"  # numpy has a class of its own for it
        elif name == "MemoryError":
            name = "__main__.MemoryError"  # a program's class of that name is no sign of memory
        if isinstance(error, RecursionError):
            message = f"{message}: a function calls itself without end; give it a way out, or use a loop"
        message += self._runtime.hint_for(error)
        skill = _asked(error, "skill") if name is kind else None
        line = self._line(error.__traceback__) or _asked(error, "lineno")
        return {
            "kind": _text(name)[:100],
            "message": message,
            "line": line if type(line) is int else None,
            "skill": None if skill is None else _text(skill)[:100] or None,
        }

    def _line(self, traceback: TracebackType | None) -> int | None:
        line = None
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == self._policy.FILENAME:
                line = traceback.tb_lineno
            traceback = traceback.tb_next
        return line


def _asked(ob: Any, attribute: str) -> Any:
    """An attribute that a class of the program's may answer for, with an exception if it likes."""
    try:
        return getattr(ob, attribute, None)
    except BaseException:  # noqa: BLE001  (the program's own)
        return None


def _text(ob: Any) -> str:
    """A plain text of what a class of the program's may turn into anything."""
    try:
        # str() also takes a subclass of str for an answer, whose methods are the program's.
        text = str.__str__(str(ob))
    except BaseException as nested:  # noqa: BLE001  (the program's own)
        text = f"(its text could not be made: {type(nested).__name__})"
    return text[:2000].encode("utf-8", "backslashreplace").decode()


def _private_channel() -> tuple[int, int]:
    """Keep the pipes to the host for ourselves; what a program writes to fd 1 or 2 is only text."""
    read_fd, write_fd = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    # Not buffered, so that what was written is there however the program ends.
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.FileIO(fd, "w"), "utf-8", "backslashreplace", write_through=True) for fd in (1, 2)
    )
    return read_fd, write_fd


def main() -> NoReturn:
    """Serve one host, then end without running anything else."""
    expected_parent = int(sys.argv[1])
    _make_importable(sys.argv[2:])
    from blazer.sandbox.guest import wire  # noqa: PLC0415  (see Guest)

    read_fd, write_fd = _private_channel()
    channel = Channel(wire, read_fd, write_fd)
    init = channel.receive()
    if init.get("v") != wire.PROTOCOL_VERSION:
        os.write(2, f"this guest speaks version {wire.PROTOCOL_VERSION} of the protocol\n".encode())
        os._exit(1)
    guest = Guest(channel, init)
    # A crash then tells the program's line. Before the confinement: it needs a stack of its own.
    faulthandler.enable(file=2, all_threads=False)
    from blazer.sandbox.guest import confine, confining  # noqa: PLC0415  (see Guest)

    confine.die_with_parent()
    if expected_parent and os.getppid() != expected_parent:
        os._exit(1)
    report = confining.confine(wire, init, read_fd, write_fd)
    # Dataclasses look their module up by name; they are not to find this one.
    sys.modules["__main__"] = ModuleType("__main__")
    for ours in (Channel, Guest):
        ours.__module__ = "blazer.sandbox.guest.main"  # what is of __main__ is the program's own
    channel.send({"t": "ready", "attest": report})
    guest.serve()
    # No interpreter shutdown: a program's left-over objects do not get to run again.
    os._exit(0)


if __name__ == "__main__":
    main()

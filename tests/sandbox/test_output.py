"""What a program writes: kept in part, counted in full, whatever its ending, and no load on the host."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import struct
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from blazer.core.outcomes import Ending
from blazer.sandbox.capture import HeadAndTail, OwnOutput, joined
from blazer.sandbox.classify import End
from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.docker_lines import DockerLines
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.guest import wire
from blazer.sandbox.protocol import GuestSide
from blazer.sandbox.relay import Relay
from blazer.sandbox.sandbox import Sandbox
from tests.sandbox.conftest import PATIENT, QUICK, in_module_loop

MB = 2**20


def rss_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MB


@pytest.mark.parametrize(
    ("source", "policy"),
    [
        ("for n in range(40): print('x' * (2 ** 20 - 1))", True),
        ("import os\nfor n in range(640): os.write(1, b'x' * 2 ** 16)", False),
        ("import os\nfor n in range(640): os.write(2, b'x' * 2 ** 16)", False),
        ("import sys\nfor n in range(640): sys.stdout.write('x' * 2 ** 16)", False),
    ],
)
async def test_a_flood_is_counted_to_the_byte_and_not_kept(source: str, policy: bool) -> None:
    limits = QUICK.model_copy(update={"wall_s": 60.0, "output_stop_kb": 10**6})
    async with CodeSandbox("process", limits=limits, workers=1) as box:
        await box.run("print('x' * 10 ** 6)")
        before_mb = rss_mb()
        result = await box.run(source, policy=policy)
        grown_mb = rss_mb() - before_mb
    assert result.ok, result.fault
    assert result.stdout.total_bytes == 40 * MB
    assert result.stdout.truncated
    assert len(result.stdout.text) < 65 * 1024
    assert grown_mb < 20, "half of what was written, or more, was kept"


@pytest.mark.parametrize("write", ["os.write(1, b'x' * 65536)", "os.write(2, b'x' * 65536)"])
async def test_a_flood_past_print_is_stopped_too(write: str) -> None:
    async with CodeSandbox("process", limits=PATIENT, workers=1) as box:
        result = await box.run(f"import os\nwhile True: {write}", policy=False)
    assert result.ending is Ending.OUTPUT_FLOOD


@in_module_loop
@pytest.mark.parametrize(
    ("source", "policy", "ending"),
    [
        ("print('said')\nx = bytearray(10 ** 10)", True, Ending.OUT_OF_MEMORY),
        ("print('said')\n1 / 0", True, Ending.RAISED),
        ("print('said')\nwhile True: print('x' * 9999)", True, Ending.OUTPUT_FLOOD),
        ("print('said')\nimport os\nos._exit(0)", False, Ending.EARLY_EXIT),
        ("print('said')\nimport ctypes\nctypes.string_at(0)", False, Ending.CRASHED),
        ("import sys\nsys.stderr.write('said')\nimport os\nos._exit(0)", False, Ending.EARLY_EXIT),
        ("import os\nos.write(1, b'said')", False, Ending.COMPLETED),
        ("import os\nos.write(1, b'said')\nfor fd in range(3, 40): os.write(fd, b'{}\\n')", False, None),
    ],
)
async def test_what_was_said_is_kept_however_it_ends(
    source: str, policy: bool, ending: Ending | None, box: CodeSandbox
) -> None:
    result = await box.run(source, policy=policy)
    assert "said" in result.stdout.text
    if ending is not None:
        assert result.ending is ending


@in_module_loop
@pytest.mark.parametrize(
    ("source", "policy"),
    [
        ("print('said')\nwhile True: pass", True),
        ("import sys\nsys.stdout.write('said')\nwhile True: pass", False),
        ("import os\nos.write(2, b'said')\nwhile True: pass", False),
    ],
)
async def test_what_was_said_is_kept_at_a_time_out(source: str, policy: bool, brief_box: CodeSandbox) -> None:
    result = await brief_box.run(source, policy=policy)
    assert (result.ending, result.stdout.text.strip()) == (Ending.TIME_OUT, "said")


class LateGuest:
    """Its end is heard of before what it wrote: two pipes, two ways."""

    def __init__(self, mark: bytes) -> None:
        self.lines: Any = self
        self.stderr = OwnOutput(1024)
        self._mark = mark

    async def send(self, message: Mapping[str, Any]) -> None:
        asyncio.get_running_loop().call_later(0.05, self.stderr.add, b"said" + self._mark)

    async def read_line(self, timeout_s: float | None = None) -> bytes:
        return wire.encode({"t": "end", "fault": None, "value": None, "note": ""})


@pytest.mark.parametrize("mark", [wire.END_MARK, wire.END_MARK + wire.END_MARK, b""])
async def test_what_comes_after_the_end_was_told_is_waited_for(mark: bytes) -> None:
    relay = Relay(LateGuest(mark), GuestSide({}), None, QUICK)  # type: ignore[arg-type]
    assert await relay.run({"seed": 0}) is End.ENDED
    assert relay.output().text.startswith("said")


async def test_what_the_daemon_hands_on_after_a_death_is_waited_for() -> None:
    ours, daemons = socket.socketpair()
    ours.setblocking(False)

    class Api:
        def kill(self, container: str) -> None:
            threading.Timer(0.05, self._hand_on).start()

        def _hand_on(self) -> None:
            daemons.sendall(struct.pack(">BxxxI", 2, 4) + b"said")
            daemons.close()

        def wait(self, container: str, timeout: float) -> dict[str, int]:
            return {"StatusCode": 137}

    with ThreadPoolExecutor(2) as threads:
        lines = DockerLines(Api(), threads, "it", ours, 1024, lambda lines: None)
        lines.stderr.restart(1024)  # a run has begun
        await lines.kill()
    assert lines.stderr.captured().text == "said"


@in_module_loop
async def test_bytes_that_are_no_text_are_shown_and_kill_nobody(box: CodeSandbox) -> None:
    write = "os.write(1, b'\\xff\\x00\\xc3(' + 'é'.encode())\nos.write(2, b'\\xe2\\x82')"
    source = f"import os\nprint('first')\n{write}"
    result = await box.run(source, policy=False)
    assert result.ok
    assert result.stdout.text == "first\n\\xff\\x00\\xc3(é\\xe2\\x82"
    odd = await box.run("print('\\ud800', 'a\\x00b', '\\x1b[31m', '\\u2028')")
    assert odd.ok
    odd.model_dump_json()


@in_module_loop
async def test_each_seed_has_its_own_output(process_sandbox: Sandbox) -> None:
    source = "import os\nos.write(1, b'once')\npick('thing0')\nplace_on('thing0')\n"
    episode = await process_sandbox.run(
        source, fake_instance(), verify=[fake_instance(1), fake_instance(2)], policy=False
    )
    assert len(episode.verify_seeds) == 2
    assert episode.execution.stdout.text == "once"


def test_two_captures_become_one() -> None:
    first, second = HeadAndTail(100), HeadAndTail(100)
    assert joined(first, second).text == ""
    first.add(b"printed")
    assert joined(first, second).text == "printed"
    second.add(b"raw")
    both = joined(first, second)
    assert (both.text, both.total_bytes, both.truncated) == ("printed\nraw", 10, False)
    second.add(b"x" * 1000)
    both = joined(first, second)
    assert both.truncated
    assert both.total_bytes == 1010
    assert "left out" in both.text

"""Whatever a guest does to its channel, the host says how it ended, in time, with a record that is true."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from blazer.core.errors import SandboxError
from blazer.sandbox.errors import GuestLost
from blazer.sandbox.guest import wire
from blazer.sandbox.handshake import await_ready
from blazer.sandbox.lines import EndOfLines, LineTooLong
from blazer.sandbox.processes import LineProcess
from tests.sandbox import channel_fuzz
from tests.sandbox.channel_fuzz import ANY_BYTES, Fuzzer, Script

FEW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LATE_S = 25.0
"""A busy machine gets more than `channel_fuzz.HANG_S`; the longer run reports the real figure."""


@pytest.fixture(scope="module")
def fuzzer() -> Iterator[Fuzzer]:
    with Fuzzer() as opened:
        yield opened
        assert opened.slowest_s < LATE_S
        assert len(opened.seen) >= 4, f"nothing much was tried: {opened.seen}"


@FEW
@given(channel_fuzz.orderly())
def test_an_orderly_guest_ends_as_it_did_with_exactly_its_calls(fuzzer: Fuzzer, script: Script) -> None:
    assert fuzzer.run(script) == []


@FEW
@given(channel_fuzz.disorderly())
def test_a_disorderly_guest_is_told_apart_and_its_record_is_true(fuzzer: Fuzzer, script: Script) -> None:
    assert fuzzer.run(script) == []


@MANY
@given(channel_fuzz.LINES)
@example([b"\xef\xbb\xbf{}\n"])
@example([b'{"t":"print","text":"\\ud83e"}\n'])
@example([b'{"t":"call","id":1,"skill":"pick","args":{"name":1e308},"line":1e308}\n'])
def test_any_lines_are_messages_or_faults(lines: list[bytes]) -> None:
    assert channel_fuzz.misread(lines) == []


@settings(MANY, max_examples=200)
@given(st.dictionaries(st.text(max_size=6), channel_fuzz.VALUES, max_size=5))
def test_what_can_be_sent_is_one_short_line_that_reads_as_it_was(value: dict[str, Any]) -> None:
    line = wire.encode(value)
    assert line.count(b"\n") == 1 and line.endswith(b"\n") and line.isascii()
    assert wire.decode(line, capped=False) == json.loads(json.dumps(value))


# -- the readers of lines --


def _expected(data: bytes, cap: int) -> tuple[list[bytes], bool]:
    """Whole lines up to the first one that is too long, and whether there is one."""
    found = []
    for line in data.split(b"\n"):
        if len(line) > cap:
            return found, True
        found.append(line + b"\n")
    return found[:-1], False


CAP = 64
CHUNKS = st.lists(
    st.binary(max_size=80) | st.integers(1, 140).map(lambda n: b"x" * n) | st.just(b"\n") | st.just(b"{}\n"),
    max_size=12,
)


async def _all_lines(reader: Any) -> tuple[list[bytes], bool]:
    found = []
    while True:
        try:
            found.append(await reader.read_line(5.0))
        except EndOfLines:
            return found, False
        except LineTooLong:
            return found, True


@settings(FEW, max_examples=150)
@given(CHUNKS, st.lists(st.sampled_from([1, 2]), max_size=12), st.integers(1, 50))
def test_frames_of_a_container_become_lines_however_they_are_cut(
    chunks: list[bytes], kinds: list[int], cut: int
) -> None:
    docker_lines = pytest.importorskip("blazer.sandbox.docker_lines")
    kinds = [*kinds, *([1] * len(chunks))]
    frames = b"".join(
        struct.pack(">BxxxI", kind, len(chunk)) + chunk for kind, chunk in zip(kinds, chunks, strict=False)
    )
    out = b"".join(chunk for kind, chunk in zip(kinds, chunks, strict=False) if kind == 1)
    err = b"".join(chunk for kind, chunk in zip(kinds, chunks, strict=False) if kind == 2)

    async def read() -> tuple[list[bytes], bool, int]:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with ThreadPoolExecutor(1) as threads, theirs:
            lines = docker_lines.DockerLines(None, threads, "x", ours, CAP, lambda gone: None)
            for start in range(0, len(frames), cut):
                await asyncio.get_running_loop().sock_sendall(theirs, frames[start : start + cut])
                await asyncio.sleep(0)
            theirs.close()
            found, too_long = await _all_lines(lines)
            lines._discard = True
            lines._room.set()
            await asyncio.wait_for(lines._reader, 60.0)
            ours.close()
            return found, too_long, lines.stderr.total_bytes

    found, too_long, told = asyncio.run(read())
    assert (found, too_long) == _expected(out, CAP)
    assert told == len(err)


@settings(FEW, max_examples=15)
@given(CHUNKS)
def test_lines_of_a_process_are_its_bytes(chunks: list[bytes]) -> None:
    data = b"".join(chunks)

    async def read() -> tuple[list[bytes], bool]:
        source = f"import os; os.write(1, bytes.fromhex('{data.hex()}'))"
        lines = await LineProcess.start(["python3", "-I", "-S", "-c", source], max_line_bytes=CAP + 1)
        try:
            return await _all_lines(lines)
        finally:
            await lines.kill()

    found, too_long = asyncio.run(read())
    expected, long_expected = _expected(data, CAP + 1)
    # asyncio's reader may hand out a line that is one byte over before it looks at the limit.
    assert found == expected[: len(found)]
    assert too_long or (found == expected and not long_expected)


# -- the handshake --


@settings(FEW, max_examples=25)
@given(st.one_of(ANY_BYTES, channel_fuzz.valid_messages().map(channel_fuzz.message)), st.sampled_from([0, 1]))
def test_a_guest_that_does_not_shake_hands_is_lost(data: bytes, code: int) -> None:
    async def shake() -> None:
        source = f"import os; os.write(1, bytes.fromhex('{data.hex()}')); os._exit({code})"
        command = ["python3", "-I", "-S", "-c", source]
        if len(source) > 100_000:
            command[-1] = f"import os; os.write(1, b'[' * {len(data)}); os._exit({code})"
        lines = await LineProcess.start(command)
        try:
            await await_ready(lines, {"t": "init"}, 10.0)
        finally:
            await lines.kill()

    if data.startswith(b'{"t": "ready"'):
        return
    with pytest.raises(SandboxError) as caught:
        asyncio.run(shake())
    assert isinstance(caught.value, GuestLost)

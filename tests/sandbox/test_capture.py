"""Captured output: nothing kept beyond the cap, nothing lost below it, no bytes that break it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from blazer.sandbox.capture import HeadAndTail


@given(st.lists(st.binary(max_size=50), max_size=20), st.integers(2, 200))
def test_total_and_cap(parts: list[bytes], cap: int) -> None:
    capture, everything = HeadAndTail(cap), b"".join(parts)
    for part in parts:
        capture.add(part)
    found = capture.captured()
    assert found.total_bytes == len(everything)
    assert found.truncated == (len(everything) > cap // 2 * 2)
    found.text.encode()
    if not found.truncated:
        assert found.text == everything.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")


def test_head_and_tail_are_kept() -> None:
    capture = HeadAndTail(20)
    for number in range(1000):
        capture.add(f"{number:04d}\n".encode())
    found = capture.captured()
    assert found.text.startswith("0000\n0001\n")
    assert found.text.endswith("0998\n0999\n")
    assert f"{5000 - 20} bytes left out" in found.text


def test_a_flood_needs_no_memory() -> None:
    capture = HeadAndTail(1024)
    for _ in range(1000):
        capture.add(b"x" * 65536)
    assert len(capture._head) + len(capture._tail) <= 3 * 1024 + 65536
    assert capture.captured().total_bytes == 65_536_000


def test_paths_of_the_machine_go_by_other_names_after_a_restart_too() -> None:
    capture = HeadAndTail(200)
    capture.call({"/a": "outer", "/a/b": "inner"})
    capture.restart(60)
    capture.add(b'"/a/b/x.py", "/a/y.py"')
    assert capture.captured().text == '"inner/x.py", "outer/y.py"'
    capture.add(b"." * 100 + b"/a/z.py")
    found = capture.captured()
    assert found.truncated and found.total_bytes == 129
    assert found.text.startswith('"inner/x.py"') and found.text.endswith("outer/z.py")

"""Captured output: nothing kept beyond the cap, nothing lost below it, no bytes that break it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from blazer.sandbox.capture import HeadAndTail, OwnOutput
from blazer.sandbox.guest.wire import END_MARK


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


@given(st.binary(max_size=40), st.binary(max_size=40), st.lists(st.integers(0, 120), max_size=8))
def test_the_mark_is_found_in_any_pieces_and_is_no_text(said: bytes, later: bytes, cuts: list[int]) -> None:
    output, everything = OwnOutput(10**6), said + END_MARK + later
    output.restart(10**6)
    at = sorted({0, len(everything), *(min(cut, len(everything)) for cut in cuts)})
    for start, end in pairwise(at):
        output.add(everything[start:end])
        assert output.complete.is_set() == (end >= len(said) + len(END_MARK))
    assert output.complete.is_set()
    assert output.captured().total_bytes == len(said + later)
    plain = HeadAndTail(10**6)
    plain.add(said + later)
    assert output.captured() == plain.captured()


@given(st.lists(st.binary(max_size=30) | st.integers(1, len(END_MARK) - 1).map(lambda n: END_MARK[:n])))
def test_without_a_mark_nothing_is_kept_back_in_the_end(parts: list[bytes]) -> None:
    output, plain = OwnOutput(10**6), HeadAndTail(10**6)
    output.restart(10**6)
    for part in parts:
        output.add(part)
        plain.add(part)
    if END_MARK in b"".join(parts):
        return  # pieces that make one
    assert not output.complete.is_set()
    assert output.captured() == plain.captured()


def test_only_the_first_mark_is_one_so_that_a_flood_of_them_counts() -> None:
    output = OwnOutput(100)
    output.restart(100)
    for _ in range(1000):
        output.add(END_MARK)
    assert output.captured().total_bytes == 999 * len(END_MARK)
    output.restart(100)
    assert not output.complete.is_set()

"""Text that a program wrote, held to a cap while it streams: the head, the tail, the total."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from blazer.core.records import Captured
from blazer.sandbox.guest.wire import END_MARK


class HeadAndTail:
    """Keeps the first and the last half of a cap; never stops taking.

    Args:
        cap_bytes: Most bytes kept.
    """

    def __init__(self, cap_bytes: int) -> None:
        self._called: dict[str, str] = {}
        self.restart(cap_bytes)

    def call(self, names: Mapping[str, str]) -> None:
        """Show these texts (paths of this machine) by other names, from now on and after a restart.

        Args:
            names: By text; of two that fit, the longer one.
        """
        self._called = dict(sorted(names.items(), key=lambda item: -len(item[0])))

    def restart(self, cap_bytes: int) -> None:
        """Begin again with nothing."""
        self._half = max(cap_bytes // 2, 1)
        self._head = bytearray()
        self._tail = bytearray()
        self.total_bytes = 0

    def add(self, data: bytes) -> None:
        """Take some more."""
        self.total_bytes += len(data)
        room = self._half - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail += data
            # Cut now and then, not each time: a flood of short lines stays linear.
            if len(self._tail) > 2 * self._half:
                del self._tail[: -self._half]

    def captured(self) -> Captured:
        """What was kept, as text; bytes that are no UTF-8 are shown escaped."""
        tail = bytes(self._tail[-self._half :])
        left_out = self.total_bytes - len(self._head) - len(tail)
        if left_out <= 0:
            return Captured(text=self._shown(bytes(self._head) + tail), total_bytes=self.total_bytes)
        text = f"{self._shown(bytes(self._head))}\n[... {left_out} bytes left out ...]\n{self._shown(tail)}"
        return Captured(text=text, truncated=True, total_bytes=self.total_bytes)

    def _shown(self, data: bytes) -> str:
        text = _text(data)
        for name, other in self._called.items():
            text = text.replace(name, other)
        return text


class OwnOutput(HeadAndTail):
    """What a guest writes past the channel, and whether all of a run has come: it ends with a mark.

    The guest's word, like all that comes from there: a program that writes the mark itself, or sees to
    it that none is written, may lose what it wrote last, and nothing else. Only the first mark of a run
    is one; any other counts as text, so that a flood of them is a flood.
    """

    def __init__(self, cap_bytes: int) -> None:
        self.complete = asyncio.Event()
        """Unless something of a run may still be on its way."""
        super().__init__(cap_bytes)
        self.complete.set()

    def restart(self, cap_bytes: int) -> None:
        """Begin again with nothing, at the start of a run."""
        super().restart(cap_bytes)
        self._start = b""
        self.complete.clear()

    def add(self, data: bytes) -> None:
        """Take some more."""
        if self.complete.is_set():
            return super().add(data)
        data = self._start + data
        before, mark, after = data.partition(END_MARK)
        # It may be in pieces: what can be its beginning is kept back.
        kept = 0 if mark else _overlap(data)
        self._start = data[len(data) - kept :]
        if mark:
            self.complete.set()
        super().add(before + after if mark else data[: len(data) - kept])

    def captured(self) -> Captured:
        """What was kept, as text."""
        start, self._start = self._start, b""
        super().add(start)
        return super().captured()


def _overlap(data: bytes) -> int:
    """How many bytes of the mark's beginning `data` ends with."""
    most = min(len(data), len(END_MARK) - 1)
    return next((n for n in range(most, 0, -1) if data.endswith(END_MARK[:n])), 0)


def joined(printed: HeadAndTail, raw: HeadAndTail) -> Captured:
    """What was printed, and after it what was written past `print`, straight to the process's output.

    One after the other, because two pipes have no common order that would be the same each time.
    """
    first, second = printed.captured(), raw.captured()
    if not second.total_bytes:
        return first
    between = "" if not first.text or first.text.endswith("\n") else "\n"
    return Captured(
        text=f"{first.text}{between}{second.text}",
        truncated=first.truncated or second.truncated,
        total_bytes=first.total_bytes + second.total_bytes,
    )


def clean(text: str) -> str:
    """The text with lone surrogates escaped, so that it can be stored anywhere."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _text(data: bytes) -> str:
    # NUL is text to JSON but not to every database.
    return data.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")

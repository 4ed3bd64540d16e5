"""Pictures for people: labelled frames, sheets of them, videos. Files appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
from imageio_ffmpeg import write_frames
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from blazer.core.errors import UsageError

Frame = NDArray[np.uint8]
"""(height, width, 3)"""

BAR_PX = 24
_TEXT_PX = 14
_DARK, _LIGHT = (24, 26, 30), (236, 238, 240)
_GAP_PX = 6


def labelled(
    frame: Frame, *lines: str, accent: tuple[int, int, int] | None = None, rows: int | None = None
) -> Frame:
    """The frame with a bar of text lines below it; `accent` colours a mark at the bar's left end.

    Args:
        frame: (height, width, 3).
        lines: Texts; the last one may run on over what is left of `rows`.
        accent: Colour of the mark.
        rows: Lines of the bar; as many as there are texts if None.

    Returns:
        (height + BAR_PX * rows, width, 3)
    """
    height, width = frame.shape[:2]
    rows = len(lines) if rows is None else rows
    image = Image.new("RGB", (width, height + BAR_PX * rows), _DARK)
    image.paste(Image.fromarray(frame), (0, 0))
    draw = ImageDraw.Draw(image)
    left = 8
    if accent is not None:
        draw.rectangle((0, height, 6, image.height), fill=accent)
        left = 12
    font = ImageFont.load_default(_TEXT_PX)

    def fits(text: str) -> bool:
        return bool(draw.textlength(text, font=font) <= width - left - 6)

    shown = [_shortened(line, fits) for line in lines[:-1]]
    if lines:
        shown += wrapped(lines[-1], fits, rows - len(shown))
    for index, text in enumerate(shown):
        draw.text((left, height + index * BAR_PX + 3), text, font=font, fill=_LIGHT)
    return np.asarray(image)


def wrapped(text: str, fits: Callable[[str], bool], rows: int) -> list[str]:
    """A text broken between words into at most `rows` lines that fit; what is left over becomes "…"."""
    lines: list[str] = []
    words = text.split(" ")
    while words and len(lines) < rows:
        count = 1
        while count < len(words) and fits(" ".join(words[: count + 1])):
            count += 1
        if len(lines) == rows - 1:
            count = len(words)
        lines.append(_shortened(" ".join(words[:count]), fits))
        words = words[count:]
    return lines


def _shortened(text: str, fits: Callable[[str], bool]) -> str:
    while text and not fits(text):
        text = text[:-2].rstrip("…") + "…" if len(text) > 1 else ""
    return text


def sheet(frames: Sequence[Frame], columns: int) -> Frame:
    """Frames of one size in rows of `columns`.

    Raises:
        ValueError: of no frames.
    """
    if not frames:
        raise ValueError("a sheet needs at least one frame")
    height, width = frames[0].shape[:2]
    rows = -(-len(frames) // columns)
    columns = min(columns, len(frames))
    page = np.full(
        (rows * (height + _GAP_PX) + _GAP_PX, columns * (width + _GAP_PX) + _GAP_PX, 3), _LIGHT, np.uint8
    )
    for index, frame in enumerate(frames):
        top = _GAP_PX + index // columns * (height + _GAP_PX)
        left = _GAP_PX + index % columns * (width + _GAP_PX)
        page[top : top + height, left : left + width] = frame
    return page


def write_png(path: Path, image: Frame) -> None:
    """Write an image.

    Raises:
        UsageError: if the place cannot be written, or the name does not end in .png.
    """
    with _whole(path, ".png") as partial:
        iio.imwrite(partial, image, extension=".png")


class Video:
    """An H.264 video being written; frames must all have the first one's size."""

    def __init__(self, path: Path, rate_hz: float) -> None:
        self._path, self._rate_hz = path, rate_hz
        self._writer: Any = None

    def add(self, frame: Frame) -> None:
        """Append a frame; both sides must be even."""
        if self._writer is None:
            height, width = frame.shape[:2]
            self._writer = write_frames(
                str(self._path), (width, height), fps=self._rate_hz, codec="libx264",
                quality=None, macro_block_size=2,
                output_params=["-crf", "23", "-preset", "veryfast", "-movflags", "+faststart"],
                ffmpeg_log_level="error",
            )  # fmt: skip
            self._writer.send(None)
        self._writer.send(np.ascontiguousarray(frame))

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


@contextmanager
def writing_video(path: Path, rate_hz: float) -> Iterator[Video]:
    """A video that appears under its name when the block ends well.

    Raises:
        UsageError: if the place cannot be written, or the name does not end in .mp4.
    """
    with _whole(path, ".mp4") as partial:
        video = Video(partial, rate_hz)
        try:
            yield video
        finally:
            video.close()


def check_place(path: Path | None, ending: str) -> None:
    """Refuse a file name before any work is done for it; None is no file.

    Raises:
        UsageError: if it does not end so, or is a directory.
    """
    if path is not None and (path.suffix.lower() != ending or path.is_dir()):
        raise UsageError(f"{path} does not end in {ending}, or is a directory")


@contextmanager
def _whole(path: Path, ending: str) -> Iterator[Path]:
    check_place(path, ending)
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{ending}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}; choose another place") from error

"""Pictures and videos: sizes, whole files, readable again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from blazer.cli.pictures import BAR_PX, Frame, labelled, sheet, wrapped, write_png, writing_video
from blazer.core.errors import UsageError


def _frame(value: int, height: int = 48, width: int = 64) -> Frame:
    return np.full((height, width, 3), value, np.uint8)


def test_a_label_adds_bars_and_leaves_the_picture_alone() -> None:
    frame = _frame(7)
    image = labelled(frame, "close_jar", "a caption that is much too long for this width", accent=(255, 0, 0))
    assert image.shape == (48 + 2 * BAR_PX, 64, 3)
    assert (image[:48] == frame).all()
    assert (image[-1, 0] == (255, 0, 0)).all()
    assert len(np.unique(image[48:].reshape(-1, 3), axis=0)) > 3, "letters are drawn"


@pytest.mark.parametrize(("count", "rows", "columns"), [(1, 1, 1), (3, 1, 3), (4, 2, 3), (9, 3, 3)])
def test_a_sheet_holds_every_frame_once(count: int, rows: int, columns: int) -> None:
    page = sheet([_frame(10 * (index + 1)) for index in range(count)], columns=3)
    assert page.shape == (rows * 54 + 6, columns * 70 + 6, 3)
    for index in range(count):
        assert (page == 10 * (index + 1)).all(axis=2).sum() == 48 * 64
    with pytest.raises(ValueError, match="at least one"):
        sheet([], columns=3)


def test_a_png_reads_back(tmp_path: Path) -> None:
    write_png(tmp_path / "deep" / "x.png", _frame(9))
    assert (iio.imread(tmp_path / "deep" / "x.png") == 9).all()
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["x.png"]


def test_a_video_reads_back(tmp_path: Path) -> None:
    with writing_video(tmp_path / "x.mp4", 10.0) as video:
        for value in (0, 120, 240):
            video.add(_frame(value, 64, 96))
    command = [
        get_ffmpeg_exe(),
        "-v",
        "error",
        "-i",
        str(tmp_path / "x.mp4"),
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-",
    ]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(3, 64, 96, 3)
    assert [round(float(frame.mean()) / 120) for frame in frames] == [0, 1, 2]


def test_a_video_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_text("old")
    with pytest.raises(RuntimeError, match="physics"), writing_video(tmp_path / "x.mp4", 10.0) as video:
        video.add(_frame(1, 64, 96))
        raise RuntimeError("physics")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("x.mp4", "old")]


def test_wrong_endings_and_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="end in"):
        write_png(tmp_path / "x.jpg", _frame(1))
    with pytest.raises(UsageError, match="end in"), writing_video(tmp_path / "x.avi", 10.0):
        pass
    with pytest.raises(UsageError, match="choose another place"):
        write_png(Path("/dev/null/x.png"), _frame(1))


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (1, ["aaa bbb cc…"]),
        (2, ["aaa bbb ccc", "ddd eee ff…"]),
        (3, ["aaa bbb ccc", "ddd eee fff", "ggg"]),
        (9, ["aaa bbb ccc", "ddd eee fff", "ggg"]),
    ],
)
def test_a_text_runs_on_between_words_and_only_the_last_line_is_cut(rows: int, lines: list[str]) -> None:
    assert wrapped("aaa bbb ccc ddd eee fff ggg", lambda text: len(text) <= 11, rows) == lines


def test_a_word_wider_than_the_picture_is_cut() -> None:
    assert wrapped("a" * 30, lambda text: len(text) <= 5, 2) == ["aaaa…"]
    assert wrapped("abc", lambda text: not text, 2) == [""]
    assert wrapped("", lambda text: True, 2) == [""]


def test_room_for_more_lines_is_kept_free_so_that_sheets_stay_even() -> None:
    short, long = (labelled(_frame(7), "name", text, rows=3) for text in ("go", "go and go on and on"))
    assert short.shape == long.shape == (48 + 3 * BAR_PX, 64, 3)
    last_row = slice(48 + 2 * BAR_PX, None)
    assert len(np.unique(short[last_row])) < len(np.unique(long[last_row]))

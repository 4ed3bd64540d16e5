"""`blazer replay ID`: the recorded motion again, as a check, a video or a sheet of frames."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from blazer.cli.counting import Counter
from blazer.cli.output import JSON_OPTION, STORE_OPTION, err, out, print_json, say
from blazer.cli.pictures import Frame, check_place, labelled, sheet, write_png, writing_video
from blazer.cli.replaying import Moment, ReplayResult, replay
from blazer.core.errors import UsageError
from blazer.core.records import Decision, Trace
from blazer.sim.protocol import Simulator
from blazer.store.store import Store

VIDEO_RATE_HZ = 15.0
"""In simulated time: a video runs as fast as the robot would. Rendering on a CPU takes a while."""
HELD_S = 1.5
"""How long a video rests on its last frame."""
_GREEN, _RED = (46, 160, 67), (218, 54, 51)


def command(
    trace_id: str = typer.Argument(help="Id of a trace, or its first letters."),
    video: Annotated[Path | None, typer.Option("--video", help="Write a video, such as out.mp4.")] = None,
    frames: Annotated[Path | None, typer.Option("--frames", help="Write a sheet of frames, .png.")] = None,
    camera: str = typer.Option("table", "--camera", help="table, front, overhead, ..."),
    size: str = typer.Option("640x480", "--size", help="WIDTHxHEIGHT of a frame, in pixels."),
    count: int = typer.Option(12, "--count", min=2, max=100, help="Frames on the sheet."),
    store: str = STORE_OPTION,
    as_json: bool = JSON_OPTION,
) -> None:
    """Replay a trace's skill calls; make a video or a picture sheet."""
    width, height = parse_size(size)
    check_place(video, ".mp4")
    check_place(frames, ".png")
    with Store.open(store, create=False) as opened:
        trace = opened.get(trace_id)
    result = _replay(trace, video, frames, camera, (width, height), count)
    written = [str(path) for path in (video, frames) if path is not None]
    if as_json:
        print_json({"trace_id": trace.trace_id, **result._asdict(), "written": written})
    else:
        _print(trace, result, written)
    if result.differences:
        raise typer.Exit(1)


def parse_size(text: str) -> tuple[int, int]:
    """`640x480` to (640, 480); even, because video needs it.

    Raises:
        UsageError: for anything else.
    """
    width, _, height = text.partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise UsageError(f"size {text!r} cannot be read; write WIDTHxHEIGHT, such as 640x480")
    if not (64 <= int(width) <= 1920 and 64 <= int(height) <= 1080):
        raise UsageError(f"size {text!r} is outside 64x64 to 1920x1080")
    return int(width) // 2 * 2, int(height) // 2 * 2


def _replay(
    trace: Trace, video: Path | None, frames: Path | None, camera: str, size: tuple[int, int], count: int
) -> ReplayResult:
    """One replay for each thing asked for: their frame rates differ, and physics is quick."""
    if video is None and frames is None:
        return replay(trace)
    result: ReplayResult | None = None
    if video is not None:
        result = _film(trace, video, camera, size)
    if frames is not None:
        result = _sheet(trace, frames, camera, size, count)
    if result is None:
        raise AssertionError("one of the two was asked for")
    return result


def _film(trace: Trace, path: Path, camera: str, size: tuple[int, int]) -> ReplayResult:
    counter = Counter("frames", round(trace.execution.timings.simulated_s * VIDEO_RATE_HZ) + 1)
    film = _Camera(trace, camera, size)
    with writing_video(path, VIDEO_RATE_HZ) as writer, counter.shown():

        def watch(sim: Simulator, moment: Moment) -> None:
            writer.add(film.shoot(sim, moment))
            counter.advance()

        result = replay(trace, watch, VIDEO_RATE_HZ)
        for _ in range(round(HELD_S * VIDEO_RATE_HZ)):
            writer.add(film.last(result))
    return result


def _sheet(trace: Trace, path: Path, camera: str, size: tuple[int, int], count: int) -> ReplayResult:
    duration_s = max(trace.execution.timings.simulated_s, 0.1)
    film = _Camera(trace, camera, size)
    taken: list[Frame] = []
    result = replay(
        trace, lambda sim, moment: taken.append(film.shoot(sim, moment)), (count - 1) / duration_s
    )
    taken = [*taken[: count - 1], film.last(result)]
    write_png(path, sheet(taken, columns=4 if len(taken) > 6 else 3))
    return result


class _Camera:
    """Takes labelled frames and remembers the last one bare."""

    def __init__(self, trace: Trace, camera: str, size: tuple[int, int]) -> None:
        self._trace, self._camera, self._size = trace, camera, size
        self._bare: Frame | None = None

    def shoot(self, sim: Simulator, moment: Moment) -> Frame:
        """The scene as it is, with what is going on below it."""
        self._bare = sim.render(self._camera, *self._size)
        first = moment.time_s == 0.0 and moment.call is None
        return labelled(self._bare, self._trace.instruction if first else moment.caption)

    def last(self, result: ReplayResult) -> Frame:
        """The last frame, with the outcome below it."""
        if self._bare is None:
            raise AssertionError("a frame was taken at the start")
        good = result.verdict.strict is Decision.PASS
        text = f"{self._trace.outcome.value}: {self._trace.instruction}"
        return labelled(self._bare, text, accent=_GREEN if good else _RED)


def _print(trace: Trace, result: ReplayResult, written: list[str]) -> None:
    console = out()
    for path in written:
        say(console, f"wrote {path}")
    if not result.differences:
        say(
            console,
            f"{trace.trace_id} {trace.task} seed {trace.seed}: {len(trace.execution.skill_calls)} skill "
            f"calls replayed, verdict and final digest {result.final_digest} as recorded",
        )
    for difference in result.differences:
        say(err(), f"differs: {difference}", style="red")

"""`blazer bench episodes`: how fast reference programs run in the sandbox, and where the time goes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import typer

from blazer.cli.bench_reference import named_tasks
from blazer.cli.counting import Counter
from blazer.cli.memory import worker_rss_mb
from blazer.cli.output import JSON_OPTION, is_wide, make_table, out, plain, print_json
from blazer.cli.sandboxes import open_sandbox
from blazer.eval.bench import EpisodesReport, bench_episodes

SAMPLE_S = 0.2


def command(
    tasks: str = typer.Option("train", "--tasks", help="Names, or train, ood, all; comma-separated."),
    n: int = typer.Option(10, "-n", "--seeds", min=1, help="Seeds of each task, from 0."),
    tier: str = typer.Option("process", "--tier", help="Sandbox tier: auto, docker, runsc or process."),
    workers: int = typer.Option(2, "--workers", min=1),
    as_json: bool = JSON_OPTION,
) -> None:
    """How fast episodes run, and where the time goes."""
    report = asyncio.run(_run(named_tasks(tasks), n, tier, workers))
    if as_json:
        # One list, as the rows are one table: the last row is the whole, with what holds for it.
        whole = report.model_dump(mode="json", exclude={"rows", "overall"})
        print_json([*report.rows, {**plain(report.overall), **whole}])
        return
    console = out()
    extra = ["strict", "steps"] if is_wide(console) else []
    numbers = ["episodes", *extra, "wall\ns", "physics\ns", "plan p50\nms", "plan p99\nms"]
    table = make_table("task", *numbers, right=numbers, whole=("task",))
    for row in (*report.rows, report.overall):
        if row is report.overall:
            table.add_section()
        more = [str(row.success_strict), f"{row.steps:,}"] if extra else []
        plans = ["-" if ms is None else f"{ms:.1f}" for ms in (row.plan_ms_p50, row.plan_ms_p99)]
        times = [f"{row.wall_s:.2f}", f"{row.physics_s:.2f}"]
        table.add_row(row.task, str(row.episodes), *more, *times, *plans)
    console.print(table)
    memory = "" if report.worker_rss_mb is None else f", {report.worker_rss_mb:.0f} MB a worker"
    console.print(
        f"{report.episodes_per_s:.2f} episodes/s, {report.workers} workers, {report.tier} tier; "
        f"wall/physics {report.wall_per_physics:.2f}{memory}"
    )


async def _run(names: tuple[str, ...], n: int, tier: str, workers: int) -> EpisodesReport:
    counter, peaks = Counter("episodes", n * len(names)), [0.0]
    async with open_sandbox(tier, workers, language_model=False) as sandbox, _sampled(peaks):
        with counter.shown():
            return await bench_episodes(
                names, range(n), sandbox, workers, counter.advance, lambda: peaks[0] or None
            )


@contextlib.asynccontextmanager
async def _sampled(peaks: list[float]) -> AsyncIterator[None]:
    """Keep the largest memory of a worker in `peaks[0]` while the block runs."""

    async def sample() -> None:
        while True:
            peaks[0] = max(peaks[0], worker_rss_mb() or 0.0)
            await asyncio.sleep(SAMPLE_S)

    task = asyncio.create_task(sample())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

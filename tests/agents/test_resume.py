"""Stopped anywhere, the same call finishes the run: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blazer.agents.chat import ChatReply, ChatRequest
from blazer.agents.collect import CHECKPOINTS_FILE, CollectReport, EventKind, collect
from blazer.agents.models import RoleConfig
from blazer.agents.run import CollectConfig
from blazer.core.records import Captured, Trace
from blazer.core.rng import stream
from blazer.store.store import Store
from blazer.tasks.spec import TaskInstance
from tests.agents.fakes import FakeModel, FakeSandbox, MemorySink, Result, program, workplace

ROLES = {
    "planner": RoleConfig(model="m", base_url="http://127.0.0.1:9/v1"),
    "coder": RoleConfig(model="m", base_url="http://127.0.0.1:9/v1"),
}


def config(episodes: int = 1) -> CollectConfig:
    return CollectConfig(tasks=("lift_block",), seed_stop=episodes, roles=ROLES, repairs=2, workers=1)


class Crash(BaseException):
    """Stands for the end of the process: nothing may catch it."""


class CrashingModel(FakeModel):
    """Counts down on every event of a run, and crashes at zero; shared by all seams."""

    def __init__(self, fuse: list[int]) -> None:
        super().__init__(self._answer_for)
        self._fuse = fuse

    @staticmethod
    def _answer_for(request: ChatRequest) -> str:
        if request.role == "planner":
            return "1. Pick."
        return program("collision" if len(request.messages) == 2 else "success")

    async def reply(self, request: ChatRequest) -> ChatReply:
        burn(self._fuse)
        reply = await super().reply(request)
        burn(self._fuse)
        return reply


def burn(fuse: list[int]) -> None:
    fuse[0] -= 1
    if fuse[0] == 0:
        raise Crash


class CrashingSandbox(FakeSandbox):
    def __init__(self, fuse: list[int]) -> None:
        super().__init__()
        self._fuse = fuse

    async def run(self, source: str, instance: TaskInstance, verify: object = ()) -> Result:
        burn(self._fuse)
        result = await super().run(source, instance)
        burn(self._fuse)
        return result


class CrashingSink(MemorySink):
    fuse: list[int]

    async def add_trace(self, trace: Trace) -> bool:
        burn(self.fuse)
        new = await super().add_trace(trace)
        burn(self.fuse)
        return new


@pytest.mark.parametrize("point", range(1, 15))
async def test_a_crash_at_any_seam_loses_nothing_and_repeats_nothing(point: int, tmp_path: Path) -> None:
    """14 events make up an episode with one repair; the process dies at each of them in turn."""
    fuse = [point]
    sink = CrashingSink()
    sink.fuse = fuse
    model = CrashingModel(fuse)
    sandbox = CrashingSandbox(fuse)
    place = workplace(sandbox, sink, state_dir=tmp_path, models={"planner": model, "coder": model})
    with pytest.raises(BaseException) as caught:
        await collect(config(), place)
    assert "Crash" in repr(caught.value)
    report = await collect(config(), place)
    assert (report.done_before + report.done_now, report.infra_errors) == (1, 0)
    assert [(t.attempt, t.is_final, str(t.outcome)) for t in sink.added] == [
        (0, False, "collision"),
        (1, True, "success"),
    ]
    assert all([call.role for call in t.calls] for t in sink.added)
    answered = [r.role for r in model.asked]
    assert len(answered) <= 4, "at most the one answer that was on its way is asked for again"


async def test_cancelling_stops_cleanly_and_the_same_call_goes_on(tmp_path: Path) -> None:
    sink, events = MemorySink(), []

    class Waiting(FakeModel):
        async def reply(self, request: ChatRequest) -> ChatReply:
            await asyncio.sleep(0.02)
            return await super().reply(request)

    fakes = {"planner": Waiting("1. Pick."), "coder": Waiting(program("success"))}
    place = workplace(sink=sink, state_dir=tmp_path, models=fakes)
    task = asyncio.create_task(collect(config(40), place, events.append))
    while len(sink.added) < 5:
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert events[-1].kind is EventKind.END
    assert events[-1].note == "interrupted"
    assert 5 <= len(sink.added) < 40
    report = await collect(config(40), place)
    assert report.done_before + report.done_now == 40
    assert len({trace.trace_id for trace in sink.added}) == len(sink.added) == 40


async def test_checkpoints_hold_no_evidence_and_are_dropped_at_the_end(tmp_path: Path) -> None:
    marker = "PRINTED-BY-THE-PROGRAM" * 1000

    class Chatty(FakeSandbox):
        async def run(self, source: str, instance: TaskInstance, verify: object = ()) -> Result:
            result = await super().run(source, instance)
            loud = result.execution.model_copy(update={"stdout": Captured(text=marker)})
            return result._replace(execution=loud)

    class Stopping(MemorySink):
        async def add_trace(self, trace: Trace) -> bool:
            raise Crash

    models = {"planner": FakeModel("1. Pick."), "coder": FakeModel(program("success"))}
    path = tmp_path / CHECKPOINTS_FILE

    def on_disk() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.glob(f"{CHECKPOINTS_FILE}*"))

    with pytest.raises(BaseException):  # noqa: B017
        await collect(config(), workplace(Chatty(), Stopping(), state_dir=tmp_path, models=models))
    assert b"1. Pick." in on_disk(), "the episode was checkpointed"
    assert marker[:100].encode() not in on_disk()
    sink = MemorySink()
    await collect(config(), workplace(Chatty(), sink, state_dir=tmp_path, models=models))
    assert sink.added[0].execution.stdout.text == marker, "the evidence was made again"
    assert path.stat().st_size < 500_000


def run_killed(folder: Path, episodes: int, kill_after_s: float | None) -> CollectReport | None:
    command = [sys.executable, "-m", "tests.agents.killed_run", str(folder), str(episodes)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        if kill_after_s is not None:
            traces = folder / "traces.sqlite"
            while not traces.exists() and process.poll() is None:
                time.sleep(0.01)
            time.sleep(kill_after_s)
            process.send_signal(signal.SIGKILL)
        out, err = process.communicate(timeout=120)
        if kill_after_s is not None and process.returncode == -signal.SIGKILL:
            return None
        assert process.returncode == 0, err.decode()
        return CollectReport.model_validate_json(out)


def test_kill_minus_nine_at_random_points(tmp_path: Path) -> None:
    rng = stream(7, "kills")
    episodes = 30
    for _ in range(3):
        run_killed(tmp_path, episodes, rng.uniform(0.05, 0.6))
    report = run_killed(tmp_path, episodes, None)
    assert report is not None
    assert report.done_before + report.done_now == report.total == episodes
    with Store.open(tmp_path / "traces.sqlite") as store:
        assert store.check().ok
        rows = store.rows()
    keys = [(row.task, row.seed, row.sample, row.attempt) for row in rows]
    assert len(keys) == len(set(keys)) == 2 * episodes
    assert sorted(keys) == sorted(
        (task, seed, 0, attempt)
        for task in ("lift_block", "drop_block")
        for seed in range(episodes // 2)
        for attempt in range(2)
    )
    assert sum(row.is_final for row in rows) == episodes
    asked = (tmp_path / "asked.log").read_text().split()
    assert len(asked) <= 3 * episodes + 4 * 3, "answers are not asked for again, but those in flight"

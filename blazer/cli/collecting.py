"""What a run needs around `agents.collect`: checks before anything is written, sandbox, store, Ctrl-C.

Order is the point: settings, tasks, models and an existing store are looked at first, then the
sandbox is started, and only then is a new store made. A command that cannot work leaves nothing.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from blazer.agents.budget import Meter
from blazer.agents.cache import ResponseCache
from blazer.agents.collect import Workplace
from blazer.agents.models import ModelSuite
from blazer.agents.opening import RunPlace
from blazer.agents.provenance import code_digest, provenance
from blazer.agents.run import CollectConfig, list_episodes
from blazer.agents.sink import StoreSink
from blazer.cli.output import err, say
from blazer.cli.progress import Progress
from blazer.cli.sandboxes import open_sandbox
from blazer.cli.task_choice import specs_of
from blazer.core.errors import ModelError, UsageError
from blazer.skills.docs import api_section
from blazer.store.engine import parse_address
from blazer.store.records import TraceFilter, TraceRow
from blazer.store.store import Store
from blazer.tasks.instantiate import instantiate

Result = TypeVar("Result")


class Opened(NamedTuple):
    """A run's surroundings, open.

    Attributes:
        place: For `agents.collect` and `agents.batch`.
        store: Where traces go.
        progress: Shows events.
    """

    place: Workplace
    store: Store
    progress: Progress


def state_dir_of(where: str) -> Path:
    """Folder of a run's checkpoints and answers: beside the store's file, else under `blazer-data`."""
    path = parse_address(where).path
    return path.with_name(path.name + ".state") if path else Path("blazer-data/state")


def check_before(config: CollectConfig, where: str) -> None:
    """Everything that can be known to be wrong before anything is started or written.

    Raises:
        UsageError: unknown task, or a run of that name with other settings.
        ConfigError: a missing key.
        StoreError: the store exists and is not usable.
    """
    specs_of(config)
    config.check_samples()
    if config.answers == "live":
        with ResponseCache(None) as cache:
            ModelSuite("", config.roles, cache, Meter(config.budget))
    path = parse_address(where).path
    if path is None or path.exists():
        with Store.open(where) as store:
            check_run(store, config)


async def _probe(config: CollectConfig) -> None:
    with ResponseCache(None) as cache:
        await ModelSuite("", config.roles, cache, Meter(config.budget)).probe()


def check_run(store: Store, config: CollectConfig) -> None:
    """Refuse to go on with a run under other settings than it was begun with; warn of other code.

    Raises:
        UsageError: naming the settings that differ.
    """
    run_id = config.resolved_run_id()
    stored = {info.run_id: info.config for info in store.runs()}.get(run_id)
    if stored is None:
        return
    before, now = stored.get("identity", {}), config.identity()
    differing = sorted(name for name in now if before.get(name) != now[name])
    if differing:
        raise UsageError(
            f"run {run_id!r} in {store.place} was begun with other {', '.join(differing)}; "
            "give --run another name, or the settings it had"
        )
    code = stored.get("code", code_digest())
    if code != code_digest():
        say(
            err(),
            f"run {run_id!r} was begun with other code of Blazer (digest {code}; this is {code_digest()}): "
            "it goes on with a mixture; another --run name begins afresh",
            style="yellow",
        )


def missing_episodes(store: Store, config: CollectConfig) -> int:
    """How many episodes of the run are not complete in the store."""
    run_id = config.resolved_run_id()
    complete = store.completed_episodes(run_id)
    return sum(name not in complete for name, _ in list_episodes(run_id, config, specs_of(config)))


def rows_of(config: CollectConfig, rows: Iterable[TraceRow]) -> list[TraceRow]:
    """Those that this configuration asks for: a run may hold more tasks, seeds and samples.

    A task file that was edited since is another task, although its name is the same.
    """
    wanted = {name for name, _ in list_episodes(config.resolved_run_id(), config, specs_of(config))}
    return [row for row in rows if row.episode_id in wanted]


@asynccontextmanager
async def opened(config: CollectConfig, where: str) -> AsyncIterator[Opened]:
    """Sandbox, store and progress for a run, closed in order; the run's status is kept.

    A run that an error ends before its first trace was never begun: it is taken out of the store.

    Raises:
        SandboxUnavailable: the tier cannot be had; nothing was written.
        ModelUnavailable: nobody answers at an endpoint; nothing was written.
        StoreError: the store cannot be opened.
    """
    async with open_sandbox(config.tier, config.workers, language_model=config.language_model) as sandbox:
        if config.answers == "live":
            await _probe(config)
        with Store.open(where) as store:
            run_id = config.resolved_run_id()
            kept = {
                "settings": config.model_dump(mode="json"),
                "identity": config.identity(),
                "code": code_digest(),
            }
            store.begin_run(run_id, kept)
            place = Workplace(
                tasks=specs_of(config),
                instantiate=instantiate,
                sandbox=sandbox,
                sink=StoreSink(store),
                provenance=provenance(sandbox.about["backend"], sandbox.about["backend_version"]),
                api_section=api_section(),
                state_dir=state_dir_of(where),
            )
            wanted = TraceFilter(run_id=run_id, tasks=config.tasks, final_only=True)
            before = [(row.task, row.outcome) for row in rows_of(config, store.rows(wanted)) if row.decided]
            progress = Progress(err(), config.tasks, before)
            try:
                with progress.shown():
                    yield Opened(place, store, progress)
            except (UsageError, ModelError):
                store.drop_empty_run(run_id)
                raise
            finally:
                store.end_run(run_id, "stopped" if missing_episodes(store, config) else "finished")


@asynccontextmanager
async def open_run(config: CollectConfig, where: str) -> AsyncIterator[RunPlace]:
    """`opened`, checked before, for who runs episodes below the command line.

    Raises:
        As `check_before` and `opened`.
    """
    check_before(config, where)
    async with opened(config, where) as run:
        yield RunPlace(run.place, run.progress.tell)


class Interrupted(NamedTuple):
    """Which signal ended a run."""

    signal_number: int

    @property
    def exit_code(self) -> int:
        """As shells count it."""
        return 128 + self.signal_number


def run_until_signal(work: Callable[[], Awaitable[Result]]) -> Result | Interrupted:
    """Run `work` in an event loop; SIGINT and SIGTERM cancel it once, and it closes what it opened.

    A second signal ends the process at once.
    """
    caught: list[int] = []

    async def main() -> Result | Interrupted:
        task = asyncio.ensure_future(work())
        with _signals(task, caught):
            try:
                return await task
            except asyncio.CancelledError:
                if not caught:
                    raise
                return Interrupted(caught[0])

    return asyncio.run(main())


@contextmanager
def _signals(task: asyncio.Future[Result], caught: list[int]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop(number: int) -> None:
        caught.append(number)
        for other in numbers:
            loop.remove_signal_handler(other)
            signal.signal(other, signal.SIG_DFL)
        # By the stream, which a live display has replaced by then, so that the line lands above it.
        sys.stderr.write("stopping: closing sandbox and store (once more to stop at once)\n")
        task.cancel()

    for number in numbers:
        loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)

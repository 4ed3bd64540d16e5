"""`blazer sandbox selfcheck`: the conformance battery on this machine, as a table of promises kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import typer
from rich.console import Console
from rich.text import Text

from blazer.cli.counting import Counter
from blazer.cli.output import JSON_OPTION, displayed, make_table, out, print_json, say
from blazer.cli.sandboxes import open_code_sandbox
from blazer.core.errors import UsageError
from blazer.core.records import IsolationLevel, Record
from blazer.sandbox.conformance import QUICK, Checked, PlainBox, WorldBox, checks_for, run_conformance
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.sandbox import Sandbox, TierName

WORKERS = 2
_STYLES = {"kept": "green", "broken": "red", "not promised": "yellow"}
_KINDS = {"plain": "plain programs", "world": "programs with a robot's skills"}


class Found(Record):
    """One check on one kind of sandbox."""

    kind: str
    """`plain`: no robot; `world`: with skills, on a world without physics."""
    name: str
    kept: bool | None
    says: str
    why: str
    raw: bool
    wall_s: float


class SelfCheck(Record):
    """What a tier promises here, and what became of every promise."""

    tier: str
    ok: bool
    """Nothing is broken."""
    kept: int
    broken: int
    not_promised: int
    isolation: IsolationLevel
    checks: tuple[Found, ...]
    wall_s: float


def command(
    tier: str = typer.Option("auto", "--tier", help="Sandbox tier: auto, docker, runsc or process."),
    only: str = typer.Option("", "--only", help="Only checks whose name has this in it."),
    as_json: bool = JSON_OPTION,
) -> None:
    """Test on this machine every promise of the sandbox.

    Runs a battery of small programs, hostile ones among them, without a robot
    and with the skills of one. A promise is kept, broken, or not promised by
    this tier here. Ends with 1 if one is broken.
    """
    wanted = sum(only in check.name for kind in ("plain", "world") for check in checks_for(kind))
    if not wanted:
        names = ", ".join(check.name for check in checks_for("plain"))
        raise UsageError(f"no check has {only!r} in its name; there are {names} and others")
    counter = Counter("checks", wanted)
    with counter.shown():
        report = asyncio.run(self_check(tier, only, on_check=counter.advance, quiet=as_json))
    if as_json:
        print_json(report)
    else:
        _show(out(), report)
    if not report.ok:
        raise typer.Exit(1)


async def self_check(
    tier: str, only: str = "", *, on_check: Callable[[], None] = lambda: None, quiet: bool = False
) -> SelfCheck:
    """The whole battery, first without a world and then with one.

    Args:
        tier: As typed.
        only: Part of the names of the checks to run; "" for all.
        on_check: Called after each.
        quiet: Do not remark that `auto` fell back.

    Raises:
        SandboxError: the tier cannot be had.
    """
    began_s = time.monotonic()
    found: list[Found] = []

    async def run(box: PlainBox | WorldBox) -> None:
        chosen = [check for check in checks_for(box.kind) if only in check.name]
        async for done in run_conformance(box, chosen):
            found.append(_found(box.kind, done))
            on_check()

    async with open_code_sandbox(tier, QUICK, workers=WORKERS, quiet=quiet) as code:
        isolation = code.isolation
        await run(PlainBox(code))
    # The same one, also where `auto` fell back.
    name: TierName = isolation.tier
    async with Sandbox(name, limits=QUICK, workers=WORKERS, backend="fake") as sandbox:
        await run(WorldBox(sandbox, fake_instance()))
    return SelfCheck(
        tier=isolation.tier,
        ok=all(item.kept is not False for item in found),
        kept=sum(item.kept is True for item in found),
        broken=sum(item.kept is False for item in found),
        not_promised=sum(item.kept is None for item in found),
        isolation=isolation,
        checks=tuple(found),
        wall_s=round(time.monotonic() - began_s, 2),
    )


def _found(kind: str, done: Checked) -> Found:
    return Found(
        kind=kind,
        name=done.name,
        kept=done.kept,
        says=done.says,
        why=done.why,
        raw=done.raw,
        wall_s=done.wall_s,
    )


def _show(console: Console, report: SelfCheck) -> None:
    for kind, heading in _KINDS.items():
        say(console, f"{heading}, {report.tier} tier")
        table = make_table("promise", "s", "", right=("s",))
        for item in report.checks:
            if item.kind != kind:
                continue
            mark = {True: "kept", False: "broken", None: "not promised"}[item.kept]
            text = Text(item.says)
            if item.why:
                text.append(f"\n{item.name}: {displayed(item.why)}", style=_STYLES[mark])
            table.add_row(text, f"{item.wall_s:.2f}", Text(mark, _STYLES[mark]))
        console.print(table)
    proved = [name for name, value in report.isolation.promises.items() if value]
    missing = [name for name, value in report.isolation.promises.items() if not value]
    say(console, f"proved at start: {', '.join(proved)}")
    if missing:
        say(console, f"not proved: {', '.join(missing)}", style="yellow")
    counts = f"{report.kept} kept, {report.broken} broken, {report.not_promised} not promised here"
    say(console, f"{counts}; {report.wall_s:.0f} s", style="green" if report.ok else "red")

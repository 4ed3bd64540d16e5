"""`blazer sandbox run FILE`: untrusted Python in, typed result out; with a task, a judged episode."""

from __future__ import annotations

import asyncio
import json
import math
import re
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from blazer.cli.output import JSON_OPTION, displayed, err, make_table, out, plain, print_json, say, section
from blazer.cli.programs import REFERENCE, Ran, load, read_source, run_on_task, show_ran
from blazer.cli.sandboxes import open_code_sandbox, open_sandbox
from blazer.core.errors import UsageError
from blazer.core.outcomes import ENDING_TABLE
from blazer.core.records import IsolationLevel
from blazer.core.rng import MAX_SEED
from blazer.prompts.messages import finding_line
from blazer.sandbox.code import CodeResult
from blazer.sandbox.limits import Limits
from blazer.tasks.spec import TaskInstance

DEFAULTS = Limits()
ALONE = (
    "not_root",
    "no_capabilities",
    "no_new_privileges",
    "seccomp",
    "network_none",
    "read_only_root",
    "own_processes_only",
    "empty_environment",
    "memory_limit",
)
"""What a tier has to prove where it stands alone."""
_LIMITS, _TASK = "Limits", "With a task"


def _limit(flag: str, text: str, default: float) -> Any:
    return typer.Option(
        None, flag, help=f"{text}  [{default:g}]", show_default=False, rich_help_panel=_LIMITS
    )


def command(
    file: str = typer.Argument(help="Python file; - for stdin, @reference for a task's own."),
    tier: str = typer.Option("auto", "--tier", help="Sandbox tier: auto, docker, runsc or process."),
    policy: str = typer.Option("on", "--policy", help="on, or off: then the tier stands alone."),
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", help="NAME=JSON, may be repeated; the program finds it as inputs['NAME']."),
    ] = None,
    as_json: bool = JSON_OPTION,
    task: str | None = typer.Option(
        None, "--task", help="Name of a task, or a task's JSON file.", rich_help_panel=_TASK
    ),
    seed: int | None = typer.Option(
        None, "--seed", min=0, max=MAX_SEED, help="Of the task.  [0]", rich_help_panel=_TASK
    ),
    wall_s: float | None = _limit("--wall-s", "The program's own time.", DEFAULTS.wall_s),
    memory_mb: int | None = _limit("--memory-mb", "Memory.", DEFAULTS.memory_mb),
    output_kb: int | None = _limit("--output-kb", "Printed text that is kept.", DEFAULTS.output_kb),
    output_stop_kb: int | None = _limit(
        "--output-stop-kb", "Printed text that stops it.", DEFAULTS.output_stop_kb
    ),
    source_kb: int | None = _limit("--source-kb", "Longest program.", DEFAULTS.source_kb),
    files: int | None = _limit("--files", "Open files.", DEFAULTS.files),
    skill_calls: int | None = _limit("--skill-calls", "Skill calls, with a task.", DEFAULTS.skill_calls),
    simulated_s: float | None = _limit("--simulated-s", "Simulated time, with a task.", DEFAULTS.simulated_s),
) -> None:
    """Run an untrusted Python program; with --task, as an episode.

    What it prints, what it leaves in the global name `result` and how it
    ended come back. Ends with 0 if the program ran to its end (with a task:
    if the strict verdict is pass) and with 1 if not, also if the language
    policy refused it. Ends with 2 if something impossible was asked for: a
    file that is empty, too long or no text, or a wrong option. Then stderr
    says why in one line and stdout is empty, also with --json; in all other
    cases --json prints one object.
    """
    given = {
        "wall_s": wall_s,
        "memory_mb": memory_mb,
        "output_kb": output_kb,
        "output_stop_kb": output_stop_kb,
        "source_kb": source_kb,
        "files": files,
        "skill_calls": skill_calls,
        "simulated_s": simulated_s,
    }
    limits, guarded = chosen_limits(given), _policy(policy)
    if task is not None:
        if inputs:
            raise UsageError("--input is for programs without a task; a task's program asks the world")
        source, instance = load(file, task, seed or 0)
        _fits(source, limits)
        ran = asyncio.run(_episode(source, instance, tier, limits, policy=guarded, quiet=as_json))
        show_ran(out(), ran, as_json=as_json)
        done_well = ran.success
    else:
        if seed is not None:
            raise UsageError("--seed belongs to a task; name one with --task")
        if file == REFERENCE:
            raise UsageError(f"{REFERENCE} is a task's own program; name one with --task")
        source, named = read_source(file), parsed_inputs(inputs or [])
        _fits(source, limits)
        result = asyncio.run(_code(source, named, tier, limits, policy=guarded, quiet=as_json))
        if as_json:
            print_json({"ok": result.ok, **plain(result)})
        else:
            _show(out(), result)
        done_well = result.ok
    if not done_well:
        raise typer.Exit(1)


def chosen_limits(given: dict[str, float | int | None]) -> Limits:
    """The defaults with those that were typed.

    Raises:
        UsageError: names the option that is out of range.
    """
    typed = {name: value for name, value in given.items() if value is not None}
    for name, value in typed.items():
        if not math.isfinite(value) or value <= 0:
            raise UsageError(f"{_flag(name)} must be a number above 0, got {value:g}")
    try:
        return Limits.model_validate(typed)
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")
        if first["loc"]:
            name = str(first["loc"][0])
            raise UsageError(f"{_flag(name)} {typed[name]:g}: {said}") from None
        # About several at once: with options as they are typed.
        raise UsageError(re.sub(r"\boutput_(stop_)?kb\b", lambda found: _flag(found[0]), said)) from None


def parsed_inputs(pairs: list[str]) -> dict[str, Any]:
    """`NAME=JSON` pairs as typed to one mapping.

    Raises:
        UsageError: for one that is no such pair, or a name given twice.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--input {pair[:60]!r} is not NAME=JSON, such as --input numbers='[1, 2, 3]'")
        if name in found:
            raise UsageError(f"--input {name} was given twice; give each name once")
        try:
            found[name] = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            hint = f"; a text needs quotes of its own: {name}='\"...\"'"
            raise UsageError(f"--input {name} is not JSON: {error}{hint}") from None
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON's")


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _policy(text: str) -> bool:
    if text not in ("on", "off"):
        raise UsageError(f"--policy is on or off, not {text!r}")
    if text == "off":
        say(err(), "the language policy is off: only the tier stands between this program and this machine",
            style="yellow")  # fmt: skip
    return text == "on"


def _fits(source: str, limits: Limits) -> None:
    size = len(source.encode("utf-8"))
    if size > limits.source_kb * 1024:
        raise UsageError(
            f"the program has {size} bytes; at most {limits.source_kb * 1024} are allowed: write less, or "
            "raise --source-kb (at most 256)"
        )


def stands_alone(level: IsolationLevel) -> None:
    """Refuse to leave the policy out where the tier did not prove what it would then have to hold.

    Raises:
        UsageError: names what it did not prove.
    """
    missing = [name for name in ALONE if not level.promises.get(name)]
    if missing:
        raise UsageError(
            f"--policy off is refused: the {level.tier} tier does not prove {', '.join(missing)} here; "
            "use --tier docker, or leave the policy on"
        )


async def _episode(
    source: str, instance: TaskInstance, tier: str, limits: Limits, *, policy: bool, quiet: bool
) -> Ran:
    async with open_sandbox(tier, 1, language_model=False, quiet=quiet, limits=limits) as sandbox:
        if not policy:
            stands_alone(sandbox.isolation)
        return await run_on_task(sandbox, source, instance, policy=policy)


async def _code(
    source: str, inputs: dict[str, Any], tier: str, limits: Limits, *, policy: bool, quiet: bool
) -> CodeResult:
    async with open_code_sandbox(tier, limits, quiet=quiet) as box:
        if not policy:
            stands_alone(box.isolation)
        return await box.run(source, inputs=inputs, policy=policy)


def _show(console: Console, result: CodeResult) -> None:
    """What it printed, its value and its faults, then how it ended."""
    if result.stdout.text:
        cut = f"\n[cut: {result.stdout.total_bytes} bytes in all]" if result.stdout.truncated else ""
        section(console, "Printed", Text(displayed(result.stdout.text.rstrip("\n")) + cut))
    if result.ok and (result.value is not None or result.note):
        text = result.note if result.value is None else json.dumps(result.value, indent=2, ensure_ascii=False)
        section(console, "Value", Text(displayed(text)))
    if result.findings:
        lines = [finding_line(finding) for finding in result.findings]
        section(console, "Policy findings", Text(displayed("\n".join(lines))))
    elif result.fault is not None:
        where = "" if result.fault.line is None else f"line {result.fault.line}: "
        text = f"{where}{result.fault.kind}: {result.fault.message}"
        section(console, "Fault", Text(displayed(text), style="red"))
    table = make_table("", "")
    table.show_header = False
    style = "green" if result.ok else "red"
    table.add_row(Text(result.ending.value, style=style), ENDING_TABLE[result.ending])
    promises = result.isolation.promises
    kept = f", {sum(promises.values())} of {len(promises)} promises proved" if promises else ""
    missing = [name for name, held in promises.items() if not held]
    kept += f"; without {', '.join(missing)}" if missing else ""
    timings = result.timings
    table.add_row(f"{result.isolation.tier} tier", f"{timings.wall_s:.3f} s{kept}")
    console.print(table)

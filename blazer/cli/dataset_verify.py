"""`blazer dataset verify`: files, leaks, and the programs themselves, run again."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from blazer.agents.context import ProgramSandbox
from blazer.agents.scripted.model import SCRIPTED
from blazer.cli.counting import Counter
from blazer.cli.output import JSON_OPTION, err, out, print_json, say
from blazer.cli.sandboxes import open_sandbox
from blazer.core.errors import SandboxError, UsageError
from blazer.core.outcomes import OUTCOME_TABLE
from blazer.eval.lanes import run_lanes
from blazer.tasks.spec import TaskInstance
from blazer.training.claims import Claim, Expected, Settled, claims_of, sampled
from blazer.training.errors import DatasetDamaged
from blazer.training.manifest import Manifest
from blazer.training.reading import check_dataset, read_instances, read_manifest, read_rows

SAMPLE = 20


def command(
    directory: Annotated[Path, typer.Argument(help="Directory of the data set.")],
    sample: Annotated[
        int | None, typer.Option("--sample", min=0, help=f"Run so many programs; {SAMPLE} by default.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Run every program.")] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws the sample.")] = 0,
    tier: Annotated[
        str, typer.Option("--tier", help="Sandbox tier: auto, docker, runsc or process.")
    ] = "auto",
    workers: Annotated[int, typer.Option("--workers", min=1)] = 2,
    as_json: bool = JSON_OPTION,
) -> None:
    """Check files and leaks; run its programs again.

    Good answers must succeed, rejected ones fail. Ends with 0 only if all of it holds.
    """
    if everything and sample is not None:
        raise UsageError("--all and --sample exclude each other; give one")
    manifest = read_manifest(directory)
    checked = check_dataset(directory, manifest)
    for problem in checked.problems:
        say(err(), problem, style="red")
    settled: list[Settled] = []
    claims: list[Claim] = []
    if not checked.problems:
        claims = _claims(directory, manifest)
        wanted = claims if everything else sampled(claims, SAMPLE if sample is None else sample, seed)
        if wanted:
            instances = read_instances(directory, manifest)
            settled = asyncio.run(_run(wanted, manifest, instances, tier, workers, quiet=as_json))
    failed = [item for item in settled if not item.holds]
    if as_json:
        print_json(_plain(checked.problems, len(claims), settled))
    else:
        _print(out(), checked.problems, len(claims), settled)
    if checked.problems or failed:
        raise typer.Exit(1)


def _claims(directory: Path, manifest: Manifest) -> list[Claim]:
    return claims_of(
        row
        for kind, splits in manifest.counts.items()
        for split in splits
        for row in read_rows(directory, manifest, kind, split)
    )


async def _run(
    claims: Sequence[Claim],
    manifest: Manifest,
    instances: Mapping[str, Mapping[str, Any]],
    tier: str,
    workers: int,
    *,
    quiet: bool,
) -> list[Settled]:
    """Settle every claim, `workers` at a time."""
    models = {model for run in manifest.source.runs for model in run.models}
    counter = Counter("programs", len(claims))
    settled: dict[int, Settled] = {}
    source = iter(enumerate(claims))
    async with open_sandbox(tier, workers, language_model=models != {SCRIPTED}, quiet=quiet) as sandbox:

        async def lane() -> None:
            for index, claim in source:
                settled[index] = await settle(claim, instances, sandbox)
                counter.advance()

        with counter.shown():
            await run_lanes(workers, lane)
    return [settled[index] for index in sorted(settled)]


async def settle(
    claim: Claim, instances: Mapping[str, Mapping[str, Any]], sandbox: ProgramSandbox
) -> Settled:
    """Run one program on the instance of its row.

    Raises:
        DatasetDamaged: the instance is not in the data set.
        SandboxError: the sandbox failed.
    """
    program = claim.program
    if program is None:
        return Settled(claim, Expected.NO_PROGRAM.value)
    if claim.instance not in instances:
        raise DatasetDamaged(f"row {claim.row_id} names instance {claim.instance}, which is not there")
    if claim.expected is Expected.REFUSED:
        report = await sandbox.check(program)
        return Settled(claim, "accepted" if report.accepted else Expected.REFUSED.value)
    instance = TaskInstance.model_validate(instances[claim.instance])
    execution = (await sandbox.run(program, instance)).execution
    if not OUTCOME_TABLE[execution.outcome].decided:
        fault = execution.fault
        raise SandboxError(f"the sandbox failed: {fault.message if fault else execution.outcome.value}")
    return Settled(claim, execution.outcome.value)


def _plain(problems: Sequence[str], claims: int, settled: Sequence[Settled]) -> dict[str, Any]:
    failed = [item for item in settled if not item.holds]
    return {
        "problems": list(problems),
        "programs": claims,
        "run": len(settled),
        "hold": len(settled) - len(failed),
        "all_hold": not problems and not failed,
        "by_expectation": dict(Tally(item.claim.expected.value for item in settled)),
        "differing": [
            {
                "row": item.claim.row_id,
                "task": item.claim.task,
                "seed": item.claim.seed,
                "expected": item.claim.expected.value,
                "found": item.found,
            }
            for item in failed
        ],
    }


def _print(console: Console, problems: Sequence[str], claims: int, settled: Sequence[Settled]) -> None:
    if problems:
        say(console, f"{len(problems)} things differ from the manifest; nothing was run", style="red")
        return
    say(console, "files, counts and ids are as the manifest says; no leak", style="green")
    failed = [item for item in settled if not item.holds]
    for item in failed:
        claim = item.claim
        text = f"row {claim.row_id}, {claim.task} seed {claim.seed}: {item.found}, not {claim.expected.value}"
        say(console, text, style="red")
    kinds = Tally(item.claim.expected.value for item in settled)
    what = ", ".join(f"{count} {name}" for name, count in sorted(kinds.items()))
    say(
        console,
        f"{len(settled) - len(failed)} of {len(settled)} programs are what the rows say ({what}); "
        f"{claims} in all",
        style="red" if failed else "green",
    )

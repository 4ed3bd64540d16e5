"""A program file from a person, run on a task: what `run-program` and `sandbox run --task` have in common."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from blazer.cli.output import decision_text, err, outcome_text, print_json, say
from blazer.cli.traces_show import print_checks, print_execution
from blazer.core.errors import UsageError
from blazer.core.outcomes import Outcome
from blazer.core.records import PolicyReport
from blazer.prompts.messages import finding_line
from blazer.sandbox.episode import Episode
from blazer.sandbox.sandbox import Sandbox
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import find_task, reference_program
from blazer.tasks.spec import TaskInstance

REFERENCE = "@reference"
MAX_FILE_BYTES = 16 * 2**20
"""No program is that long; beyond, nothing is read into memory to be refused."""


class Ran(NamedTuple):
    """What a program did on a task.

    Attributes:
        instance: The task.
        policy: What the policy said; None where it was left out.
        episode: None where the policy refused it.
    """

    instance: TaskInstance
    policy: PolicyReport | None
    episode: Episode | None

    @property
    def success(self) -> bool:
        """Whether the strict verdict is pass."""
        return self.episode is not None and self.episode.execution.outcome is Outcome.SUCCESS


def read_source(file: str) -> str:
    """The text of a program file, `-` for stdin.

    Raises:
        UsageError: it cannot be read, is empty, is no text, or is no program by its sheer size.
    """
    try:
        if file == "-":
            data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot read {file!r}: {error.strerror}") from None
    what = "standard input" if file == "-" else repr(file)
    if len(data) > MAX_FILE_BYTES:
        raise UsageError(f"{what} has more than {MAX_FILE_BYTES // 2**20} MB; that is no program")
    try:
        # As text files are read everywhere else: any line ending is one.
        text = data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise UsageError(f"{what} is not UTF-8 text") from None
    if not text.strip():
        raise UsageError(f"{what} is empty; give a Python program")
    return text


def load(file: str, task: str, seed: int) -> tuple[str, TaskInstance]:
    """The program and the task it is for; `@reference` is the task's own program.

    Raises:
        UsageError: there is no such task or file.
        TaskError: the task cannot be built.
    """
    instance = instantiate(find_task(task), seed)
    return reference_program(instance) if file == REFERENCE else read_source(file), instance


async def run_on_task(sandbox: Sandbox, source: str, instance: TaskInstance, *, policy: bool = True) -> Ran:
    """Run it, if the policy lets it.

    Raises:
        SandboxError: the sandbox failed.
    """
    report = await sandbox.check(source) if policy else None
    if report is not None and not report.accepted:
        return Ran(instance, report, None)
    return Ran(instance, report, await sandbox.run(source, instance, policy=policy))


def show_ran(console: Console, ran: Ran, *, as_json: bool) -> None:
    """Print what became of it."""
    instance, episode = ran.instance, ran.episode
    if as_json:
        about = {"task": instance.task, "seed": instance.seed, "instruction": instance.instruction}
        did = episode and {"execution": episode.execution, "verdict": episode.verdict}
        print_json({**about, "policy": ran.policy, "execution": None, "verdict": None, **(did or {})})
    elif episode is not None:
        _print(console, instance, episode)
    elif ran.policy is not None:
        show_refusal(ran.policy)


def show_refusal(report: PolicyReport) -> None:
    """Print every finding, and that nothing was run."""
    for finding in report.findings:
        say(err(), finding_line(finding))
    err().print("the language policy refuses this program; nothing was run", style="red")


def _print(console: Console, instance: TaskInstance, episode: Episode) -> None:
    say(console, f"{instance.task} seed {instance.seed}: {instance.instruction}")
    print_execution(console, episode.execution)
    print_checks(console, episode.verdict)
    verdict, timings = episode.verdict, episode.execution.timings
    console.print(
        outcome_text(episode.execution.outcome),
        "paper",
        decision_text(verdict.paper),
        "strict",
        decision_text(verdict.strict),
    )
    console.print(
        f"tier {episode.execution.isolation.tier}, wall {timings.wall_s:.2f} s, "
        f"simulated {timings.simulated_s:.1f} s"
    )

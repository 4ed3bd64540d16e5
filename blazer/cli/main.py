"""`blazer`: the table of commands, and what becomes of errors.

Imports nothing heavy: `blazer --help` must answer at once. Every error that Blazer raises on
purpose ends here as one line on stderr; exit codes are 0 done, 1 failed, 2 asked for something
that cannot be or that the user can put right, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import Abort, Exit, TyperException

from blazer.cli.lazy import CONTEXT_SETTINGS, Entry, Family, make_group
from blazer.core.errors import BlazerError, UsageError
from blazer.version import __version__

_WORK, _LOOK, _CHECK, _SETUP = "Collect", "Look", "Check", "Set up"

COMMANDS: dict[str, Entry | Family] = {
    "collect": Entry("blazer.cli.collect", "Collect traces: plan, write, run and judge programs.", _WORK),
    "batch": Family(
        {
            "export": Entry(
                "blazer.cli.batch_export", "Write a run's open requests as an OpenAI batch file."
            ),
            "import": Entry("blazer.cli.batch_import", "Take a batch's answers and continue the run."),
        },
        "Half-price runs: requests out, answers in.",
        _WORK,
    ),
    "export": Entry("blazer.cli.export", "Write stored traces to a file.", _WORK),
    "dataset": Family(
        {
            "build": Entry("blazer.cli.dataset_build", "Build training data from stored traces."),
            "show": Entry("blazer.cli.dataset_show", "Show rows of a data set."),
            "stats": Entry("blazer.cli.dataset_stats", "Count and plot what a data set holds."),
            "verify": Entry("blazer.cli.dataset_verify", "Check files and leaks; run its programs again."),
        },
        "Training data.",
        _WORK,
    ),
    "train": Family(
        {
            "base": Entry(
                "blazer.cli.train_base", "Train a small student from nothing until it reads scenes."
            ),
            "sft": Entry("blazer.cli.train_sft", "Fine-tune a model on verified answers."),
            "dpo": Entry(
                "blazer.cli.train_dpo",
                "Fine-tune a model on preference pairs: verified against failed programs.",
            ),
            "kto": Entry(
                "blazer.cli.train_kto", "Fine-tune a model on single answers, labelled good or bad."
            ),
        },
        "Students.",
        _WORK,
    ),
    "eval": Entry("blazer.cli.eval", "Evaluate models on held-out seeds and compare them.", _WORK),
    "bootstrap": Entry(
        "blazer.cli.bootstrap",
        "Collect, build data, train, evaluate, and again with the student as coder.",
        _WORK,
    ),
    "study": Entry(
        "blazer.cli.study", "Run the study behind the project's results, or write its report.", _WORK
    ),
    "tasks": Entry("blazer.cli.tasks", "List tasks, or show one.", _LOOK),
    "runs": Entry("blazer.cli.runs", "List collecting runs with their success rates.", _LOOK),
    "traces": Family(
        {
            "list": Entry("blazer.cli.traces_list", "List stored traces."),
            "show": Entry("blazer.cli.traces_show", "Show one trace whole."),
        },
        "Stored traces.",
        _LOOK,
    ),
    "replay": Entry(
        "blazer.cli.replay", "Replay a trace's skill calls; make a video or a picture sheet.", _LOOK
    ),
    "graph": Entry("blazer.cli.graph", "Print the agent graph as Mermaid.", _LOOK),
    "verify": Entry("blazer.cli.verify", "Run every stored program again and compare the verdicts.", _CHECK),
    "run-program": Entry("blazer.cli.run_program", "Run one program file on one task and seed.", _CHECK),
    "bench": Family(
        {
            "reference": Entry(
                "blazer.cli.bench_reference", "How often the reference programs solve their tasks."
            ),
            "episodes": Entry("blazer.cli.bench_episodes", "How fast episodes run, and where the time goes."),
            "sandbox": Entry("blazer.cli.bench_sandbox", "How fast programs start, call skills and end."),
            "soak": Entry(
                "blazer.cli.bench_soak",
                "Thousands of programs, bad ones among them: what ends wrong, what grows?",
            ),
            "faults": Entry("blazer.cli.bench_faults", "Kill a run at random moments and see what is lost."),
            "train": Entry("blazer.cli.bench_train", "How fast training goes, and how busy the device is."),
        },
        "Measure tasks, speed and endurance.",
        _CHECK,
    ),
    "doctor": Entry("blazer.cli.doctor", "What is here, what is missing, how to get it.", _SETUP),
    "sandbox": Family(
        {
            "run": Entry(
                "blazer.cli.sandbox_run", "Run an untrusted Python program; with --task, as an episode."
            ),
            "selfcheck": Entry(
                "blazer.cli.sandbox_selfcheck", "Test on this machine every promise of the sandbox."
            ),
            "status": Entry("blazer.cli.sandbox_status", "What each sandbox tier can promise here."),
            "build": Entry("blazer.cli.sandbox_build", "Build the sandbox image."),
        },
        "Untrusted programs, the tiers and the Docker image.",
        _SETUP,
    ),
}

# Errors that the user can put right: named, not imported, because their modules are heavy.
_FIXABLE = frozenset(
    {
        "ModelUnavailable",
        "ModelRefused",
        "SandboxUnavailable",
        "StoreVersionError",
        "StoreCorrupt",
        "StoreFull",
        "TaskError",
        "StoreReadOnly",
    }
)

app = typer.Typer(
    cls=make_group(COMMANDS),
    name="blazer",
    help="Blazer bootstraps robot-manipulation agents: programs in, verified traces out.",
    no_args_is_help=True,
    context_settings=CONTEXT_SETTINGS,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """Blazer bootstraps robot-manipulation agents: programs in, verified traces out."""


def exit_code_of(error: BlazerError) -> int:
    """2 where the user can put it right, 1 otherwise."""
    if isinstance(error, UsageError) or any(c.__name__ in _FIXABLE for c in type(error).__mro__):
        return 2
    return 1


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; prints errors as one line on stderr."""
    try:
        code = app(args=arguments, prog_name="blazer", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except BlazerError as error:
        if os.environ.get("BLAZER_DEBUG") == "1":
            raise
        _complain(str(error))
        return exit_code_of(error)
    except TyperException as error:
        help_asked = type(error).__name__ == "NoArgsIsHelpError"
        if help_asked:
            typer.echo(error.format_message(), err=True)
        else:
            context = getattr(error, "ctx", None)
            path = context.command_path if context else "blazer"
            _complain(f"{error.format_message()} (see `{path} --help`)")
        return error.exit_code
    except (Abort, KeyboardInterrupt):
        _complain("interrupted")
        return 130


def _complain(text: str) -> None:
    typer.secho("error: ", fg="red", bold=True, err=True, nl=False)
    typer.echo(" ".join(text.split()), err=True)


def main() -> None:
    """The console script."""
    sys.exit(run())


if __name__ == "__main__":
    main()

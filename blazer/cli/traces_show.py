"""`blazer traces show ID`: what was asked, what was written, what happened, how it was judged."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.text import Text

from blazer.cli.output import (
    JSON_OPTION,
    STORE_OPTION,
    decision_text,
    displayed,
    make_table,
    out,
    outcome_text,
    print_json,
    say,
    section,
)
from blazer.core.records import CheckResult, Execution, ModelCall, Trace, Verdict
from blazer.prompts.messages import finding_line
from blazer.store.store import Store


def command(
    trace_id: str = typer.Argument(help="Id of a trace, or its first letters."),
    calls: bool = typer.Option(False, "--calls", help="Also the model calls, message by message."),
    store: str = STORE_OPTION,
    as_json: bool = JSON_OPTION,
) -> None:
    """Show one trace whole."""
    with Store.open(store, create=False) as opened:
        trace = opened.get(trace_id)
    if as_json:
        print_json(trace)
        return
    show_trace(out(), trace, calls=calls)


def show_trace(console: Console, trace: Trace, *, calls: bool = False) -> None:
    """Print a trace for people."""
    _head(console, trace)
    section(console, "Instruction", Text(trace.instruction))
    section(console, "State", Text(trace.state_text))
    if trace.plan is not None:
        section(console, "Plan", Text(trace.plan.text))
    program = Syntax(trace.program or "# no program", "python", line_numbers=True, background_color="default")
    section(console, "Program", program)
    if trace.policy is not None and not trace.policy.accepted:
        findings = [finding_line(finding) for finding in trace.policy.findings]
        section(console, "Policy findings", Text("\n".join(findings)))
    print_execution(console, trace.execution)
    _verdict(console, trace)
    for call in trace.calls if calls else ():
        _model_call(console, call)


def _head(console: Console, trace: Trace) -> None:
    line = Text.assemble(
        (trace.trace_id, "bold"), f"  {trace.task}  seed {trace.seed}  sample {trace.sample}  "
        f"attempt {trace.attempt}{'' if trace.is_final else ' (repaired later)'}  ",
    )  # fmt: skip
    console.print(line + outcome_text(trace.outcome))
    models = ", ".join(f"{role} {model}" for role, model in trace.models.items())
    timings, usage = trace.execution.timings, trace.usage
    lines = (
        f"run {trace.run_id}  {trace.created_at}  models: {models}",
        f"tier {trace.execution.isolation.tier}  wall {timings.wall_s:.2f} s"
        f"  simulated {timings.simulated_s:.1f} s"
        f"  {trace.provenance.backend} {trace.provenance.backend_version}",
        f"{usage.calls} model calls  {usage.prompt_tokens}+{usage.completion_tokens} tokens"
        + ("  cost unknown" if usage.unpriced_calls else f"  ${usage.cost_usd:.4f}"),
    )
    say(console, "\n".join(lines), style="dim")


def print_execution(console: Console, execution: Execution) -> None:
    """Print skill calls, output and fault."""
    table = make_table("#", "line", "t s", "skill", "result", right=("#", "line", "t s"))
    for call in execution.skill_calls:
        arguments = ", ".join(f"{name}={short(value)}" for name, value in call.arguments.items())
        result = Text(short(call.result, 80))
        if call.error is not None:
            result = Text(f"{call.error.kind}: {call.error.message}", style="red")
        line = "" if call.line is None else str(call.line)
        table.add_row(
            str(call.index), line, f"{call.start_s:.2f}", escape(f"{call.skill}({arguments})"), result
        )
    section(console, "Skill calls", table if execution.skill_calls else Text("none"))
    if execution.stdout.text:
        cut = f"\n[cut: {execution.stdout.total_bytes} bytes in all]" if execution.stdout.truncated else ""
        section(console, "Printed", Text(displayed(execution.stdout.text.rstrip()) + cut))
    if execution.fault is not None:
        fault = execution.fault
        where = "" if fault.line is None else f"line {fault.line}: "
        section(console, "Fault", Text(displayed(f"{where}{fault.kind}: {fault.message}"), style="red"))


def short(value: Any, width: int = 60) -> str:
    """A value in few letters: numbers rounded to a tenth of a millimetre, long texts cut."""
    text = _rounded(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def _rounded(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_rounded(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_rounded(item)}" for key, item in value.items()) + "}"
    return str(value)


def _verdict(console: Console, trace: Trace) -> None:
    print_checks(console, trace.verdict)
    verdict = trace.verdict
    console.print(
        Text("  paper ") + decision_text(verdict.paper) + Text("  strict ") + decision_text(verdict.strict)
    )
    if trace.verify_seeds:
        results = ", ".join(f"{item.seed} {item.outcome.value}" for item in trace.verify_seeds)
        console.print(f"  on further seeds: {results}")
    say(console, f"  digests: initial {trace.execution.initial_digest}, final {trace.execution.final_digest}")


def print_checks(console: Console, verdict: Verdict) -> None:
    """Print every named check with what was measured."""
    table = make_table("check", "passed", "measured", "required")
    for group, checks in (("", verdict.checks), ("strict: ", verdict.strict_checks)):
        for check in checks:
            passed = Text("yes", "green") if check.passed else Text("no", "red")
            table.add_row(group + check.name, passed, _measured(check), check.required)
    some = verdict.checks or verdict.strict_checks
    section(console, "Checks", table if some else Text(verdict.reason or "no checks were run"))


def _measured(check: CheckResult) -> str:
    return ", ".join(f"{name} {_rounded(value) or '-'}" for name, value in check.measured.items())


def _model_call(console: Console, call: ModelCall) -> None:
    title = f"{call.role} ({call.model}, {call.wall_s:.2f} s)"
    for message in call.messages:
        section(console, f"{title}: {message.role}", Text(message.content))
    section(console, f"{title}: reply", Text(call.reply))

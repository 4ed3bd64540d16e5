"""`blazer bench train`: how fast a training goes, how much memory it takes, how busy the device is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from blazer.cli.output import JSON_OPTION, err, make_table, out, print_json, say
from blazer.cli.settings import Layer, file_layer, resolve, set_layers
from blazer.training.throughput.measure import ThroughputReport, measure
from blazer.training.throughput.settings import ThroughputSettings
from blazer.training.throughput.shapes import shape_names

_PLAIN = (
    "shape",
    "length",
    "documents",
    "steps",
    "batch_size",
    "accumulation",
    "gradient_checkpointing",
    "kernels",
    "attention",
    "precision",
    "device",
    "threads",
    "peak_tflops",
    "seed",
)
_MORE = "Of `blazer train`"


def command(
    shape: Annotated[str | None, typer.Option("--shape", help=f"One of {', '.join(shape_names())}.")] = None,
    method: Annotated[
        str | None, typer.Option("--method", help="lora (default): an adapter; full: every parameter.")
    ] = None,
    length: Annotated[int | None, typer.Option("--length", help="Tokens of a row; rows are full.")] = None,
    documents: Annotated[
        int | None, typer.Option("--documents", help="Texts packed into a row; 1 by default.")
    ] = None,
    steps: Annotated[int | None, typer.Option("--steps", help="Timed steps.")] = None,
    warmup_steps: Annotated[int | None, typer.Option("--warmup", help="Steps before them.")] = None,
    peak_tflops: Annotated[
        float | None, typer.Option("--peak-tflops", help="What an unknown device can do, in 10^12 FLOP/s.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", help="Rows of a forward pass.", rich_help_panel=_MORE)
    ] = None,
    accumulation: Annotated[
        int | None, typer.Option("--accumulation", help="Forward passes of a step.", rich_help_panel=_MORE)
    ] = None,
    gradient_checkpointing: Annotated[
        bool | None,
        typer.Option(
            "--gradient-checkpointing/--no-gradient-checkpointing",
            help="Compute activations twice instead of keeping them.",
            rich_help_panel=_MORE,
        ),
    ] = None,
    kernels: Annotated[
        str | None, typer.Option("--kernels", help="none, liger or hub.", rich_help_panel=_MORE)
    ] = None,
    attention: Annotated[
        str | None,
        typer.Option("--attention", help="sdpa, flash_attention_2, ...", rich_help_panel=_MORE),
    ] = None,
    precision: Annotated[
        str | None, typer.Option("--precision", help="auto, bf16 or fp32.", rich_help_panel=_MORE)
    ] = None,
    device: Annotated[
        str | None, typer.Option("--device", help="auto, cuda or cpu.", rich_help_panel=_MORE)
    ] = None,
    threads: Annotated[
        int | None, typer.Option("--threads", help="Of the processor.", rich_help_panel=_MORE)
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of weights and tokens.")] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="YAML, TOML or JSON file of settings.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="One setting, such as lora.rank=32.")
    ] = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """How fast training goes, and how busy the device is."""
    typed = locals()
    layers = [file_layer(config)] if config else []
    layers += set_layers(set_ or [])
    layers += [
        Layer(f"--{name.replace('_', '-')}", {(name,): typed[name]})
        for name in _PLAIN
        if typed[name] is not None
    ]
    if warmup_steps is not None:
        layers.append(Layer("--warmup", {("warmup_steps",): warmup_steps}))
    settings = resolve(ThroughputSettings, _with_method(layers, method))
    console = err()
    report = measure(settings, lambda phase: say(console, f"{phase} ...", style="dim"))
    if report is None:
        return
    if as_json:
        print_json(report)
        return
    _show(report)


def _with_method(layers: list[Layer], method: str | None) -> list[Layer]:
    """`--method` is about `lora`: with `full` there is none, whatever a file says of it."""
    if method is None:
        return layers
    if method not in ("lora", "full"):
        raise typer.BadParameter(f"{method!r} is none; choose lora or full", param_hint="--method")
    if method == "full":
        return [*layers, Layer("--method", {("lora",): None})]
    return [Layer("--method", {("lora",): {}}), *layers]


def _show(report: ThroughputReport) -> None:
    console = out()
    way = (
        "every parameter" if report.settings.lora is None else f"adapter of rank {report.settings.lora.rank}"
    )
    table = make_table("", "", right=())
    table.show_header = False
    rows = {
        "device": f"{report.devices} x {report.device}, {report.precision}",
        "model": f"{report.model}, {report.params:,} parameters, {report.trained_params:,} trained ({way})",
        "tokens/s": f"{report.tokens_per_s:,.0f}",
        "step": f"{report.step_s_p50:.3f} s at the median, {report.step_s_max:.3f} s at most",
        "memory": f"{report.peak_gb:.2f} GB ({report.peak_gb_source})",
        "MFU": _utilisation(report),
        "peak": report.peak_source
        if report.peak_tflops is None
        else f"{report.peak_tflops:.4g} TFLOP/s, {report.peak_source}",
        "load": f"batch {report.settings.batch_size} x {report.settings.accumulation}, rows of "
        f"{report.settings.length} tokens, {report.attention} attention, activations "
        f"{'computed twice' if report.gradient_checkpointing else 'kept'}",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    console.print(table)


def _utilisation(report: ThroughputReport) -> str:
    if report.mfu is None or report.mfu_square is None:
        return "unknown"
    return f"{report.mfu:.1%} ({report.mfu_square:.1%} if every key counts for every query)"

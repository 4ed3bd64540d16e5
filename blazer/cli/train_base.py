"""`blazer train base`: a small student from nothing, ready to be fine-tuned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from blazer.cli import train_settings as shared
from blazer.cli.output import JSON_OPTION, out, print_json
from blazer.cli.settings import Layer, file_layer, resolve, set_layers
from blazer.training.students.base import train_base
from blazer.training.students.settings import BaseSettings


def command(
    to: Annotated[Path, shared.OUT],
    size: Annotated[str | None, typer.Option("--size", help="s, m or l.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of weights and texts.")] = None,
    logging: Annotated[str | None, shared.LOGGING] = None,
    config: Annotated[Path | None, shared.CONFIG] = None,
    set: Annotated[
        list[str] | None, typer.Option("--set", help="One setting, such as repeat.steps=900; repeatable.")
    ] = None,
    force: Annotated[bool, shared.FORCE] = False,
    as_json: bool = JSON_OPTION,
) -> None:
    """Train a small student from nothing until it reads scenes.

    It copies, looks up and reads, and has seen no program: the base of `blazer train sft`. Killed at any
    moment, the same command goes on; finished, it changes nothing.
    """
    layers = [file_layer(config)] if config else []
    layers += set_layers(set or ())
    for name, value in (("size", size), ("seed", seed), ("logging", logging)):
        if value is not None:
            layers.append(Layer(f"--{name}", {(name,): value}))
    settings = resolve(BaseSettings, layers)
    with shared.shown("train base") as on_progress:
        card = train_base(settings, to, on_progress, force=force)
    if as_json:
        print_json({"directory": str(to), "card": card})
        return
    shared.print_card(out(), to, card)

"""What `blazer train sft`, `dpo` and `kto` share: options, file and `--set` to settings, and the bar."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from blazer.cli.counting import PLAIN_INTERVAL_S
from blazer.cli.output import err, make_table, out, print_json, say
from blazer.cli.selection import split_names
from blazer.cli.settings import Layer, file_layer, resolve, set_layers
from blazer.core.errors import ConfigError
from blazer.core.run_card import RunCard
from blazer.training.learning.progress import OnProgress, TrainProgress
from blazer.training.learning.settings import TrainSettings, TrainStage
from blazer.training.learning.train import train

DATA = typer.Option("--data", help="A data set of `blazer dataset build`.")
MODEL = typer.Option("--model", help="Directory of a model or adapter, or an id of the hub.")
OUT = typer.Option("--out", "-o", help="Where the student shall be.")
CONFIG = typer.Option("--config", help="Settings in YAML, TOML or JSON.")
SET = typer.Option("--set", help="One setting, such as optim.learning_rate=1e-4; repeatable.")
SHARE = typer.Option("--share", help="First share of the train rows.")
EPOCHS = typer.Option("--epochs", help="How often every row is seen.")
MAX_STEPS = typer.Option("--max-steps", help="Steps, instead of epochs.")
SEED = typer.Option("--seed", help="Of order and chance.")
RATE = typer.Option("--learning-rate", help="At its highest.")
BATCH = typer.Option("--batch-size", help="Rows of one forward pass.")
LORA = typer.Option("--lora/--no-lora", help="Train an adapter (lora.rank, lora.alpha, ... set it).")
LOGGING = typer.Option("--logging", help="tensorboard, wandb or none.")
FORCE = typer.Option("--force", help="Replace another training that is there.")


class Options(NamedTuple):
    """What was typed; None where nothing was."""

    data: Path | None = None
    model: str | None = None
    out: Path | None = None
    share: float | None = None
    epochs: float | None = None
    max_steps: int | None = None
    seed: int | None = None
    learning_rate: float | None = None
    batch_size: int | None = None
    lora: bool | None = None
    logging: str | None = None
    config: Path | None = None
    set: Sequence[str] = ()


_KEYS = {
    "data": ("data",),
    "model": ("model",),
    "out": ("out",),
    "share": ("share",),
    "epochs": ("epochs",),
    "max_steps": ("max_steps",),
    "seed": ("seed",),
    "learning_rate": ("optim", "learning_rate"),
    "batch_size": ("optim", "batch_size"),
    "logging": ("logging",),
}
_TARGETS = ("lora", "targets")


def settings_of(stage: TrainStage, options: Options) -> TrainSettings:
    """The settings that file, `--set` and options make, options winning.

    Raises:
        ConfigError: for an unknown key or a bad value, naming where it comes from; or data, model or
            out given nowhere.
    """
    layers = [file_layer(options.config)] if options.config else []
    layers += set_layers(options.set)
    layers = [_with_lists(layer) for layer in layers]
    for field, key in _KEYS.items():
        value = getattr(options, field)
        if value is not None:
            layers.append(Layer(f"--{field.replace('_', '-')}", {key: value}))
    layers += _lora_layers(layers, options.lora)
    given = {key[0] for layer in layers for key in layer.values}
    for layer in layers:
        if ("stage",) in layer.values and layer.values["stage",] != stage:
            raise ConfigError(
                f"{layer.source} has stage {layer.values['stage',]}; run `blazer train "
                f"{layer.values['stage',]}` with it"
            )
    for name in ("data", "model", "out"):
        if name not in given:
            raise ConfigError(f"--{name} is missing; give it, or set {name} in the file of --config")
    return resolve(TrainSettings, [*layers, Layer("the command", {("stage",): stage})])


def _lora_layers(layers: Sequence[Layer], wanted: bool | None) -> list[Layer]:
    """`--lora` makes an adapter of the default settings, beside whatever `lora.*` says; `--no-lora` none."""
    if wanted is None:
        return []
    if not wanted:
        return [Layer("--no-lora", {("lora",): None})]
    said = any(
        key[0] == "lora" and value is not None for layer in layers for key, value in layer.values.items()
    )
    return [] if said else [Layer("--lora", {("lora",): {}})]


def _with_lists(layer: Layer) -> Layer:
    """`lora.targets: q_proj,v_proj` is as welcome in a file as a list."""
    values: dict[tuple[str, ...], Any] = dict(layer.values)
    value = values.get(_TARGETS)
    if isinstance(value, str) and value != "all-linear":
        values[_TARGETS] = split_names(value)
    return Layer(layer.source, values)


def run_training(stage: TrainStage, options: Options, *, force: bool, as_json: bool) -> None:
    """Train as the options say, and print what came of it."""
    settings = settings_of(stage, options)
    with shown(f"train {stage}") as on_progress:
        card = train(settings, on_progress, force=force)
    if as_json:
        print_json({"directory": str(settings.out), "card": card})
        return
    print_card(out(), settings.out, card)


@contextmanager
def shown(what: str) -> Iterator[OnProgress]:
    """A bar with the time that is left on a terminal, a line now and then elsewhere."""
    console = err()
    if not console.is_terminal:
        yield _Lines(what).see
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    more = (TextColumn("{task.fields[left]}"), TextColumn("{task.fields[numbers]}", style="dim"))
    with Progress(*columns, *more, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None, left="", numbers="")

        def see(now: TrainProgress) -> None:
            text = f"{what}: {now.phase}"
            steps = now.steps or None
            bar.update(
                task,
                description=text,
                total=steps,
                completed=now.step,
                left=_left(now),
                numbers=_numbers(now),
            )

        yield see


class _Lines:
    """Progress where there is no terminal."""

    def __init__(self, what: str) -> None:
        self._what, self._phase = what, ""
        self._said_s = time.monotonic()

    def see(self, now: TrainProgress) -> None:
        if now.phase in ("training", "saving", "validating"):
            if time.monotonic() - self._said_s < PLAIN_INTERVAL_S:
                return
        elif now.phase == self._phase:
            return
        self._phase, self._said_s = now.phase, time.monotonic()
        steps = f" {now.step}/{now.steps}" if now.steps else ""
        say(err(), f"{self._what}: {now.phase}{steps} {_left(now)} {_numbers(now)}".rstrip())


def _left(now: TrainProgress) -> str:
    if now.eta_s is None or now.phase not in ("training", "saving", "validating"):
        return ""
    minutes, seconds = divmod(round(now.eta_s), 60)
    return f"{minutes}:{seconds:02d} left"


def _numbers(now: TrainProgress) -> str:
    wanted = {"loss": "loss", "eval_loss": "validation", "rewards/accuracies": "preferred"}
    return ", ".join(
        f"{text} {now.metrics[name]:.4g}" for name, text in wanted.items() if name in now.metrics
    )


def print_card(console: Console, directory: Path, card: RunCard) -> None:
    """What was trained, on what, and what came of it."""
    table = make_table("", "", right=())
    used = card.lineage[-1] if card.lineage else None
    lines = {
        "stage": card.stage,
        "from": card.model,
        "rows": f"{used.rows} of {used.name} ({used.digest})" if used else "",
        "steps": f"{card.steps} ({card.epochs:g} epochs, {card.wall_s:.0f} s, {card.device})",
        "parameters": f"{card.parameters:,}",
        **{name: f"{value:.4g}" for name, value in card.metrics.items() if name in _SHOWN},
    }
    for name, value in lines.items():
        if value:
            table.add_row(name, value)
    console.print(table)
    say(console, f"{directory}: weights {card.weights_digest[:16]}", style="green")


_SHOWN = frozenset(
    {"loss", "eval_loss", "mean_token_accuracy", "eval_mean_token_accuracy"}
    | {f"{prefix}rewards/{name}" for prefix in ("", "eval_") for name in ("accuracies", "margins")}
)

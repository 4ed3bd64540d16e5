"""`run.json`: what a trained model is, beside its weights.

Lowest of the rooms, because a model that serves (agents), the one that trains it (training) and the
report on it (eval) all read it. A directory of weights without one is some model from elsewhere:
it serves too, with prompt style `full` and nothing known of its training data.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from blazer.core.errors import ConfigError
from blazer.core.records import Record

RUN_CARD = "run.json"

Stage = Literal["base", "sft", "dpo", "kto"]


class DataUsed(Record):
    """A data set that a model has seen, directly or through the model it began from."""

    name: str
    digest: str
    """Of its manifest."""
    rows: int
    """Trained on, of all that its train split holds."""
    tasks: tuple[str, ...]
    seeds: dict[str, tuple[int, ...]]
    """Task -> seeds of the rows it was trained or validated on."""


class RunCard(Record):
    """How the weights beside it came about."""

    schema_version: Literal[1] = 1
    stage: Stage
    name: str
    style: str
    """Prompt style that it was trained with, of `blazer.prompts.students.STYLES`."""
    model: str
    """What training began from: `tiny`, a model id, or a directory."""
    begun_from: str = ""
    """Digest of the weights it began from; empty when from nothing or from a hub."""
    begun_files: str = ""
    """Digest of all files it began from, as serving has it: tokenizer, chat template and config included,
    and of an adapter the model under it. Empty for a hub's, and in cards from before it was kept."""
    revision: str = ""
    """Commit of the hub's model that it began from."""
    adapter: bool = False
    """The weights are a LoRA adapter on `model`."""
    lineage: tuple[DataUsed, ...] = ()
    """Every data set seen so far, oldest first, those of the models before it included."""
    unknown_before: tuple[str, ...] = ()
    """Models without a card that it came from: what those have seen is not in `lineage`, and not known."""
    config: dict[str, Any]
    """The resolved training configuration."""
    seed: int
    versions: dict[str, str]
    device: str
    steps: int
    epochs: float
    wall_s: float
    parameters: int
    metrics: dict[str, float]
    """Last values: train and validation loss, for preferences reward accuracy and margins."""
    weights_digest: str
    """Of the weight files, SHA-256."""


def read_run_card(directory: Path) -> RunCard | None:
    """The card of the model in `directory`; None if it has none.

    Raises:
        ConfigError: if there is one that cannot be read.
    """
    path = directory / RUN_CARD
    try:
        return RunCard.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"{path} is no card of a model ({reason}); train it again") from error


def write_run_card(directory: Path, card: RunCard) -> None:
    """Write it last of all files, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=directory, prefix=f".{RUN_CARD}.")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(card.model_dump_json(indent=2) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(directory / RUN_CARD)

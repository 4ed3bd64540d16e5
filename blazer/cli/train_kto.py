"""`blazer train kto`: on single answers, good and bad."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from blazer.cli import train_settings as shared
from blazer.cli.output import JSON_OPTION


def command(
    data: Annotated[Path | None, shared.DATA] = None,
    model: Annotated[str | None, shared.MODEL] = None,
    to: Annotated[Path | None, shared.OUT] = None,
    config: Annotated[Path | None, shared.CONFIG] = None,
    set: Annotated[list[str] | None, shared.SET] = None,
    share: Annotated[float | None, shared.SHARE] = None,
    epochs: Annotated[float | None, shared.EPOCHS] = None,
    max_steps: Annotated[int | None, shared.MAX_STEPS] = None,
    learning_rate: Annotated[float | None, shared.RATE] = None,
    batch_size: Annotated[int | None, shared.BATCH] = None,
    lora: Annotated[bool | None, shared.LORA] = None,
    seed: Annotated[int | None, shared.SEED] = None,
    logging: Annotated[str | None, shared.LOGGING] = None,
    force: Annotated[bool, shared.FORCE] = False,
    as_json: bool = JSON_OPTION,
) -> None:
    """Fine-tune a model on single answers, labelled good or bad.

    Killed at any moment, the same command goes on; finished, it changes nothing.
    """
    options = shared.Options(
        data=data,
        model=model,
        out=to,
        share=share,
        epochs=epochs,
        max_steps=max_steps,
        seed=seed,
        learning_rate=learning_rate,
        batch_size=batch_size,
        lora=lora,
        logging=logging,
        config=config,
        set=set or (),
    )
    shared.run_training("kto", options, force=force, as_json=as_json)

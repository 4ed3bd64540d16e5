"""The options of commands that drive a run: `collect` and `batch export` take the same ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_MODELS, _BUDGET, _SETTINGS = "Models", "Budget", "Settings"

Tasks = Annotated[
    str | None,
    typer.Option("--tasks", help="Names, train, ood, all, or task files (.json); comma-separated.  [train]"),
]
Seeds = Annotated[
    str | None, typer.Option("--seeds", help="START:STOP, STOP exclusive, or one seed.  [0:10]")
]
Samples = Annotated[int | None, typer.Option("--samples", help="Programs for each task and seed.  [1]")]
Workers = Annotated[int | None, typer.Option("--workers", help="Sandbox workers.  [2]")]
Concurrency = Annotated[int | None, typer.Option("--concurrency", help="Episodes in flight.")]
Tier = Annotated[
    str | None, typer.Option("--tier", help="Sandbox tier: auto, docker, runsc or process.  [auto]")
]
Repairs = Annotated[
    int | None, typer.Option("--repairs", help="How often a failed program goes back to the coder.  [1]")
]
VerifySeeds = Annotated[
    int | None,
    typer.Option(
        "--verify-seeds",
        help="Further layouts, with the same colours and counts, for each program that is a strict success "
        "on its own.  [0]",
    ),
]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        help="ROLE=MODEL, such as coder=gpt-4.1, may be repeated; MODEL alone for every role. "
        "hf:DIR or hf:organisation/name is served in this process. "
        "A planner that is not named is the coder's model.  [scripted]",
        rich_help_panel=_MODELS,
    ),
]
BaseUrl = Annotated[
    list[str] | None,
    typer.Option(
        "--base-url",
        help="OpenAI-compatible endpoint of the language models: URL, or ROLE=URL.",
        rich_help_panel=_MODELS,
    ),
]
ApiKeyEnv = Annotated[
    str | None,
    typer.Option(
        "--api-key-env", help="Variable that holds the key.  [OPENAI_API_KEY]", rich_help_panel=_MODELS
    ),
]
Style = Annotated[
    str | None,
    typer.Option(
        "--style",
        help="How the coder is asked: full, or brief as small students are trained, without a plan. "
        "[as run.json beside the weights says, else full]",
        rich_help_panel=_MODELS,
    ),
]
Temperature = Annotated[float | None, typer.Option("--temperature", rich_help_panel=_MODELS)]
Price = Annotated[
    list[str] | None,
    typer.Option(
        "--price",
        help="USD per million tokens in and out: ROLE=IN/OUT, such as coder=2/8, or IN/OUT for every "
        "language model.  [unknown]",
        rich_help_panel=_MODELS,
    ),
]
Cache = Annotated[
    bool | None,
    typer.Option(
        "--cache/--no-cache",
        help="Answers are kept beside the store by run and content, so that a run that goes on pays for "
        "none twice; another --run gets its own. --no-cache always asks.  [--cache]",
        rich_help_panel=_MODELS,
    ),
]
BudgetUsd = Annotated[
    float | None,
    typer.Option(
        "--budget-usd",
        help="Stop when this is spent; needs --price. Calls under way are finished.",
        rich_help_panel=_BUDGET,
    ),
]
BudgetTokens = Annotated[
    int | None,
    typer.Option(
        "--budget-tokens",
        help="Prompt and completion together. Calls under way are finished.",
        rich_help_panel=_BUDGET,
    ),
]
BudgetCalls = Annotated[
    int | None, typer.Option("--budget-calls", help="Model calls.", rich_help_panel=_BUDGET)
]
StorePlace = Annotated[
    str | None,
    typer.Option("--store", help="File path, or postgresql+psycopg:// URL.  [blazer-data/traces.sqlite]"),
]
RunName = Annotated[
    str | None,
    typer.Option("--run", help="Name of the run.  [made from models and settings: the same command resumes]"),
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="YAML, TOML or JSON file.", rich_help_panel=_SETTINGS)
]
SetPairs = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="KEY=VALUE, such as roles.coder.top_p=0.9; may be repeated.", rich_help_panel=_SETTINGS
    ),
]

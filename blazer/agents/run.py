"""What a collecting run is: its configuration, its episodes, and their identities.

A run is named by what makes its programs (models and their parameters, prompts, repairs, tier),
not by how much of it was asked for: the same command finishes it, and a longer list of tasks or
seeds extends it. The name that is made covers Blazer's own code too, so that other code begins
another run. `run_id` may be given to begin a fresh one, or to go on all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from blazer.agents.budget import Budget
from blazer.agents.local.source import is_local
from blazer.agents.models import RoleConfig, check_roles, needs_isolation, unpriced_roles
from blazer.agents.provenance import code_digest
from blazer.core.digest import digest
from blazer.core.errors import UsageError
from blazer.core.records import Record
from blazer.prompts.messages import prompt_digests
from blazer.prompts.students import student_digest
from blazer.tasks.spec import TaskSpec

Tier = Literal["auto", "docker", "runsc", "process"]


def default_roles() -> dict[str, RoleConfig]:
    """The built-in model in every required role."""
    return {"planner": RoleConfig(), "coder": RoleConfig()}


class CollectConfig(Record):
    """Everything that `collect` is told."""

    tasks: tuple[str, ...] = Field(min_length=1)
    specs: dict[str, TaskSpec] = {}
    """Those of `tasks` that do not ship with Blazer, by name."""
    seed_start: int = Field(default=0, ge=0)
    seed_stop: int = Field(default=10, gt=0)
    """Exclusive."""
    samples: int = Field(default=1, ge=1)
    """Candidates for each task and seed."""
    workers: int = Field(default=2, ge=1)
    """Sandbox workers."""
    concurrency: int | None = Field(default=None, ge=1)
    """Episodes in flight; more than workers where models are slow to answer. Chosen when None."""
    roles: dict[str, RoleConfig] = Field(default_factory=default_roles)
    tier: Tier = "auto"
    repairs: int = Field(default=1, ge=0)
    """How many times a failed program goes back to the coder."""
    verify_seeds: int = Field(default=0, ge=0)
    """Further seeds on which each successful program is run; its pass rate on them is kept."""
    budget: Budget = Budget()
    answers: Literal["live", "batch"] = "live"
    cache: bool = True
    """Use an answer that this run has paid for again when it asks the same, as after a crash."""
    episode_tries: int = Field(default=2, ge=1)
    """How often an episode is tried when the infrastructure fails."""
    run_id: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,80}$")
    """Made from what makes the run's programs when empty."""

    @model_validator(mode="after")
    def _consistent(self) -> CollectConfig:
        if self.seed_stop <= self.seed_start:
            raise ValueError(
                f"seeds {self.seed_start}:{self.seed_stop} hold none; the end must be larger than the start"
            )
        if len(set(self.tasks)) != len(self.tasks):
            raise ValueError("a task is named twice")
        if any(name != spec.name or name not in self.tasks for name, spec in self.specs.items()):
            raise ValueError("specs are for tasks of the run, each under its own name")
        check_roles(self.roles)
        unpriced = unpriced_roles(self.roles)
        if self.budget.max_cost_usd is not None and unpriced:
            role = unpriced[0]
            raise ValueError(
                f"a budget in USD needs every model's price, and none is given for {', '.join(unpriced)}; "
                f"give --price {role}=IN/OUT in USD per million tokens (settings "
                f"roles.{role}.usd_per_million_prompt and usd_per_million_completion), or use --budget-tokens"
            )
        return self

    @property
    def language_model(self) -> bool:
        """Whether programs come from anything but the built-in model."""
        return needs_isolation(self.roles)

    @property
    def in_flight(self) -> int:
        """Episodes at a time: where a model answers in batches, enough to fill the next one meanwhile."""
        if self.concurrency is not None:
            return self.concurrency
        batches = [config.local.max_batch for config in self.roles.values() if config.local_model]
        if batches:
            return max(self.workers * 4, 2 * max(batches))
        return self.workers * 4 if self.language_model else self.workers + 1

    def check_samples(self) -> None:
        """Refuse to ask for several samples where all would be the same.

        Raises:
            UsageError: saying what makes them differ.
        """
        coder, planner = self.roles["coder"], self.roles["planner"]
        if self.samples > 1 and coder.greedy and (planner.greedy or coder.prompt_style() != "full"):
            raise UsageError(
                f"{self.samples} samples of {coder.model} would be the same program {self.samples} times: "
                "without a temperature it always takes the likeliest token; give --temperature, such as 0.8"
            )

    def identity(self) -> dict[str, object]:
        """What makes the run's programs.

        Raises:
            LocalModelMissing: if a model that is to be served in this process is not there.
        """
        style = self.roles["coder"].prompt_style()
        prompts = prompt_digests()
        if style != "full":
            prompts |= {"coder": student_digest(style), "repair": student_digest(style, "failure", "repair")}
        return {
            "roles": {role: config.parameters() for role, config in sorted(self.roles.items())},
            "prompts": prompts,
            "repairs": self.repairs,
            "verify_seeds": self.verify_seeds,
            "tier": self.tier,
        }

    def resolved_run_id(self) -> str:
        """The run's name: as given, or from its identity and Blazer's code."""
        if self.run_id:
            return self.run_id
        model = self.roles["coder"].model
        if is_local(model):
            model = "hf-" + Path(model.removeprefix("hf:")).name
        coder = "".join(c if c.isalnum() or c in "-." else "-" for c in model)
        return f"{coder[:40]}-{digest({**self.identity(), 'code': code_digest()})[:8]}"


class EpisodeKey(NamedTuple):
    """One episode of a run."""

    task: str
    seed: int
    sample: int


def episode_id(run_id: str, identity: Mapping[str, object], task_digest: str, key: EpisodeKey) -> str:
    """The identity of an episode: the same in every process that works on the run."""
    return digest(
        {
            "run": run_id,
            "identity": identity,
            "task": key.task,
            "task_digest": task_digest,
            "seed": key.seed,
            "sample": key.sample,
        }
    )


def list_episodes(
    run_id: str, config: CollectConfig, tasks: Mapping[str, TaskSpec]
) -> tuple[tuple[str, EpisodeKey], ...]:
    """All episodes with their ids, seed by seed, so that every task makes progress."""
    digests = {name: digest(tasks[name]) for name in config.tasks}
    identity = config.identity()
    keys = (
        EpisodeKey(task, seed, sample)
        for seed in range(config.seed_start, config.seed_stop)
        for sample in range(config.samples)
        for task in config.tasks
    )
    return tuple((episode_id(run_id, identity, digests[key.task], key), key) for key in keys)

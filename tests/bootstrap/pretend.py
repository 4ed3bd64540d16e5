"""Whole plans without models, sandboxes and physics: jobs are pretended, evaluations only half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from blazer.agents.opening import OpenRun
from blazer.bootstrap.child import Ended
from blazer.bootstrap.jobs import BaseJob, CollectJob, DatasetJob, EvalJob, TrainJob
from blazer.bootstrap.steps import Beat, Hands, Job, Made
from blazer.core.digest import canonical_json, text_digest
from blazer.core.outcomes import Outcome
from blazer.eval.evaluation.settings import EvalModel, EvalSettings
from tests.agents.fakes import spec
from tests.eval.evaluation.fakes import Bench

MADE: dict[type[Job], dict[str, Any]] = {
    CollectJob: {"episodes": 10, "solved_at_once": 6, "solved": 8},
    DatasetJob: {
        "rows": {"sft": {"train": 100}, "dpo": {"train": 40}},
        "shown_failures": {"goal_not_met": 30, "fragile": 5},
    },
    BaseJob: {"parameters": 1000, "steps": 5},
    TrainJob: {"parameters": 1000, "steps": 7, "rows": 100},
}


@dataclass
class Pretend:
    """Pretends to do jobs.

    Attributes:
        fate: (model, task, seed, sample) -> outcome, for evaluations.
        jobs: That were asked for, by their step's name, in order.
        weights: Directory -> digest of the student there.
    """

    fate: Callable[[str, str, int, int], Outcome]
    jobs: dict[str, Job] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)

    def __call__(self, job: Job, open_run: OpenRun, tell: Callable[[Beat | None], None], log: Path) -> Ended:
        self.jobs[log.parent.name] = job
        if isinstance(job, EvalJob):
            pretended = EvalJob(settings=scripted(job.settings), out=job.out)
            return Ended(pretended.work(Hands(Bench(self.fate).open_run, tell)), 0.1)
        facts = dict(MADE[type(job)])
        if isinstance(job, CollectJob):
            facts["run_id"] = job.config.run_id
        made = canonical_json(job.identity()).replace(str(log.parents[2]), "")
        if isinstance(job, TrainJob):
            made += self.weights.get(job.settings.model, "")
            self.weights[str(job.settings.out)] = text_digest(made)
        return Ended(Made(digest=text_digest(made), facts=facts), 0.1)


def scripted(settings: EvalSettings) -> EvalSettings:
    """The same evaluation of built-in models on fake tasks."""
    models = tuple(EvalModel(name=model.name, spec="scripted") for model in settings.models)
    specs = {name: spec(name) for name in settings.tasks}
    return settings.model_copy(update={"models": models, "specs": specs})


@pytest.fixture
def all_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is pretended cannot be looked at: it is taken to be there."""
    for kind in MADE:
        monkeypatch.setattr(kind, "stands", lambda self, made: True)

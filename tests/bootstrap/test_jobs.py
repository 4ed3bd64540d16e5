"""What jobs take for done: outputs that are whole, and evaluations that are decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from blazer.bootstrap.aims import outcomes_of
from blazer.bootstrap.errors import StepFailed
from blazer.bootstrap.jobs import BaseJob, DatasetJob, EvalJob
from blazer.bootstrap.steps import Hands, Made
from blazer.core.outcomes import Outcome
from blazer.core.run_card import write_run_card
from blazer.core.weights import weights_digest
from blazer.eval.evaluation.result import EPISODES
from blazer.training.settings import DatasetSettings
from blazer.training.students.settings import BaseSettings
from tests.bootstrap.fakes import no_run
from tests.eval.evaluation.fakes import Bench, card, settings
from tests.training.builders import store_of, varied


def hands(bench: Bench) -> Hands:
    """That open the bench's runs."""
    return Hands(bench.open_run, lambda beat: None)


def test_an_evaluation_that_is_undecided_is_tried_twice_and_is_no_result_then(tmp_path: Path) -> None:
    def fate(model: str, task: str, seed: int, sample: int) -> Outcome:
        broken = (model, task, seed) == ("b", "lift_block", 2_000_001)
        return Outcome.INFRA_ERROR if broken else Outcome.SUCCESS

    bench = Bench(fate)
    job = EvalJob(settings=settings("a", "b"), out=tmp_path / "out")
    with pytest.raises(StepFailed, match=r"b, lift_block: 1 of 4.*infra_error"):
        job.work(hands(bench))
    assert bench.opened == ["a", "b", "b"], "what is decided is not run again"


@pytest.mark.parametrize("whole_task", [False, True])
def test_a_passing_fault_leaves_no_mark_on_an_evaluation(tmp_path: Path, whole_task: bool) -> None:
    bench: Bench

    def fate(model: str, task: str, seed: int, sample: int) -> Outcome:
        hit = task == "lift_block" and (whole_task or seed == 2_000_001)
        return Outcome.INFRA_ERROR if hit and len(bench.opened) == 1 else Outcome.SUCCESS

    bench = Bench(fate)
    made = EvalJob(settings=settings("a"), out=tmp_path / "out").work(hands(bench))
    assert bench.opened == ["a", "a"]
    assert made.facts["models"]["a"][3] == 8  # type: ignore[index, call-overload]


def test_an_evaluation_without_its_episodes_is_gone(tmp_path: Path) -> None:
    job = EvalJob(settings=settings("a", "b"), out=tmp_path / "out")
    made = job.work(hands(Bench(lambda *_: Outcome.SUCCESS)))
    older = Made(digest=made.digest, facts={"models": made.facts["models"]})
    assert job.stands(made)
    assert job.stands(older), "proofs of before count"
    path = tmp_path / "out" / EPISODES
    text = path.read_text()
    path.write_text(text.replace("lift_block", "drop_block"))
    assert not job.stands(made)
    path.write_text(text.rpartition("\nb,")[0] + "\n")
    assert not job.stands(older)
    path.unlink()
    assert not job.stands(made)
    assert not job.stands(older)


def test_a_student_without_its_weights_is_gone(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    digest = weights_digest(tmp_path)
    write_run_card(tmp_path, card().model_copy(update={"weights_digest": digest}))
    job = BaseJob(settings=BaseSettings(), out=tmp_path)
    made = Made(digest=digest)
    assert job.stands(made)
    (tmp_path / "model.safetensors").write_bytes(b"others!")
    assert not job.stands(made)
    (tmp_path / "model.safetensors").unlink()
    assert not job.stands(made)


def dataset(tmp_path: Path) -> tuple[DatasetJob, Made]:
    """A data set that was really built."""
    store = store_of(tmp_path / "traces.sqlite", varied())
    settings = DatasetSettings.model_validate({"style": "brief", "kinds": ("sft", "dpo")})
    job = DatasetJob(settings=settings, store=store, out=tmp_path / "data")
    return job, job.work(Hands(no_run, lambda beat: None))


@pytest.mark.parametrize("name", ["sft/train.jsonl", "dpo/train.jsonl", "instances.jsonl", "manifest.json"])
def test_a_data_set_without_a_file_is_gone(tmp_path: Path, name: str) -> None:
    job, made = dataset(tmp_path)
    assert job.stands(made)
    path = job.out / name
    content = path.read_bytes()
    path.write_bytes(content.replace(b"a", b"b"))
    assert not job.stands(made), "altered at the same length"
    path.unlink()
    assert not job.stands(made)


def test_lessons_of_a_real_data_set_are_ways_of_failing(tmp_path: Path) -> None:
    _, made = dataset(tmp_path)
    shown = made.facts["shown_failures"]
    assert isinstance(shown, dict)
    assert "fragile" in shown
    assert outcomes_of(shown) >= {Outcome.GRASP_MISSED, Outcome.COLLISION}


def test_a_base_is_told_from_others_by_what_shapes_it_and_threads_nobody_chose_are_not_told() -> None:
    def job(**settings: Any) -> BaseJob:
        return BaseJob(settings=BaseSettings.model_validate(settings), out=Path("out"))

    assert not {"logging", "threads"} & set(job().identity()["settings"])
    assert job().identity() == job(logging="none").identity()
    assert len({job(**one).version for one in ({}, {"threads": 1}, {"threads": 2}, {"seed": 1})}) == 4

"""What loop and study ask of each step: seeds, runs, models, data. Nothing is run here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from blazer.agents.errors import LocalModelMissing
from blazer.bootstrap.jobs import BaseJob, CollectJob, DatasetJob, EvalJob, TrainJob
from blazer.bootstrap.loop import bootstrap, plan_loop
from blazer.bootstrap.making import merged
from blazer.bootstrap.presets import BOOTSTRAP, STUDY
from blazer.bootstrap.running import look
from blazer.bootstrap.settings import BootstrapSettings, Collecting, StudySettings
from blazer.bootstrap.steps import DONE, WorkDir
from blazer.bootstrap.study import PARTS, chosen, plan_study, study
from blazer.core.errors import ConfigError, UnknownNameError
from blazer.core.outcomes import Outcome
from blazer.core.seeds import is_evaluation_seed
from tests.bootstrap.fakes import no_run
from tests.bootstrap.pretend import Pretend, all_stands

__all__ = ["all_stands"]

OTHER_TEACHER = {"coder": {"model": "gpt"}, "planner": {"model": "gpt"}}
SMALL = {"tasks": ("put_block", "close_jar"), "test": {"seeds": 2, "resamples": 100}}


def loop(**changes: object) -> BootstrapSettings:
    """Three rounds."""
    return BootstrapSettings.model_validate(merged(SMALL, changes))


def small_study(**changes: object) -> StudySettings:
    """The whole study, small."""
    return StudySettings.model_validate(
        merged(SMALL, {"ablation_seeds": 1, "outside": ("jar_in_bin",)}, changes)
    )


def pretended(settings: BootstrapSettings | StudySettings, work: Path) -> dict[str, object]:
    """Step -> job, after a whole run."""
    pretend = Pretend(lambda *_: Outcome.SUCCESS)
    if isinstance(settings, StudySettings):
        assert study(settings, no_run, work, run=pretend).failed == {}
    else:
        assert bootstrap(settings, no_run, work, run=pretend).failed == {}
    return dict(pretend.jobs)


@pytest.fixture
def jobs(tmp_path: Path, all_stands: None) -> dict[str, object]:
    """Of three rounds."""
    return pretended(loop(collect={"seeds": 10, "samples": 4, "first_seed": 5}), tmp_path)


def test_rounds_collect_on_seeds_of_their_own_that_are_never_evaluated(jobs: dict[str, object]) -> None:
    seen: dict[int, set[int]] = {}
    for name, job in jobs.items():
        if isinstance(job, CollectJob):
            seeds = set(range(job.config.seed_start, job.config.seed_stop))
            seen.setdefault(int(name.split("-")[1]), set()).update(seeds)
            assert not any(map(is_evaluation_seed, seeds))
    assert seen == {1: set(range(5, 15)), 2: set(range(15, 25)), 3: set(range(25, 35))}
    for job in jobs.values():
        if isinstance(job, EvalJob):
            assert all(is_evaluation_seed(seed) for seed in range(*job.settings.seeds))
            assert job.settings.seeds == (2_000_000, 2_000_002)


def test_the_student_of_the_round_before_writes_its_share(jobs: dict[str, object]) -> None:
    def samples(name: str) -> int:
        job = jobs[name]
        assert isinstance(job, CollectJob)
        return job.config.samples

    assert samples("round-1-teacher") == 4
    assert "round-1-student" not in jobs
    assert samples("round-2-teacher") == samples("round-2-student") == 2
    student = jobs["round-3-student"]
    assert isinstance(student, CollectJob)
    for role in ("planner", "coder"):
        assert student.config.roles[role].model.endswith("steps/round-2-dpo/out")
        assert student.config.roles[role].temperature == 0.8


@pytest.mark.parametrize(
    ("share", "there", "absent"), [(1.0, "teacher", "student"), (0.0, "student", "teacher")]
)
def test_a_whole_share_leaves_the_other_out(tmp_path: Path, share: float, there: str, absent: str) -> None:
    names = {step.name for step in plan_loop(loop(collect={"teacher_share": share}), WorkDir(tmp_path)).steps}
    assert f"round-2-{there}" in names
    assert f"round-2-{absent}" not in names
    assert "round-1-teacher" in names, "somebody must begin"


def test_data_is_of_all_rounds_so_far_and_of_named_runs_alone(jobs: dict[str, object]) -> None:
    runs = {name: job.config.run_id for name, job in jobs.items() if isinstance(job, CollectJob)}
    assert len(set(runs.values())) == 5
    data = jobs["round-2-data"]
    assert isinstance(data, DatasetJob)
    assert set(data.settings.runs) == {
        runs["round-1-teacher"],
        runs["round-2-teacher"],
        runs["round-2-student"],
    }
    evaluation = jobs["round-2-eval"]
    assert isinstance(evaluation, EvalJob)
    assert data.store not in evaluation.out.parents
    assert not data.store.is_relative_to(evaluation.out)


@pytest.mark.parametrize(("begin", "model"), [("base", "base"), ("previous", "round-1-dpo")])
def test_what_a_later_round_begins_from(tmp_path: Path, all_stands: None, begin: str, model: str) -> None:
    jobs = pretended(loop(begin=begin, rounds=2), tmp_path)
    sft, dpo = jobs["round-2-sft"], jobs["round-2-dpo"]
    assert isinstance(sft, TrainJob)
    assert isinstance(dpo, TrainJob)
    assert sft.settings.model == str(tmp_path / "steps" / model / "out")
    assert dpo.settings.model == str(tmp_path / "steps" / "round-2-sft" / "out")
    assert sft.settings.data == dpo.settings.data == tmp_path / "steps" / "round-2-data" / "out"


def test_other_weights_are_another_run(tmp_path: Path, all_stands: None) -> None:
    def run_of(learning_rate: float, work: Path) -> str:
        job = pretended(loop(rounds=2, student={"sft": {"optim": {"learning_rate": learning_rate}}}), work)[
            "round-2-student"
        ]
        assert isinstance(job, CollectJob)
        return job.config.run_id

    assert run_of(0.1, tmp_path / "a") != run_of(0.2, tmp_path / "b")
    assert run_of(0.1, tmp_path / "c") == run_of(0.1, tmp_path / "d"), "wherever it is"


def test_workers_change_nothing_that_is_made(tmp_path: Path, all_stands: None) -> None:
    pretended(loop(rounds=1), tmp_path)
    plan = plan_loop(loop(rounds=1, machine={"workers": 7, "concurrency": 3}), WorkDir(tmp_path))
    assert {status.state for status in look(plan.steps, WorkDir(tmp_path))} == {"done"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"student": {"sft": {"epoch": 3}}}, r"unknown setting 'student\.sft\.epoch'.*'epochs'.*max_steps"),
        (
            {"student": {"sft": {"optim": {"lr": 1}}}},
            r"'student\.sft\.optim\.lr'\. Known: accumulation, .*warmup",
        ),
        ({"student": {"dpo": {"dpo": {"bata": 1}}}}, r"'student\.dpo\.dpo\.bata'\. Did you mean 'beta'"),
        ({"student": {"dpo": {"dpo": {"beta": -1}}}}, r"student\.dpo\.dpo\.beta"),
        ({"student": {"base": {"size": "xl"}}}, r"student\.base\.size"),
    ],
)
def test_a_wrong_training_is_found_before_anything_runs(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        bootstrap(loop(**changes), no_run, tmp_path / "work")
    assert not (tmp_path / "work" / "steps").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"own": {"first_seed": 50}}, "seeds of collect.*seeds of own.*share seeds"),
        ({"own": {"first_seed": 150}}, "later rounds.*seeds of own.*share seeds"),
        ({"round_seeds": 400_000}, "later rounds.*share seeds"),
        ({"outside": ("jar_in_bin", "put_block")}, "outside holds tasks of .*: put_block"),
        ({"student": {"negatives": "kto"}}, "student.negatives is for `blazer bootstrap`"),
        ({"own": {"first_seed": 500_000, "teacher": OTHER_TEACHER}}, "own.teacher is"),
        ({"shares": (0.5, 0.5)}, "shares are different ones"),
        ({"sizes": ("s", "s")}, "sizes names one twice"),
        ({"lessons": {"../x": {"label": "some"}}}, "should match pattern"),
    ],
)
def test_a_study_that_cannot_be_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        small_study(**changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lessons": {"sft": {"label": "some"}}}, "two steps would be called 'sft'"),
        ({"shares": (0.5, 0.50000001)}, "two steps would be called|named twice"),
        (
            {"lessons": {"some": {"label": "some", "settings": {"data": "x"}}}},
            r"student\.dpo\.data.*fills in",
        ),
        ({"student": {"sft": {"model": "x"}}}, r"student\.sft\.model.*fills in"),
    ],
)
def test_a_plan_that_cannot_be_is_an_error_of_settings(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        plan_study(small_study(**changes), WorkDir(tmp_path))


def test_a_planner_elsewhere_is_not_asked_at_the_coders_endpoint(tmp_path: Path) -> None:
    def planned(base_url: str) -> None:
        roles = {
            "coder": {"model": "a", "base_url": "http://one/v1"},
            "planner": {"model": "b", "base_url": base_url},
        }
        plan_loop(loop(collect={"teacher": roles}), WorkDir(tmp_path))

    planned("http://one/v1")
    with pytest.raises(ConfigError, match=r"planner\.base_url.*http://one/v1"):
        planned("http://two/v1")


def test_a_student_that_is_not_there_is_missed_before_anything_runs(tmp_path: Path) -> None:
    missing = {"student": {"model": str(tmp_path / "nowhere")}}
    with pytest.raises(LocalModelMissing):
        bootstrap(loop(**missing), no_run, tmp_path / "work")
    with pytest.raises(LocalModelMissing):
        study(small_study(**missing), no_run, tmp_path / "work")
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"collect": {"seeds": 400_000}}, "seeds for collecting end"),
        ({"collect": {"first_seed": 2_000_000}}, "less than"),
        ({"test": {"first_seed": 100}}, "greater than"),
        ({"collect": {"first_seed": 650_000, "seeds": 20_000}}, "learns to read.*share seeds"),
        ({"test": {"first_seed": 2_999_999}}, "seeds for evaluation end"),
        ({"data": {"runs": ("some",)}}, "the loop's to choose"),
        ({"nonsense": 1}, "Extra inputs"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        loop(**changes)


def test_presets_are_settings(tmp_path: Path) -> None:
    for preset in STUDY.values():
        assert plan_study(StudySettings.model_validate(preset), WorkDir(tmp_path)).steps
    for preset in BOOTSTRAP.values():
        assert plan_loop(BootstrapSettings.model_validate(preset), WorkDir(tmp_path)).steps


def test_every_step_is_named_once_and_after_what_it_needs(tmp_path: Path) -> None:
    for on_policy in (False, True):
        steps = plan_study(small_study(on_policy=on_policy), WorkDir(tmp_path)).steps
        before: set[str] = set()
        for step in steps:
            assert step.name not in before
            assert set(step.needs) <= before
            before.add(step.name)
        assert {step.part for step in steps} == set(PARTS)


def test_a_setting_that_came_with_newer_code_repeats_nothing(tmp_path: Path, all_stands: None) -> None:
    pretended(loop(rounds=1), tmp_path)
    place = WorkDir(tmp_path)
    for name in ("round-1-sft", "round-1-teacher"):
        path = place.step(name) / DONE
        proof = json.loads(path.read_text())
        proof["inputs"] = "of older code"
        if name == "round-1-sft":
            del proof["job"]["settings"]["packing"]
        else:
            del proof["job"]["config"]["episode_tries"]
        path.write_text(json.dumps(proof))
    assert {status.state for status in look(plan_loop(loop(rounds=1), place).steps, place)} == {"done"}
    other = loop(rounds=1, student={"sft": {"packing": True, "max_tokens": 64}})
    states = {status.step.name: status.state for status in look(plan_loop(other, place).steps, place)}
    assert states["round-1-sft"] == "changed"
    assert states["round-1-data"] == "done"


def test_a_part_brings_what_it_needs_and_no_more(tmp_path: Path) -> None:
    steps = plan_study(small_study(), WorkDir(tmp_path)).steps
    names = [step.name for step in chosen(steps, ["share"])]
    main = ["teacher", "data", "base", "sft", "dpo", "eval"]
    assert names == [*main, "share-10", "share-25", "share-50", "share-eval"]
    with pytest.raises(UnknownNameError, match="shares"):
        chosen(steps, ["shares"])


def test_ablations_differ_from_the_main_student_in_one_thing(tmp_path: Path, all_stands: None) -> None:
    jobs = pretended(small_study(), tmp_path)
    main = jobs["sft"]
    assert isinstance(main, TrainJob)

    def changed(name: str, other: object = main) -> set[str]:
        job = jobs[name]
        assert isinstance(job, TrainJob)
        assert isinstance(other, TrainJob)
        one, two = job.settings.model_dump(), other.settings.model_dump()
        return {key for key in one if one[key] != two[key]} - {"out"}

    assert changed("share-10") == {"share", "max_steps"}
    share = jobs["share-10"]
    assert isinstance(share, TrainJob)
    assert share.settings.max_steps == 7, "as many steps as the main student took"
    assert changed("size-s-sft") == {"model"}
    assert changed("dpo-own", jobs["dpo"]) == {"data"}
    assert changed("dpo-mixed", jobs["dpo"]) == {"dpo"}
    assert changed("kto") == {"stage", "model", "optim"}
    base = jobs["size-s-base"]
    assert isinstance(base, BaseJob)
    assert base.settings.size == "s"
    assert "size-m-base" not in jobs, "the main student's size is there already"


def test_a_student_from_elsewhere_needs_no_base_and_has_no_sizes(tmp_path: Path) -> None:
    steps = plan_study(small_study(student={"model": "org/name"}), WorkDir(tmp_path)).steps
    names = {step.name for step in steps}
    assert "base" not in names
    assert not any(name.startswith("size") for name in names)


def test_teacher_samples_are_whole() -> None:
    collecting = Collecting(samples=3, teacher_share=0.5)
    assert [collecting.teacher_samples(number) for number in (1, 2)] == [3, 2]

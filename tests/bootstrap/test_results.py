"""Results are what the files say: aims missed stay missed, what was not run is named, nothing is invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blazer.bootstrap.aims import Aim, _Asked, _points, in_budget, outcomes_of
from blazer.bootstrap.loop import bootstrap
from blazer.bootstrap.presets import CONTROLS
from blazer.bootstrap.reporting import write_results
from blazer.bootstrap.results import gather, named
from blazer.bootstrap.settings import StudySettings
from blazer.bootstrap.steps import BEGUN, DONE, Begun, WorkDir, write_json
from blazer.bootstrap.study import study
from blazer.bootstrap.table import curve_of, round_table, write_table
from blazer.core.errors import UnknownNameError, UsageError
from blazer.core.outcomes import Outcome
from blazer.core.run_card import DataUsed, write_run_card
from blazer.eval.evaluation.compare import compare
from blazer.eval.evaluation.errors import EvaluationError
from blazer.eval.evaluation.evaluate import read_evaluation
from blazer.eval.evaluation.leak import summary_of
from blazer.eval.evaluation.sections import models_table
from blazer.tasks.library import task_names
from tests.bootstrap.fakes import no_run
from tests.bootstrap.pretend import Pretend, all_stands
from tests.bootstrap.test_plans import loop, small_study
from tests.eval.evaluation.fakes import Fate, card, data, episode

pytest.importorskip("matplotlib", reason="the extra `data` draws")
__all__ = ["all_stands"]

SEEDS = 8


def fate(model: str, task: str, seed: int, sample: int) -> Outcome:
    """Teachers fail every second layout, SFT one in eight, DPO never; whatever is cut short fails."""
    layout = seed - 2_000_000
    if model == "base" or model.endswith("-base"):
        return Outcome.FORMAT_FAULT
    if model == "teacher":
        return Outcome.GOAL_NOT_MET if layout % 2 else Outcome.SUCCESS
    if model == "sft" or model.startswith(("share", "size")):
        return Outcome.GOAL_NOT_MET if layout == 1 else Outcome.SUCCESS
    if model == "kto":
        return Outcome.COLLISION if layout < 2 else Outcome.SUCCESS
    return Outcome.SUCCESS


def ran(tmp_path: Path, parts: tuple[str, ...], fate: Fate = fate) -> tuple[StudySettings, WorkDir]:
    """A study, some of its parts run."""
    settings = small_study(test={"seeds": SEEDS, "resamples": 100}, ablation_seeds=4)
    assert study(settings, no_run, tmp_path, parts=parts, run=Pretend(fate)).failed == {}
    return settings, WorkDir(tmp_path)


def aim(aims: tuple[Aim, ...], name: str) -> Aim:
    """By name."""
    return next(found for found in aims if found.name == name)


def test_a_whole_study_is_reported(tmp_path: Path, all_stands: None) -> None:
    settings = small_study(test={"seeds": SEEDS, "resamples": 100}, ablation_seeds=4)
    assert study(settings, no_run, tmp_path / "work", run=Pretend(fate)).failed == {}
    results, files = write_results(settings, WorkDir(tmp_path / "work"), tmp_path / "docs", "blazer study")
    assert results.complete
    assert results.not_run == ()
    record = json.loads((tmp_path / "docs" / "results.json").read_text())
    rows = {row["name"]: row for row in record["models"]}
    assert list(rows) == ["teacher", "teacher+repair", "base", "sft", "dpo"]
    assert rows["teacher"]["success_strict"] == 0.5
    assert rows["sft"]["success_strict"] == 1 - 1 / SEEDS
    assert rows["dpo"]["success_strict"] == 1.0
    for row in rows.values():
        assert {"success_strict", "success_paper", "n", "ci_low", "ci_high", "tasks"} <= row.keys()
        assert row["n"] == 2 * SEEDS
        assert set(row["tasks"]) == {"put_block", "close_jar"}
    assert {path.name for path in files} == {
        "results.md", "results.json", "manifest.json", "main-success.png", "main-failures.png",
        "outside-success.png", "share.png", "size.png", "negatives.png", "rounds.png",
    }  # fmt: skip
    for path in files:
        assert path.suffix == ".png" or str(tmp_path) not in path.read_text(), "paths are nobody else's"
    page = (tmp_path / "docs" / "results.md").read_text()
    for path in files:
        assert path.suffix != ".png" or f"](results/{path.name})" in page
    manifest = json.loads((tmp_path / "docs" / "results" / "manifest.json").read_text())
    assert {step["name"] for step in manifest["steps"]} >= {"teacher", "data", "sft", "dpo", "eval"}
    assert set(manifest["wall_s"]) == {"main", "share", "size", "negatives", "rounds"}


def test_rows_of_an_ablation_have_seen_the_same_layouts(tmp_path: Path, all_stands: None) -> None:
    settings, place = ran(tmp_path, ("main", "negatives"))
    (ablation,) = gather(settings, place).ablations
    rows = {row.name: row for row in ablation.rows}
    assert {row.n for row in rows.values()} == {2 * 4}
    assert rows["sft"].success_strict == 0.75, "on its first four layouts, not on all eight"
    assert rows["sft"].against_sft is None
    against = rows["kto"].against_sft
    assert against is not None
    assert (against.first, against.second) == (0.75, 0.5)
    shown = rows["kto"].shown_failures
    assert shown is not None
    assert shown.difference == -0.25, "collisions were not shown; goals not met were"
    assert rows["kto"].control is None, "this study has no student of the good answers alone"


def test_who_learned_from_failures_is_paired_with_who_had_only_the_good_answers(
    tmp_path: Path, all_stands: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CONTROLS, "dpo", "kto")
    settings, place = ran(tmp_path, ("main", "negatives"))
    results, _ = write_results(settings, place, tmp_path / "docs", "blazer study")
    (ablation,) = results.ablations
    rows = {row.name: row for row in ablation.rows}
    beyond = rows["dpo"].against_control
    assert rows["dpo"].control == "kto" and beyond is not None
    assert (beyond.first, beyond.second) == (rows["kto"].success_strict, rows["dpo"].success_strict)
    assert beyond.n == 2 * 4
    assert (
        f"| {rows['dpo'].label} | {rows['kto'].label} | 8 |" in (tmp_path / "docs" / "results.md").read_text()
    )


def test_aims_are_what_was_measured(tmp_path: Path, all_stands: None) -> None:
    settings, place = ran(tmp_path, ("main",))
    aims = gather(settings, place).aims
    assert aim(aims, "sft_above_teacher").reached
    assert aim(aims, "sft_above_teacher").measured == pytest.approx(37.5)
    assert not aim(aims, "sft_above_90").reached, "87.5 %"
    assert aim(aims, "dpo_not_below_sft").reached
    fewer = aim(aims, "dpo_fewer_shown_failures")
    assert fewer.reached
    assert "goal_not_met" in fewer.text
    assert "collision" not in fewer.text


def test_a_miss_is_written_as_one(tmp_path: Path, all_stands: None) -> None:
    def bad(model: str, task: str, seed: int, sample: int) -> Outcome:
        if model == "dpo":
            return Outcome.GOAL_NOT_MET
        return fate(model, task, seed, sample)

    settings, place = ran(tmp_path / "work", ("main",), bad)
    results, _ = write_results(settings, place, tmp_path / "docs", "blazer study")
    assert not aim(results.aims, "dpo_not_below_sft").reached
    assert not aim(results.aims, "dpo_fewer_shown_failures").reached
    assert (tmp_path / "docs" / "results.md").read_text().count("| not reached |") == 3


def test_fewer_of_nothing_is_not_reached(tmp_path: Path, all_stands: None) -> None:
    settings, place = ran(tmp_path, ("main",), lambda *_: Outcome.SUCCESS)
    fewer = aim(gather(settings, place).aims, "dpo_fewer_shown_failures")
    assert not fewer.reached
    assert "nothing left" in fewer.remark


def test_a_budget_is_kept_or_not() -> None:
    assert in_budget(5400.0, 5400.0).reached
    assert not in_budget(5401.0, 5400.0).reached


def test_what_makes_no_difference_is_not_sure(tmp_path: Path, all_stands: None) -> None:
    settings, place = ran(tmp_path / "work", ("main",), lambda *_: Outcome.SUCCESS)
    results, _ = write_results(settings, place, tmp_path / "docs", "blazer study")
    same = aim(results.aims, "dpo_not_below_sft")
    assert same.reached
    assert not same.sure
    assert "no layout differs" in same.remark
    assert not aim(results.aims, "sft_above_90").sure, "16 episodes"
    page = (tmp_path / "docs" / "results.md").read_text()
    assert "A miss cannot be excluded for: sft_above_90, dpo_not_below_sft." in page


def test_a_small_study_is_not_taken_for_the_protocol(tmp_path: Path, all_stands: None) -> None:
    settings, place = ran(tmp_path / "work", ("main",))
    results, _ = write_results(settings, place, tmp_path / "docs", "blazer study")
    assert {found.protocol for found in results.aims} == {False}
    page = (tmp_path / "docs" / "results.md").read_text()
    assert "Not the study's protocol" in page
    assert "| 16 of 900 |" in page


def test_the_protocol_is_the_pools_tasks_with_enough_seeds() -> None:
    tasks = task_names("train")
    good = [episode(task, seed) for task in tasks for seed in range(2_000_000, 2_000_100)]
    bad = [found._replace(outcome=Outcome.GOAL_NOT_MET, strict=False) for found in good]
    episodes = {"sft": bad[:300] + good[300:], "dpo": good}
    gap = compare("sft", "dpo", episodes, tasks, resamples=100).strict
    for asked, protocol in (
        (_Asked(tasks, 100), True),
        (_Asked(tasks, 99), False),
        (_Asked(tasks[1:], 100), False),
    ):
        found = _points("some", "text", gap, 0.0, asked)
        assert (found.protocol, found.demanded) == (protocol, 900)


def test_time_is_kept_when_everything_is_done_and_not_before(tmp_path: Path, all_stands: None) -> None:
    settings, place = ran(tmp_path, ("main",))
    assert aim(gather(settings, place).aims, "main_in_time").reached
    proof = place.done("eval-outside")
    assert proof is not None
    (place.step("eval-outside") / DONE).unlink()
    assert "main_in_time" not in {found.name for found in gather(settings, place).aims}
    begun = Begun(inputs=proof.inputs, begun_at="then", tries=1, spent_s=settings.budget_s + 60)
    write_json(place.step("eval-outside") / BEGUN, begun)
    late = aim(gather(settings, place).aims, "main_in_time")
    assert not late.reached
    assert "steps are left" in late.remark


def test_the_manifest_shows_that_nothing_learnt_was_tested(tmp_path: Path, all_stands: None) -> None:
    settings, place = ran(tmp_path / "work", ("main",))
    proof = place.done("data")
    assert proof is not None
    seen = DataUsed(
        name="out", digest=proof.made.digest, rows=5, tasks=("put_block",), seeds={"put_block": (0, 1, 2, 7)}
    )
    for step, lineage in {"sft": (seen,), "dpo": (seen, data(seeds=(500_000,)))}.items():
        place.out(step).mkdir(parents=True)
        write_run_card(place.out(step), card(*lineage))
    results, _ = write_results(settings, place, tmp_path / "docs", "blazer study")
    first, second = results.manifest.held_out
    assert (first.name, first.seeds, first.ranges) == ("data", 4, "0-2, 7")
    assert first.students == ("sft", "dpo")
    assert (second.ranges, second.students) == ("500000", ("dpo",))
    assert [(found.evaluated, found.for_evaluation) for found in (first, second)] == [(0, 0), (0, 0)]
    assert "none of them was evaluated" in (tmp_path / "docs" / "results.md").read_text()
    leaked = seen.model_copy(update={"seeds": {"put_block": (2_000_001, 2_500_000)}})
    write_run_card(place.out("sft"), card(leaked))
    found = write_results(settings, place, tmp_path / "docs", "blazer study")[0].manifest.held_out[0]
    assert (found.evaluated, found.for_evaluation) == (1, 2)
    assert "**3 of them" in (tmp_path / "docs" / "results.md").read_text()


def test_data_sets_bear_the_names_of_their_steps(tmp_path: Path, all_stands: None) -> None:
    _, place = ran(tmp_path / "work", ("main",))
    proof = place.done("data")
    assert proof is not None
    evaluation = read_evaluation(place.out("eval"))
    mark = proof.made.digest
    seen = DataUsed(name="out", digest=mark, rows=5, tasks=("put_block",), seeds={"put_block": (0,)})
    summary = summary_of(card(seen).model_copy(update={"model": "steps/base/out"}))
    update = {"card": summary, "seeds_check": f"none of 16 pairs seen (data sets: out {mark})"}
    trained = evaluation.model_copy(
        update={"models": tuple(model.model_copy(update=update) for model in evaluation.models)}
    )
    (model, *_) = named(trained, {"data": proof}).models
    assert model.card is not None
    assert model.card.data[0].name == "data"
    assert model.seeds_check.endswith(f"(data sets: data {mark})")
    assert "sft from base," in str(models_table(named(trained, {"data": proof})).rows)


def test_a_success_is_no_way_of_failing() -> None:
    assert outcomes_of({"fragile": 1, "collision": 2}) == {Outcome.COLLISION}
    with pytest.raises(UnknownNameError, match="bumped"):
        outcomes_of({"bumped": 1})


def test_a_partial_study_says_what_is_missing(tmp_path: Path, all_stands: None) -> None:
    settings, place = ran(tmp_path / "work", ("main",))
    results, files = write_results(settings, place, tmp_path / "docs", "blazer study")
    assert not results.complete
    assert {item.part for item in results.not_run} == {"share", "size", "negatives", "rounds"}
    assert results.ablations == ()
    page = (tmp_path / "docs" / "results.md").read_text()
    assert "| share | share-eval | not run yet |" in page
    assert not any("share" in path.name for path in files)


def test_a_study_that_never_began_has_no_figures(tmp_path: Path) -> None:
    (tmp_path / "work" / "steps").mkdir(parents=True)
    results, files = write_results(
        small_study(), WorkDir(tmp_path / "work"), tmp_path / "docs", "blazer study"
    )
    assert (results.models, results.aims, results.ablations) == ((), (), ())
    assert "Nothing can be said yet" in (tmp_path / "docs" / "results.md").read_text()
    assert not any(path.suffix == ".png" for path in files)


def test_a_report_of_no_study_overwrites_nothing(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "results.md").write_text("of before")
    with pytest.raises(UsageError, match="holds no study"):
        write_results(small_study(), WorkDir(tmp_path / "wrok"), docs, "blazer study")
    assert (docs / "results.md").read_text() == "of before"


def test_a_report_removes_what_the_one_before_wrote_and_nothing_else(
    tmp_path: Path, all_stands: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, place = ran(tmp_path / "work", ("main",))
    docs = tmp_path / "docs"
    write_results(settings, place, docs, "blazer study")
    foreign = [
        docs / "results" / "mine.png",
        docs / "results" / "kept" / "notes.txt",
        docs / "results" / "a.md",
    ]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_text("foreign")
    before = (docs / "results.md").read_text()

    def broken(*_: object) -> None:
        raise EvaluationError("cannot draw")

    with monkeypatch.context() as patched:
        patched.setattr("blazer.bootstrap.reporting.plot_failures", broken)
        with pytest.raises(EvaluationError):
            write_results(settings, place, docs, "blazer study again")
    assert (docs / "results.md").read_text() == before, "whole or not at all"
    assert sorted(path.name for path in docs.iterdir()) == ["results", "results.json", "results.md"]
    (place.out("eval") / "eval.json").unlink()
    write_results(settings, place, docs, "blazer study")
    assert not (docs / "results" / "main-success.png").exists()
    assert all(path.read_text() == "foreign" for path in foreign)


def test_results_of_other_settings_are_not_taken_for_these(tmp_path: Path, all_stands: None) -> None:
    ran(tmp_path, ("main",))
    other = small_study(test={"seeds": SEEDS, "resamples": 100}, ablation_seeds=4, collect={"seeds": 7})
    results = gather(other, WorkDir(tmp_path))
    assert results.models == ()
    states = {item.step: item.state for item in results.not_run}
    assert states["teacher"] == states["eval"] == "changed"


def test_mixed_code_is_told(tmp_path: Path, all_stands: None) -> None:
    settings, place = ran(tmp_path, ("main",))
    path = place.step("sft") / DONE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"code": "another"}))
    assert any("another" in text for text in gather(settings, place).manifest.mixed)


def test_rounds_are_in_one_table(tmp_path: Path, all_stands: None) -> None:
    settings = loop(rounds=2, test={"seeds": SEEDS, "resamples": 100})
    place = WorkDir(tmp_path)
    before = round_table(settings, place)
    assert before.rows == ()
    assert before.notes == ("2 of 2 rounds are not evaluated yet",)
    assert bootstrap(settings, no_run, tmp_path, run=Pretend(fate)).failed == {}
    table = round_table(settings, place)
    assert [row[0] for row in table.rows] == ["before", "1", "2"]
    assert table.notes == ()
    assert table.rounds[1].coders == {"teacher": 0.6}
    assert table.rounds[2].coders == {"teacher": 0.6, "student": 0.6}
    assert table.rounds[1].models["sft"].success_strict == 1 - 1 / SEEDS
    written = {path.name for path in write_table(table, place)}
    assert {"table.md", "table.json", "curve.png"} <= written
    assert {(point.round, point.name) for point in curve_of(table)} == {
        (number, name) for number in (1, 2) for name in ("sft", "dpo", "teacher", "base")
    }
    against = table.rounds[1].against_teacher
    assert (against["sft"].n, against["sft"].first, against["sft"].difference) == (16, 0.5, 0.375)
    assert against["dpo"].difference == 0.5
    assert "+50.0" in table.rows[1][-2]


def test_the_table_shows_nothing_of_other_settings(tmp_path: Path, all_stands: None) -> None:
    settings = loop(rounds=1, test={"seeds": SEEDS, "resamples": 100})
    place = WorkDir(tmp_path)
    assert bootstrap(settings, no_run, tmp_path, run=Pretend(fate)).failed == {}
    other = settings.model_copy(update={"collect": settings.collect.model_copy(update={"seeds": 7})})
    table = round_table(other, place)
    assert [row[0] for row in table.rows] == ["before"], "the round was made with other seeds"
    assert table.notes == ("1 of 1 rounds are not evaluated yet",)


def test_words_say_what_was_done(tmp_path: Path, all_stands: None) -> None:
    settings = small_study(
        test={"seeds": SEEDS, "resamples": 100}, ablation_seeds=4, rounds=2, collect={"teacher_share": 1.0}
    )
    place = WorkDir(tmp_path / "work")
    assert study(settings, no_run, place.root, parts=("main", "rounds"), run=Pretend(fate)).failed == {}
    write_results(settings, place, tmp_path / "docs", "blazer study")
    page = (tmp_path / "docs" / "results.md").read_text()
    assert "The teacher alone writes them." in page
    assert "tasks that no student was trained on" in page
    assert "one program an episode;" in page, "the pretended `teacher+repair` repairs nothing"

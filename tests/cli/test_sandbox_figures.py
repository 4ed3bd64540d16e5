"""`sandbox selfcheck`, `bench sandbox` and `bench soak`: what they print, and when they end with 1."""

from __future__ import annotations

import pytest

from blazer.cli import bench_soak, sandbox_selfcheck
from blazer.cli.bench_sandbox import amounts_of
from blazer.core.records import IsolationLevel
from blazer.eval.gauges import Gauge
from blazer.eval.samples import least
from blazer.eval.soak import SoakReport
from tests.cli.conftest import Blazer


def _found(name: str, kept: bool | None, why: str = "") -> sandbox_selfcheck.Found:
    return sandbox_selfcheck.Found(
        kind="plain", name=name, kept=kept, says=f"promise of {name}", why=why, raw=False, wall_s=0.1
    )


def _selfcheck(*checks: sandbox_selfcheck.Found) -> sandbox_selfcheck.SelfCheck:
    return sandbox_selfcheck.SelfCheck(
        tier="process",
        ok=all(check.kept is not False for check in checks),
        kept=sum(check.kept is True for check in checks),
        broken=sum(check.kept is False for check in checks),
        not_promised=sum(check.kept is None for check in checks),
        isolation=IsolationLevel(tier="process", promises={"seccomp": True, "landlock": False}),
        checks=checks,
        wall_s=1.0,
    )


def _staged(monkeypatch: pytest.MonkeyPatch, *checks: sandbox_selfcheck.Found) -> None:
    async def played(*_: object, **__: object) -> sandbox_selfcheck.SelfCheck:
        return _selfcheck(*checks)

    monkeypatch.setattr(sandbox_selfcheck, "self_check", played)


def test_selfcheck_runs_one_check_both_ways(blazer: Blazer) -> None:
    answer = blazer("sandbox", "selfcheck", "--tier", "process", "--only", "runs_a_program", "--json")
    assert answer.code == 0, answer.err
    found = answer.json
    assert [(c["kind"], c["name"], c["kept"]) for c in found["checks"]] == [
        ("plain", "runs_a_program", True),
        ("world", "runs_a_program", True),
    ]
    assert (found["tier"], found["kept"], found["broken"]) == ("process", 2, 0)
    assert found["isolation"]["promises"]["seccomp"] is True


def test_a_broken_promise_ends_with_1_and_says_why(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    _staged(
        monkeypatch, _found("a", True), _found("b", False, "it \x1b[2Jgot out"), _found("c", None, "no eyes")
    )
    monkeypatch.setenv("COLUMNS", "80")
    answer = blazer("sandbox", "selfcheck", "--tier", "process")
    assert answer.code == 1
    assert "1 kept, 1 broken, 1 not promised here" in answer.out
    assert "b: it \\x1b[2Jgot out" in answer.out and "not proved: landlock" in answer.out
    assert "\x1b" not in answer.out
    assert max(len(line) for line in answer.out.splitlines()) <= 80


def test_what_is_not_promised_is_not_broken(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    _staged(monkeypatch, _found("a", True), _found("c", None, "not here"))
    assert blazer("sandbox", "selfcheck", "--tier", "process", "--json").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sandbox", "selfcheck", "--tier", "podman"), "unknown sandbox tier 'podman'"),
        (("sandbox", "selfcheck", "--only", "nothing_like_it"), "no check has 'nothing_like_it'"),
        (("bench", "sandbox", "--tiers", "docker,podman"), "unknown sandbox tier 'podman'"),
        (("bench", "sandbox", "--tiers", ","), "--tiers is empty"),
        (("bench", "sandbox", "-n", "1"), "-n"),
        (("bench", "sandbox", "--everyday", "nowhere"), "is no directory"),
        (("bench", "soak", "--tier", "auto"), "unknown sandbox tier 'auto'"),
        (("bench", "soak", "-n", "5"), "greater than or equal to 100"),
    ],
)
def test_what_cannot_be_is_said(blazer: Blazer, arguments: tuple[str, ...], said: str) -> None:
    answer = blazer(*arguments)
    assert answer.code == 2 and said in answer.err


def test_bench_sandbox_is_an_object_for_one_tier(blazer: Blazer) -> None:
    answer = blazer("bench", "sandbox", "--tiers", "process", "-n", "4", "--episodes", "0", "--json")
    assert answer.code == 0, answer.err
    found = answer.json
    assert found["tier"] == "process" and found["samples"]["dispatch"] == 4
    assert found["dispatch_ms_p50"] > 0 and found["dispatch_ms_p99"] is None
    assert found["everyday_n"] is None or found["everyday_accepted"] <= found["everyday_n"]


def test_the_usual_amounts_make_every_percentile() -> None:
    amounts = amounts_of(200, 3)
    assert min(amounts.dispatch, amounts.calls, amounts.overshoot) >= least(99)
    assert min(amounts.cold, amounts.policy) >= least(95)


def _report(**changes: object) -> SoakReport:
    gauge = Gauge(
        name="host_rss_mb", first=50, last=51, max=52, slope_per_1000=0.1, growth=0.5, allowed=5, flat=True,
        samples=40,
    )  # fmt: skip
    plain: dict[str, object] = {
        "tier": "process", "programs": 100, "workers": 2, "seed": 0, "elapsed_s": 10.0,
        "programs_per_s": 10.0, "ok": True, "wrong_n": 0, "wrong": (), "infra_errors": 0, "cross_talk": 0,
        "endings": {}, "gauges": (gauge,), "rule": "flat: a rule", "left_behind": {"containers": 0},
        "flood": None, "neighbours": None,
    }  # fmt: skip
    return SoakReport.model_validate({**plain, **changes})


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({}, 0, "left behind: nothing"),
        ({"ok": False, "left_behind": {"containers": 3}}, 1, "left behind: 3 containers"),
        ({"ok": False, "wrong_n": 2, "infra_errors": 1}, 1, "2 wrong endings, 1 of them infrastructure"),
    ],
)
def test_soak_ends_with_1_where_something_is_wrong(
    blazer: Blazer, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], code: int, said: str
) -> None:
    async def played(*_: object, **__: object) -> SoakReport:
        return _report(**changes)

    monkeypatch.setattr(bench_soak, "soak", played)
    answer = blazer("bench", "soak", "-n", "100")
    assert (answer.code, said in answer.out) == (code, True), answer.out
    assert "flat: a rule" in answer.out and "host_rss_mb" in answer.out


def test_too_few_samples_are_the_callers_doing(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def played(*_: object, **__: object) -> SoakReport:
        raise ValueError("3 samples say nothing about growth; it takes 8")

    monkeypatch.setattr(bench_soak, "soak", played)
    answer = blazer("bench", "soak", "-n", "100")
    assert answer.code == 2 and "--every-s" in answer.err

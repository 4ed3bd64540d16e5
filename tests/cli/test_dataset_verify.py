"""`blazer dataset verify`: what it runs, what it believes, and that it says so when anything is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from blazer.cli import dataset_verify
from blazer.cli.dataset_verify import settle
from blazer.core.outcomes import Outcome
from blazer.core.records import Decision, Execution, PolicyReport, Verdict
from blazer.store.store import Store
from blazer.training.build import build_dataset
from blazer.training.claims import Claim, Expected, claims_of, sampled
from blazer.training.errors import DatasetDamaged
from blazer.training.reading import read_instances, read_manifest, read_rows
from blazer.training.settings import DatasetSettings
from tests.agents.fakes import FakeSandbox, Result, instantiate
from tests.agents.fakes import spec as make_spec
from tests.cli.conftest import Blazer
from tests.training.builders import store_of, varied

pytest.importorskip("pyarrow")


class Recorded(FakeSandbox):
    """A sandbox where a program ends as the store says, unless told otherwise."""

    def __init__(self, outcomes: dict[tuple[str, int, str], Outcome], **changed: Outcome) -> None:
        super().__init__()
        self.outcomes, self.changed = outcomes, changed

    async def check(self, source: str) -> PolicyReport:
        return PolicyReport(accepted="import os" not in source)

    async def run(self, source: str, instance: Any, verify: Sequence[Any] = ()) -> Result:
        self.ran.append((instance.task, instance.seed, source))
        outcome = self.outcomes[instance.task, instance.seed, source]
        outcome = self.changed.get(outcome.value, outcome)
        return Result(Execution(outcome=outcome), Verdict(paper=Decision.NONE, strict=Decision.NONE))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data set whose instances are whole."""
    traces = []
    for item in varied(seeds=range(6)):
        instance = instantiate(make_spec(item.task), item.seed).model_dump(mode="json")
        traces.append(item.model_copy(update={"instance": instance}))
    store = store_of(tmp_path / "traces.sqlite", traces)
    wanted = DatasetSettings.model_validate({"style": "brief", "split": {"val_fraction": 0.25}})
    with Store.open(store) as opened:
        build_dataset(opened, tmp_path / "data", wanted)
    return tmp_path / "data"


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Stands in for the real one; ends programs as they were recorded."""
    fake = Recorded({(t.task, t.seed, t.program): t.outcome for t in varied(seeds=range(6))})

    @asynccontextmanager
    async def opened(*_: object, **__: object) -> AsyncIterator[Recorded]:
        yield fake

    monkeypatch.setattr(dataset_verify, "open_sandbox", opened)
    return fake


def _claims(data: Path) -> list[Claim]:
    manifest = read_manifest(data)
    return claims_of(
        row
        for kind, splits in manifest.counts.items()
        for s in splits
        for row in read_rows(data, manifest, kind, s)
    )


def test_all_programs_agree(data: Path, sandbox: Recorded, blazer: Blazer) -> None:
    answer = blazer("dataset", "verify", str(data), "--all", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["all_hold"] is True
    assert answer.json["run"] == answer.json["programs"] == len(_claims(data))
    assert set(answer.json["by_expectation"]) == set(Expected)
    assert len(set(sandbox.ran)) == len(sandbox.ran)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"success": Outcome.COLLISION}, "success"),
        ({"collision": Outcome.SUCCESS}, "failure"),
        ({"grasp_missed": Outcome.SUCCESS}, "failure"),
    ],
)
def test_a_verdict_that_changed_is_told(
    data: Path, sandbox: Recorded, blazer: Blazer, changed: dict[str, Outcome], expected: str
) -> None:
    sandbox.changed = changed
    answer = blazer("dataset", "verify", str(data), "--all", "--json")
    assert answer.code == 1
    assert {item["expected"] for item in answer.json["differing"]} == {expected}
    assert blazer("dataset", "verify", str(data), "--all").code == 1


def test_another_failure_is_still_a_failure(data: Path, sandbox: Recorded, blazer: Blazer) -> None:
    sandbox.changed = {"collision": Outcome.UNREACHABLE}
    assert blazer("dataset", "verify", str(data), "--all").code == 0


def test_a_sandbox_that_fails_is_no_failed_program(data: Path, sandbox: Recorded, blazer: Blazer) -> None:
    sandbox.changed = {"collision": Outcome.INFRA_ERROR}
    answer = blazer("dataset", "verify", str(data), "--all")
    assert answer.code == 1
    assert "the sandbox failed" in answer.err


def test_a_policy_that_accepts_now_is_told(
    data: Path, sandbox: Recorded, blazer: Blazer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def accept(source: str) -> PolicyReport:
        return PolicyReport(accepted=True)

    monkeypatch.setattr(sandbox, "check", accept)
    answer = blazer("dataset", "verify", str(data), "--all", "--json")
    assert {item["expected"] for item in answer.json["differing"]} == {"refused"}


def test_altered_files_run_nothing(data: Path, sandbox: Recorded, blazer: Blazer) -> None:
    path = data / "sft/train.jsonl"
    path.write_bytes(path.read_bytes().replace(b"red", b"rot", 1))
    answer = blazer("dataset", "verify", str(data), "--json")
    assert answer.code == 1
    assert answer.json["problems"]
    assert not sandbox.ran


def test_a_sample_is_drawn_from_every_expectation_and_is_the_same_again(data: Path) -> None:
    claims = _claims(data)
    some = sampled(claims, 8, 0)
    assert some == sampled(claims, 8, 0) != sampled(claims, 8, 1)
    assert len(some) == 8
    assert {claim.expected for claim in some} == set(Expected)
    assert sampled(claims, 10_000, 0) == claims
    assert sampled(claims, 0, 0) == []


def test_all_and_a_sample_exclude_each_other(data: Path, blazer: Blazer) -> None:
    assert blazer("dataset", "verify", str(data), "--all", "--sample", "3").code == 2


async def test_an_instance_that_is_not_there_is_damage(data: Path) -> None:
    claim = next(claim for claim in _claims(data) if claim.expected is Expected.SUCCESS)
    with pytest.raises(DatasetDamaged):
        await settle(claim, {}, Recorded({}))
    assert claim.instance in read_instances(data, read_manifest(data))

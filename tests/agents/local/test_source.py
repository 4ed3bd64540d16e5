"""Finding a model and telling it from another, without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from blazer.agents.errors import LocalModelMissing
from blazer.agents.local.source import find_model
from blazer.agents.models import RoleConfig
from blazer.agents.run import CollectConfig
from blazer.core.errors import ConfigError, UsageError
from blazer.core.run_card import DataUsed, RunCard, write_run_card
from blazer.core.weights import weights_digest


def a_model(directory: Path, weights: bytes = b"w") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config.json").write_text("{}")
    (directory / "model.safetensors").write_bytes(weights)
    return directory


def an_adapter(directory: Path, base: str) -> Path:
    directory.mkdir(parents=True)
    (directory / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": base}))
    (directory / "adapter_model.safetensors").write_bytes(b"a")
    return directory


def digest_of(directory: Path) -> str:
    return find_model(f"hf:{directory}").digest


def test_other_weights_at_the_same_place_are_another_model(tmp_path: Path) -> None:
    place = a_model(tmp_path / "m")
    before = digest_of(place)
    assert digest_of(a_model(tmp_path / "copy")) == before, "the place does not matter"
    (place / "trainer_state.json").write_text("{}")
    assert digest_of(place) == before
    for name, text in (
        ("model.safetensors", "x"),
        ("chat_template.jinja", "x"),
        ("generation_config.json", "x"),
    ):
        (place / name).write_text(text)
        now = digest_of(place)
        assert now != before, name
        before = now


def test_an_adapter_is_told_apart_by_its_base_too(tmp_path: Path) -> None:
    base = a_model(tmp_path / "base")
    place = an_adapter(tmp_path / "lora", "../base")
    source = find_model(f"hf:{place}")
    assert source.base is not None
    assert source.base.directory.resolve() == base
    a_model(base, b"other")
    assert digest_of(place) != source.digest


def card(name: str = "sft", weights: str = "") -> RunCard:
    seen = DataUsed(name="d", digest="d", rows=1, tasks=("a",), seeds={"a": (7,)})
    return RunCard(
        stage="sft", name=name, style="brief", model="tiny", lineage=(seen,), config={}, seed=0, versions={},
        device="cpu", steps=9, epochs=1, wall_s=1, parameters=1, metrics={"loss": 1.0},
        weights_digest=weights,
    )  # fmt: skip


def test_a_checkpoint_has_seen_what_its_training_has(tmp_path: Path) -> None:
    place = a_model(tmp_path / "sft" / "checkpoint-4")
    (tmp_path / "sft" / "training.json").write_text("{}")
    with pytest.raises(LocalModelMissing, match=r"a checkpoint of a training that is not finished.*finish"):
        find_model(f"hf:{place}")
    (tmp_path / "sft" / "training.json").unlink()
    write_run_card(tmp_path / "sft", card())
    found = find_model(f"hf:{place}").card
    assert found is not None
    assert (found.lineage, found.style, found.name) == (card().lineage, "brief", "sft/checkpoint-4")
    assert (found.steps, found.metrics, found.weights_digest) == (4, {}, "")
    assert RoleConfig(model=f"hf:{place}").prompt_style() == "brief"


def test_an_adapter_without_a_card_has_seen_what_its_base_has(tmp_path: Path) -> None:
    write_run_card(a_model(tmp_path / "base"), card())
    place = an_adapter(tmp_path / "lora", "../base")
    assert find_model(f"hf:{place}").card == card()
    write_run_card(place, card("mine"))
    assert find_model(f"hf:{place}").card == card("mine")


def test_a_card_speaks_for_no_other_weights(tmp_path: Path) -> None:
    place = a_model(tmp_path / "m")
    write_run_card(place, card(weights=weights_digest(place)))
    assert find_model(f"hf:{place}").card is not None
    (place / "model.safetensors").write_bytes(b"others")
    with pytest.raises(ConfigError, match=r"the weights in .* are not those that its run\.json is about"):
        find_model(f"hf:{place}")
    (place / "run.json").unlink()
    assert find_model(f"hf:{place}").card is None


def test_what_makes_another_model_makes_another_run(tmp_path: Path) -> None:
    place = a_model(tmp_path / "m")
    role = RoleConfig(model=f"hf:{place}")
    config = CollectConfig(tasks=("a",), roles={"planner": role, "coder": role})
    before = config.resolved_run_id()
    assert before.startswith("hf-m-")
    assert config.resolved_run_id() == before
    a_model(place, b"other")
    assert config.resolved_run_id() != before
    brief = role.model_copy(update={"style": "brief"})
    styled = config.model_copy(update={"roles": {"planner": role, "coder": brief}})
    assert styled.resolved_run_id() != config.resolved_run_id()
    assert styled.identity()["prompts"] != config.identity()["prompts"]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda at: at, r"there is no directory"),
        (lambda at: (at.mkdir(), at)[1], r"holds no model \(no config.json"),
        (lambda at: ((at / "checkpoint-5").mkdir(parents=True), at)[1], r"training is not finished"),
        (lambda at: ((a_model(at) / "model.safetensors").unlink(), at)[1], r"holds no weights"),
        (lambda at: a_model(at) / "config.json", r"is a file; give the directory"),
        (lambda at: an_adapter(at, str(at.parent / "gone")), r"adapter on, .*gone.*: there is no directory"),
        (lambda at: an_adapter(at, ""), r"does not say which model the adapter is for"),
        (lambda at: an_adapter(at, str(at)), r"adapters on one another, or one on itself"),
    ],
    ids=["absent", "empty", "unfinished", "no weights", "file", "base gone", "no base", "own base"],
)
def test_what_is_no_model_is_named(tmp_path: Path, make: Callable[[Path], Path], text: str) -> None:
    (tmp_path / "m").mkdir()
    place = make(tmp_path / "m" / "x")
    with pytest.raises(LocalModelMissing, match=text) as caught:
        find_model(f"hf:{place}")
    assert isinstance(caught.value, UsageError)


def test_a_name_of_the_hub_without_a_network_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = "needs the extra: pip install 'blazer-agents[train]'"
    constants = pytest.importorskip("huggingface_hub.constants", reason=why)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(LocalModelMissing, match=r"neither in the hub's cache.*hf download nobody/nothing"):
        find_model("hf:nobody/nothing")


def test_samples_that_would_all_be_the_same_are_refused(tmp_path: Path) -> None:
    role = RoleConfig(model=f"hf:{a_model(tmp_path / 'm')}")
    hot = role.model_copy(update={"temperature": 0.8})

    def check(planner: RoleConfig, coder: RoleConfig) -> None:
        CollectConfig(tasks=("a",), samples=4, roles={"planner": planner, "coder": coder}).check_samples()

    with pytest.raises(UsageError, match=r"the same program 4 times.*--temperature"):
        check(role, role)
    with pytest.raises(UsageError, match="the same program"):
        check(hot, role.model_copy(update={"style": "brief"}))
    check(hot, role)
    check(role, hot)


def test_the_built_in_model_is_not_asked_briefly() -> None:
    with pytest.raises(ValueError, match="reads prompts of the style full alone"):
        RoleConfig(style="brief")


def test_a_base_url_and_a_local_model_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="leave out the base URL"):
        RoleConfig(model="hf:models/sft", base_url="http://localhost:8000/v1")


def test_nothing_here_loads_torch(tmp_path: Path) -> None:
    place = a_model(tmp_path / "m")
    code = (
        "import sys\nfrom blazer.agents.models import RoleConfig\n"
        f"RoleConfig(model='hf:{place}').parameters()\nassert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)

"""What training must do, each as a property of a few steps on a random model."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from blazer.agents.local.source import find_model as find_source
from blazer.core.run_card import read_run_card
from blazer.core.weights import weights_digest
from blazer.training.learning import train as training
from blazer.training.learning.data import TrainingRows, check_data, read_training_rows
from blazer.training.learning.hardware import choose
from blazer.training.learning.libraries import quiet, scoring_answers_alone
from blazer.training.learning.models import find_model, open_model
from blazer.training.learning.progress import TrainProgress
from blazer.training.learning.rendering import Rendering
from blazer.training.learning.settings import TrainSettings
from blazer.training.learning.train import train
from blazer.training.learning.trainers import Parts, make_trainer, precomputes
from blazer.training.learning.watching import make_callback
from blazer.training.reading import read_manifest, read_rows
from tests.training.learning.making import settings_for, torch, transformers

safetensors: Any = pytest.importorskip("safetensors.torch", reason="needs the extra `train`")


def _rows(settings: TrainSettings) -> TrainingRows:
    manifest = check_data(settings)
    tokenizer = transformers.AutoTokenizer.from_pretrained(settings.model)
    rendering = Rendering(tokenizer, [tokenizer.eos_token_id], settings.model)
    return read_training_rows(settings, manifest, rendering, 2048)


def _trainer(settings: TrainSettings) -> Any:
    hardware = choose(settings)
    with quiet():
        opened = open_model(find_model(settings.model), settings, hardware)
        callback = make_callback(settings.stage, settings.watch, lambda _: None)
        return make_trainer(settings, hardware, Parts(opened, None, _rows(settings), callback))


def _weights(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = safetensors.load_file(directory / "model.safetensors")
    return found


@pytest.fixture(scope="module")
def sft(student: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model after three supervised steps."""
    out = tmp_path_factory.mktemp("sft") / "student"
    train(settings_for("sft", student, data, out))
    return out


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_every_file_has_the_mode_that_the_umask_gives(
    student: Path, data: Path, tmp_path: Path, mask: int
) -> None:
    before = os.umask(mask)
    try:
        train(settings_for("sft", student, data, tmp_path / "out", max_steps=1))
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "out").glob("[!.r]*")}
    assert "model.safetensors" in modes
    assert set(modes.values()) == {0o666 & ~mask}


@pytest.mark.parametrize("warmup", [0.0, 0.03, 0.99])
def test_a_training_of_one_step_trains(student: Path, data: Path, tmp_path: Path, warmup: float) -> None:
    optim = {"batch_size": 2, "learning_rate": 1e-3, "warmup": warmup}
    train(settings_for("sft", student, data, tmp_path / "out", max_steps=1, optim=optim))
    before, after = _weights(student), _weights(tmp_path / "out")
    assert any(not torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize(
    ("steps", "warmup", "rates"), [(2, 0.99, [0, 1]), (3, 0.03, [0, 1]), (4, 0.5, [0, 0.5])]
)
def test_warm_up_leaves_one_step_at_least_and_is_else_as_asked_for(
    student: Path, data: Path, tmp_path: Path, steps: int, warmup: float, rates: list[float]
) -> None:
    optim = {"batch_size": 2, "learning_rate": 1e-3, "warmup": warmup}
    trainer = _trainer(settings_for("sft", student, data, tmp_path / "out", max_steps=steps, optim=optim))
    trainer.create_optimizer_and_scheduler(steps)
    found = []
    for _ in rates:
        found.append(trainer.lr_scheduler.get_last_lr()[0] / 1e-3)
        trainer.optimizer.step()
        trainer.lr_scheduler.step()
    assert found == pytest.approx(rates)


def test_the_loss_covers_the_completion_and_its_end_and_nothing_else(
    student: Path, data: Path, tokenizer: Any, tmp_path: Path
) -> None:
    trainer = _trainer(settings_for("sft", student, data, tmp_path / "out"))
    rows = trainer.train_dataset
    batch = trainer.data_collator([rows[index] for index in range(len(rows))])
    for index, labels in enumerate(batch["labels"]):
        learnt = [token for token in labels.tolist() if token != -100]
        assert tokenizer.decode(learnt) == rows[index]["completion"][0]["content"] + "<end>"
        asked = tokenizer.apply_chat_template(
            rows[index]["prompt"], add_generation_prompt=True, tokenize=True, return_dict=True
        )["input_ids"]
        assert batch["input_ids"][index, : len(asked)].tolist() == asked
        assert labels[: len(asked)].tolist() == [-100] * len(asked)
        assert labels[len(asked)] != -100


def test_chosen_and_rejected_differ_for_the_model_and_share_their_prompt(
    student: Path, data: Path, tmp_path: Path
) -> None:
    trainer = _trainer(
        settings_for("dpo", student, data, tmp_path / "out", dpo={"precompute_reference": True})
    )
    for row in trainer.train_dataset:
        assert row["chosen_ids"] != row["rejected_ids"]
        assert row["prompt_ids"]
    batch = trainer.data_collator([trainer.train_dataset[index] for index in range(2)])
    first = batch["completion_mask"].argmax(dim=1)
    assert first[0] == first[2]
    assert first[1] == first[3]


def _gradients(settings: TrainSettings) -> dict[str, Any]:
    trainer = _trainer(settings)
    kept: dict[str, Any] = {}

    class Keep(transformers.TrainerCallback):  # type: ignore[misc]
        def on_pre_optimizer_step(self, *_: Any, **__: Any) -> None:
            kept.update({n: p.grad.clone() for n, p in trainer.model.named_parameters()})

    trainer.add_callback(Keep())
    with quiet():
        trainer.train()
    return kept


@pytest.mark.parametrize("stage", ["sft", "dpo"])
def test_one_by_eight_is_eight_by_one(stage: str, student: Path, data: Path, tmp_path: Path) -> None:
    common = {"max_steps": 1, "order": "file", "validate_each": "never"}
    optim = {"learning_rate": 1e-3, "max_grad_norm": 0.0}
    eight = settings_for(
        stage, student, data, tmp_path / "a", **common, optim={**optim, "batch_size": 8, "accumulation": 1}
    )
    ones = settings_for(
        stage, student, data, tmp_path / "b", **common, optim={**optim, "batch_size": 1, "accumulation": 8}
    )
    together, apart = _gradients(eight), _gradients(ones)
    for name, gradient in together.items():
        assert gradient.abs().max() > 0, name
        torch.testing.assert_close(apart[name], gradient, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("stage", ["dpo", "kto"])
def test_several_processes_ask_the_reference_at_every_step(
    stage: str, student: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(stage, student, data, tmp_path / "out")
    assert precomputes(settings)
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert not precomputes(settings)


@pytest.mark.parametrize("stage", ["sft", "dpo", "kto"])
def test_every_parameter_moves(stage: str, student: Path, data: Path, tmp_path: Path) -> None:
    optim = {"batch_size": 4, "learning_rate": 1e-3, "weight_decay": 0.0, "warmup": 0.0}
    train(settings_for(stage, student, data, tmp_path / "out", optim=optim, validate_each="never"))
    before, after = _weights(student), _weights(tmp_path / "out")
    assert before.keys() == after.keys()
    assert [name for name in before if torch.equal(before[name], after[name])] == []


def test_a_saved_student_reloads_to_the_same_logits(
    student: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []

    def keep(*arguments: Any) -> Any:
        made.append(make_trainer(*arguments))
        return made[-1]

    monkeypatch.setattr(training, "make_trainer", keep)
    train(settings_for("sft", student, data, tmp_path / "out"))
    tokens = torch.arange(5, 45).reshape(2, 20)
    again = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "out").eval()
    with torch.no_grad():
        assert torch.equal(made[0].model.eval()(tokens).logits, again(tokens).logits)
    assert again.generation_config.eos_token_id == again.config.eos_token_id is not None
    assert transformers.AutoTokenizer.from_pretrained(tmp_path / "out").chat_template


def test_same_seed_same_weights_and_another_seed_others(
    student: Path, data: Path, sft: Path, tmp_path: Path
) -> None:
    again = train(settings_for("sft", student, data, tmp_path / "again"))
    other = train(settings_for("sft", student, data, tmp_path / "other", seed=1))
    first = read_run_card(sft)
    assert first is not None
    assert first.weights_digest == again.weights_digest == weights_digest(tmp_path / "again")
    assert first.weights_digest != other.weights_digest


def test_shares_nest(student: Path, data: Path, tmp_path: Path) -> None:
    held: list[list[Any]] = []
    for share in (0.1, 0.25, 0.5, 1.0):
        rows = _rows(settings_for("sft", student, data, tmp_path / "out", share=share))
        held.append([row["prompt"] for row in rows.train])
        assert rows.used.rows == len(rows.train)
    assert [len(some) for some in held] == sorted({len(some) for some in held})
    for small, large in pairwise(held):
        assert large[: len(small)] == small


def test_a_share_lists_only_the_seeds_that_were_seen(student: Path, data: Path, tmp_path: Path) -> None:
    settings = settings_for("sft", student, data, tmp_path / "out", share=0.1, validate_each="never")
    used = _rows(settings).used
    manifest = read_manifest(data)
    rows = list(read_rows(data, manifest, "sft", "train"))[: used.rows]
    assert {(task, seed) for task, seeds in used.seeds.items() for seed in seeds} == {
        (row.task, row.seed) for row in rows
    }


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")  # peft's loader
def test_lora_changes_nothing_but_the_adapter(student: Path, data: Path, tmp_path: Path) -> None:
    before = weights_digest(student)
    card = train(settings_for("sft", student, data, tmp_path / "out", lora={"rank": 4}))
    assert card.adapter
    assert weights_digest(student) == before
    assert not (tmp_path / "out" / "model.safetensors").exists()
    adapter = safetensors.load_file(tmp_path / "out" / "adapter_model.safetensors")
    assert all("lora_" in name for name in adapter)
    assert all(value.abs().max() > 0 for name, value in adapter.items() if "lora_B" in name)
    peft = pytest.importorskip("peft", reason="needs the extra `train`")
    model = peft.AutoPeftModelForCausalLM.from_pretrained(tmp_path / "out").eval()
    under = transformers.AutoModelForCausalLM.from_pretrained(student).eval()
    tokens = torch.arange(5, 25)[None]
    with torch.no_grad(), model.disable_adapter():
        assert torch.equal(model(tokens).logits, under(tokens).logits)
    with torch.no_grad():
        assert not torch.equal(model(tokens).logits, under(tokens).logits)


def test_an_adapter_goes_on_as_the_adapter_it_is(student: Path, data: Path, tmp_path: Path) -> None:
    train(settings_for("sft", student, data, tmp_path / "sft", lora={"rank": 4}))
    card = train(settings_for("dpo", tmp_path / "sft", data, tmp_path / "dpo"))
    assert card.adapter
    before = read_run_card(tmp_path / "sft")
    assert before is not None
    assert card.parameters == before.parameters, "the copy that it is held to is no part of it"
    assert [used.rows > 0 for used in card.lineage] == [True, True]
    first = safetensors.load_file(tmp_path / "sft" / "adapter_model.safetensors")
    second = safetensors.load_file(tmp_path / "dpo" / "adapter_model.safetensors")
    assert first.keys() == second.keys()
    assert any(not torch.equal(first[name], second[name]) for name in first)
    assert not (tmp_path / "dpo" / "ref").exists()


def test_an_adapter_on_a_relative_model_goes_on_elsewhere(student: Path, data: Path, tmp_path: Path) -> None:
    shutil.copytree(student, tmp_path / "base")
    adapter = tmp_path / "lora"
    train(settings_for("sft", tmp_path / "base", data, adapter, lora={"rank": 4}))
    config = json.loads((adapter / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = "../base"
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    (tmp_path / "deep").mkdir()
    card = train(settings_for("sft", adapter, data, tmp_path / "deep" / "more"))
    source = find_source(str(tmp_path / "deep" / "more"))
    assert source.base is not None
    assert source.base.directory == (tmp_path / "base").resolve()
    assert card.begun_files == find_source(str(adapter)).digest


def test_the_card_says_what_it_learnt_from(student: Path, data: Path, sft: Path, tmp_path: Path) -> None:
    first = read_run_card(sft)
    card = train(settings_for("dpo", sft, data, tmp_path / "dpo"))
    manifest = read_manifest(data)
    assert first is not None
    assert (first.begun_from, card.begun_from) == (weights_digest(student), first.weights_digest)
    assert [used.digest for used in card.lineage] == [manifest.digest] * 2
    assert card.lineage[0] == first.lineage[0]
    assert (card.stage, card.style, card.seed) == ("dpo", "brief", 0)
    assert first.unknown_before == card.unknown_before == (str(student),), "it came without a card"
    assert {"loss", "eval_loss", "eval_rewards/accuracies"} <= card.metrics.keys()
    assert {"torch", "trl", "transformers", "blazer"} <= card.versions.keys()


def test_progress_ends_at_the_last_step_with_nothing_left(student: Path, data: Path, tmp_path: Path) -> None:
    seen: list[TrainProgress] = []
    train(settings_for("sft", student, data, tmp_path / "out"), seen.append)
    steps = [now.step for now in seen if now.phase == "training"]
    assert steps == sorted(steps)
    assert seen[-1].phase == "done"
    assert (seen[-1].step, seen[-1].steps) == (3, 3)
    left = [now.eta_s for now in seen if now.phase == "training" and now.eta_s is not None]
    assert left[-1] == 0.0
    assert all(value >= 0 for value in left)


def test_rows_too_long_are_an_error_or_listed_and_never_cut(
    student: Path, data: Path, tmp_path: Path
) -> None:
    lengths = sorted(_rows(settings_for("sft", student, data, tmp_path / "x")).train["length"])
    limit = lengths[len(lengths) // 2]
    settings = settings_for("sft", student, data, tmp_path / "out", max_tokens=limit, too_long="leave_out")
    card = train(settings)
    listed = [json.loads(line) for line in (settings.out / "left_out.jsonl").read_text().splitlines()]
    assert all(row["tokens"] > limit for row in listed)
    dropped = sum(row["split"] == "train" for row in listed)
    assert card.lineage[-1].rows + dropped == len(lengths)
    assert dropped == sum(length > limit for length in lengths) > 0


def test_rows_of_like_length_lie_together_and_every_row_is_seen_once(
    student: Path, data: Path, tmp_path: Path
) -> None:
    trainer = _trainer(settings_for("dpo", student, data, tmp_path / "out", optim={"batch_size": 4}))
    lengths = list(trainer.train_dataset["length"])
    sampler = trainer._get_train_sampler()
    orders = []
    for epoch in (0, 1, 0):
        sampler.set_epoch(epoch)
        orders.append(list(sampler))
    assert orders[0] == orders[2] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(len(lengths)))

    def padded(order: list[int]) -> int:
        batches = [[lengths[i] for i in order[n : n + 4]] for n in range(0, len(order), 4)]
        return sum(max(batch) * len(batch) - sum(batch) for batch in batches)

    assert padded(orders[0]) < padded(list(range(len(lengths))))


@pytest.mark.parametrize("stage", ["sft", "dpo"])
def test_scoring_answers_alone_changes_no_figure(
    stage: str, student: Path, data: Path, tmp_path: Path
) -> None:
    trainer = _trainer(settings_for(stage, student, data, tmp_path / "out"))
    batch = trainer.data_collator([trainer.train_dataset[index] for index in range(4)])
    found = []
    for context in (nullcontext, scoring_answers_alone):
        trainer.model.zero_grad()
        with context(), quiet():
            loss = trainer.compute_loss(trainer.model, dict(batch))
            loss.backward()
        found.append((loss.detach(), {n: p.grad.clone() for n, p in trainer.model.named_parameters()}))
    # float32 sums in another order: what they differ by grows with the largest gradient, not with each one.
    scale = max(float(gradient.abs().max()) for gradient in found[0][1].values())
    torch.testing.assert_close(found[0], found[1], rtol=1e-4, atol=1e-5 * scale)


def test_packed_rows_do_not_see_each_other(student: Path, data: Path, tmp_path: Path) -> None:
    apart = _trainer(settings_for("sft", student, data, tmp_path / "a", validate_each="never"))
    longest = max(apart.train_dataset["length"])
    packed = _trainer(
        settings_for(
            "sft", student, data, tmp_path / "b", validate_each="never", packing=True, max_tokens=longest * 3
        )
    )
    assert len(packed.train_dataset) < len(apart.train_dataset)
    losses = []
    for trainer in (apart, packed):
        rows = trainer.train_dataset
        batch = trainer.data_collator([rows[index] for index in range(len(rows))])
        with torch.no_grad(), quiet():
            losses.append(trainer.compute_loss(trainer.model.eval(), dict(batch)))
    torch.testing.assert_close(losses[0], losses[1], rtol=1e-4, atol=1e-5)

"""Trainers take the files without any conversion. Needs torch, transformers and trl; a few steps each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from blazer.store.store import Store
from blazer.training.assemble import assemble
from blazer.training.build import build_dataset
from blazer.training.lengths import token_counter
from blazer.training.settings import DatasetSettings
from tests.training.builders import attempts_of, store_of, varied

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
torch = pytest.importorskip("torch")
trl = pytest.importorskip("trl")
transformers = pytest.importorskip("transformers")
tokenizers = pytest.importorskip("tokenizers")
datasets = pytest.importorskip("datasets")

TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}<end>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of all kinds."""
    root = tmp_path_factory.mktemp("trl")
    store = store_of(root / "traces.sqlite", varied())
    wanted = DatasetSettings.model_validate(
        {"style": "brief", "dialogue": True, "split": {"val_fraction": 0.25}}
    )
    with Store.open(store) as opened:
        build_dataset(opened, root / "data", wanted)
    return root / "data"


@pytest.fixture(scope="module")
def student(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved random model with a tokenizer of bytes."""
    root = tmp_path_factory.mktemp("student")
    parts = tokenizers.Tokenizer(tokenizers.models.BPE())
    parts.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    parts.decoder = tokenizers.decoders.ByteLevel()
    special = ["<pad>", "<end>", "<user>", "<assistant>", "<system>"]
    parts.train_from_iterator(
        [(data / "sft/train.jsonl").read_text()],
        tokenizers.trainers.BpeTrainer(
            vocab_size=600,
            special_tokens=special,
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    ends = dict(zip(("pad_token", "eos_token"), special, strict=False))
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=parts, **ends)
    fast.chat_template = TEMPLATE
    fast.save_pretrained(root)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = transformers.LlamaConfig(vocab_size=len(fast), max_position_embeddings=4096, **shape)
    transformers.LlamaForCausalLM(config).save_pretrained(root)
    return root


def _arguments(kind: str, tmp_path: Path, **more: Any) -> Any:
    common = {
        "output_dir": str(tmp_path),
        "max_steps": 2,
        "per_device_train_batch_size": 2,
        "report_to": [],
        "use_cpu": True,
        "bf16": False,
        "save_strategy": "no",
        "gradient_checkpointing": False,
        "disable_tqdm": True,
    }
    return getattr(trl, f"{kind}Config")(**(common | more))


def _tokenizer(student: Path) -> Any:
    return transformers.AutoTokenizer.from_pretrained(student)


def _model(student: Path) -> Any:
    return transformers.LlamaForCausalLM.from_pretrained(student)


def test_sft_learns_from_the_completion_and_nothing_else(data: Path, student: Path, tmp_path: Path) -> None:
    rows = datasets.load_dataset(str(data), "sft", cache_dir=str(tmp_path / "cache"))
    tokenizer = _tokenizer(student)
    trainer = trl.SFTTrainer(
        model=_model(student),
        args=_arguments("SFT", tmp_path, max_length=None),
        train_dataset=rows["train"],
        eval_dataset=rows["validation"],
        processing_class=tokenizer,
    )
    batch = trainer.data_collator([trainer.train_dataset[index] for index in range(4)])
    for index, labels in enumerate(batch["labels"]):
        learnt = tokenizer.decode([token for token in labels.tolist() if token != -100])
        assert learnt == rows["train"][index]["completion"][0]["content"] + "<end>"
    assert trainer.train().global_step == 2
    assert trainer.evaluate()["eval_loss"] > 0


def test_dpo_takes_the_pairs(data: Path, student: Path, tmp_path: Path) -> None:
    rows = datasets.load_dataset(str(data), "dpo", cache_dir=str(tmp_path / "cache"))
    trainer = trl.DPOTrainer(
        model=_model(student),
        args=_arguments("DPO", tmp_path, max_length=None),
        train_dataset=rows["train"],
        eval_dataset=rows["validation"],
        processing_class=_tokenizer(student),
    )
    assert trainer.train().global_step == 2


def test_kto_takes_the_unpaired_rows(data: Path, student: Path, tmp_path: Path) -> None:
    rows = datasets.load_dataset(str(data), "kto", cache_dir=str(tmp_path / "cache"))
    trainer = trl.KTOTrainer(
        model=_model(student),
        args=_arguments("KTO", tmp_path, max_length=None),
        train_dataset=rows["train"],
        eval_dataset=rows["validation"],
        processing_class=_tokenizer(student),
    )
    assert trainer.train().global_step == 2


def test_a_reward_gets_task_and_seed(data: Path, student: Path, tmp_path: Path) -> None:
    rows = datasets.load_dataset(str(data), "rl", cache_dir=str(tmp_path / "cache"))
    seen: list[tuple[str, int]] = []

    def reward(completions: list[Any], task: list[str], seed: list[int], **_: Any) -> list[float]:
        seen.extend(zip(task, seed, strict=True))
        return [float(len(completion[0]["content"]) % 3) for completion in completions]

    trainer = trl.GRPOTrainer(
        model=_model(student),
        reward_funcs=reward,
        args=_arguments("GRPO", tmp_path, max_steps=1, num_generations=2, max_completion_length=8),
        train_dataset=rows["train"],
        processing_class=_tokenizer(student),
    )
    trainer.train()
    known = {(row["task"], row["seed"]) for row in rows["train"]}
    assert seen
    assert set(seen) <= known


def test_lengths_in_tokens_are_those_of_the_chat_template(student: Path, tmp_path: Path) -> None:
    count = token_counter(student)
    assert count([{"role": "user", "content": ""}]) == 2
    attempts = attempts_of(varied())
    values: dict[str, Any] = {"style": "brief", "kinds": ("sft",), "split": {"val_fraction": 0}}
    values["balance"] = {"policy": "none"}
    rows = assemble(attempts, DatasetSettings.model_validate(values)).rows["sft"]["train"]
    lengths = {
        row.id: count(
            [*(m.model_dump() for m in row.prompt), {"role": "assistant", "content": row.answers()[0]}]
        )
        for row in rows
    }
    limit = sorted(lengths.values())[len(lengths) // 2] - 1
    values["length"] = {"tokenizer": student, "max_tokens": limit}
    made = assemble(attempts, DatasetSettings.model_validate(values))
    kept = {row.id for row in made.rows["sft"]["train"]}
    assert kept == {name for name, length in lengths.items() if length <= limit}
    assert sum(item.reason == "too_long" for item in made.left_out) == len(rows) - len(kept) > 0

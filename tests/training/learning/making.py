"""A small random student and a small data set, made in a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from blazer.store.store import Store
from blazer.training.build import build_dataset
from blazer.training.learning.settings import TrainSettings
from blazer.training.settings import DatasetSettings
from tests.training.builders import store_of, varied

torch: Any = pytest.importorskip("torch", reason="needs the extra `train`")
transformers: Any = pytest.importorskip("transformers", reason="needs the extra `train`")
tokenizers: Any = pytest.importorskip("tokenizers", reason="needs the extra `train`")

TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}<end>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
SPECIAL = ["<pad>", "<end>", "<user>", "<assistant>", "<system>"]


def make_data(root: Path) -> Path:
    """A data set of all kinds, style brief."""
    store = store_of(root / "traces.sqlite", varied())
    wanted = DatasetSettings.model_validate({"style": "brief", "split": {"val_fraction": 0.25}})
    with Store.open(store) as opened:
        build_dataset(opened, root / "data", wanted)
    return root / "data"


def make_tokenizer(data: Path) -> Any:
    """Byte-level, trained on the data, with a chat template."""
    parts = tokenizers.Tokenizer(tokenizers.models.BPE())
    parts.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    parts.decoder = tokenizers.decoders.ByteLevel()
    parts.train_from_iterator(
        [(data / "sft/train.jsonl").read_text()],
        tokenizers.trainers.BpeTrainer(
            vocab_size=600,
            special_tokens=SPECIAL,
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    ends = dict(zip(("pad_token", "eos_token"), SPECIAL, strict=False))
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=parts, **ends)
    fast.chat_template = TEMPLATE
    return fast


def make_model(directory: Path, tokenizer: Any, *, positions: int = 2048, **shape: Any) -> Path:
    """A saved random Llama."""
    torch.manual_seed(0)
    wanted = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=positions,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        **(wanted | shape),
    )
    transformers.LlamaForCausalLM(config).save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return directory


def settings_for(stage: str, model: Path, data: Path, out: Path, **more: Any) -> TrainSettings:
    """Few steps, nothing logged."""
    values: dict[str, Any] = {
        "stage": stage,
        "model": str(model),
        "data": data,
        "out": out,
        "max_steps": 3,
        "optim": {"batch_size": 2, "learning_rate": 1e-3},
        "logging": "none",
        "device": "cpu",
        "report_steps": 1,
    }
    return TrainSettings.model_validate(values | more)

"""A random Llama of a few ten thousand parameters with a tokenizer of its own, made in a second.

For tests of whatever loads, trains or serves models: no network, no files but those in `tmp_path`.
What it answers means nothing. Its stop token is likely enough that answers end by themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

WHY = "needs the extra: pip install 'blazer-agents[train]'"
torch = pytest.importorskip("torch", reason=WHY)
transformers = pytest.importorskip("transformers", reason=WHY)
tokenizers = pytest.importorskip("tokenizers", reason=WHY)

CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ("<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
ENDS = {"eos_token": "<|end|>", "pad_token": "<|pad|>"}
TEXTS = (
    "close the red jar: put the lid on it",
    'jar = get_object("jar0")\nexecute_trajectory([0.1, 0.2, 0.3], 0.5)\nclose_gripper("lid0")\n',
    "```python\nopen_gripper()\ntask_completed()\n```",
)


def tiny_tokenizer(*, chat_template: str | None = CHAT_TEMPLATE) -> Any:
    """Byte-level BPE of some three hundred tokens, with `SPECIAL` and a chat template."""
    core = tokenizers.Tokenizer(tokenizers.models.BPE())
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=320, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False
    )
    core.train_from_iterator(TEXTS, trainer)
    made = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, clean_up_tokenization_spaces=False, **ENDS
    )
    made.chat_template = chat_template
    return made


def tiny_config(vocabulary: int, *, context: int = 256) -> Any:
    """Two layers of width 32."""
    return transformers.LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=context,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
        tie_word_embeddings=True,
    )


def make_tiny_model(
    directory: Path, *, seed: int = 0, context: int = 256, chat_template: str | None = CHAT_TEMPLATE
) -> Path:
    """Write model and tokenizer to `directory`; equal seeds give equal weights."""
    tokenizer = tiny_tokenizer(chat_template=chat_template)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = transformers.LlamaForCausalLM(tiny_config(len(tokenizer), context=context))
    with torch.no_grad():
        # Wide weights, so that no two tokens are nearly equal: rounding must not decide an answer.
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.mul_(12.0)
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return directory

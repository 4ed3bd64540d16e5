"""A model of drawn weights, a tokenizer that fits nothing, and full rows: what a timed training is made of.

The weights are made where they will be used: eight thousand million of them would otherwise be
drawn by a processor for minutes. Where the loader itself changes them (4-bit weights, kernels of
the hub) they go through a directory and the loader of `blazer train`.
"""

from __future__ import annotations

import tempfile
from typing import Any

from blazer.core.rng import stream_seed
from blazer.core.run_card import DataUsed
from blazer.training.learning.data import LENGTH, TrainingRows
from blazer.training.learning.hardware import Hardware
from blazer.training.learning.libraries import library
from blazer.training.learning.models import Begin, Opened, load_weights, peft_config, weight_options
from blazer.training.learning.settings import TrainSettings
from blazer.training.throughput.flops import Shape
from blazer.training.throughput.settings import ThroughputSettings

_BY_LOADER = frozenset({"quantization_config", "use_kernels"})


def open_drawn(shape: Shape, settings: TrainSettings, hardware: Hardware) -> Opened:
    """Model, tokenizer and adapter, as `open_model` gives them for a model that exists."""
    torch: Any = library("torch")
    options = weight_options(settings, hardware)
    torch.manual_seed(stream_seed(settings.seed, "weights") % 2**63)
    if _BY_LOADER & options.keys():
        model = _through_a_directory(shape, settings, hardware)
    else:
        transformers: Any = library("transformers")
        with torch.device(hardware.device):
            model = transformers.AutoModelForCausalLM.from_config(llama_config(shape), **options)
    adapter = peft_config(settings.lora) if settings.lora is not None else None
    return Opened(model, tokenizer_of_nothing(), adapter)


def llama_config(shape: Shape) -> Any:
    """The shape as transformers takes it."""
    return library("transformers").LlamaConfig(
        vocab_size=shape.vocab_size,
        hidden_size=shape.hidden_size,
        intermediate_size=shape.intermediate_size,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        max_position_embeddings=shape.max_positions,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        tie_word_embeddings=shape.tied,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )


def _through_a_directory(shape: Shape, settings: TrainSettings, hardware: Hardware) -> Any:
    torch: Any = library("torch")
    with tempfile.TemporaryDirectory(prefix="blazer-weights-") as name:
        with torch.device(hardware.device):
            drawn = library("transformers").AutoModelForCausalLM.from_config(
                llama_config(shape), dtype=torch.bfloat16 if hardware.bf16 else torch.float32
            )
        drawn.save_pretrained(name)
        del drawn
        return load_weights(Begin(name, True, False, None, ""), settings, hardware, trainable=True)


def tokenizer_of_nothing() -> Any:
    """Trainers ask for one; the rows are tokens already."""
    tokenizers: Any = library("tokenizers")
    words = tokenizers.models.WordLevel({"<pad>": 0, "<begin>": 1, "<end>": 2}, unk_token="<pad>")  # noqa: S106
    return library("transformers").PreTrainedTokenizerFast(
        tokenizer_object=tokenizers.Tokenizer(words),
        pad_token="<pad>",  # noqa: S106
        bos_token="<begin>",  # noqa: S106
        eos_token="<end>",  # noqa: S106
        chat_template="{% for message in messages %}{{ message.content }}{% endfor %}",
    )


def drawn_rows(shape: Shape, settings: ThroughputSettings, processes: int) -> TrainingRows:
    """Random tokens, as many rows as are trained on; every one has a loss."""
    torch: Any = library("torch")
    datasets: Any = library("datasets")
    generator = torch.Generator().manual_seed(stream_seed(settings.seed, "rows") % 2**63)
    steps = settings.warmup_steps + settings.steps
    count = steps * settings.batch_size * settings.accumulation * processes * settings.documents
    length = settings.document_length
    tokens = torch.randint(3, shape.vocab_size, (count, length), generator=generator).tolist()
    columns = {"input_ids": tokens, "labels": tokens, LENGTH: [length] * count}
    used = DataUsed(name="drawn", digest="", rows=count, tasks=(), seeds={})
    return TrainingRows(datasets.Dataset.from_dict(columns), None, used, (), (1.0, 1.0))

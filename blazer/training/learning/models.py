"""A model and its tokenizer, from a directory, an adapter or the hub, ready for a trainer.

An adapter goes on being trained as the adapter that it is. Everything that can be wrong with a
model's place is told before its weights are read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from blazer.core.errors import UsageError
from blazer.core.run_card import RUN_CARD, RunCard, read_run_card
from blazer.training.errors import ModelNotFound, TrainingError
from blazer.training.learning.hardware import Hardware
from blazer.training.learning.libraries import library
from blazer.training.learning.settings import LoraSettings, TrainSettings
from blazer.training.learning.weights import weights_digest

ADAPTER_CONFIG = "adapter_config.json"


class Begin(NamedTuple):
    """What a training begins from.

    Attributes:
        place: Directory, absolute, or id of the hub.
        local: Whether it is a directory.
        adapter: Whether it is an adapter on another model.
        card: Of the model, if it has one.
        digest: Of its weights; empty for one of the hub.
    """

    place: str
    local: bool
    adapter: bool
    card: RunCard | None
    digest: str


def find_model(name: str) -> Begin:
    """Where a model is, and what is known of it; loads nothing.

    Raises:
        ModelNotFound: the name is a path, and no model is there.
        ConfigError: its card cannot be read.
    """
    path = Path(name)
    if path.is_dir():
        _check_directory(path)
        adapter = (path / ADAPTER_CONFIG).is_file()
        return Begin(str(path.resolve()), True, adapter, read_run_card(path), weights_digest(path))
    if path.exists() or name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise ModelNotFound(
            f"model {name!r} is neither a directory nor an id of the hub such as org/name; "
            "`blazer train base` makes a small one"
        )
    return Begin(name, False, False, None, "")


def _check_directory(path: Path) -> None:
    if (path / "config.json").is_file() or (path / ADAPTER_CONFIG).is_file():
        return
    unfinished = any(path.glob("checkpoint-*")) and not (path / RUN_CARD).exists()
    state = "holds an unfinished training; run it again to finish it" if unfinished else "holds no model"
    raise ModelNotFound(f"{path} {state} (no config.json, no {ADAPTER_CONFIG})")


class Opened(NamedTuple):
    """A model in memory.

    Attributes:
        model: Of transformers, or of PEFT for an adapter.
        tokenizer: With a chat template, an end and a padding token.
        peft_config: For a new adapter; None where there is none, or one already.
    """

    model: Any
    tokenizer: Any
    peft_config: Any


def open_model(begin: Begin, settings: TrainSettings, hardware: Hardware) -> Opened:
    """Load model and tokenizer.

    Raises:
        ModelNotFound: it is not here and cannot be fetched.
        UsageError: its tokenizer has no chat template or no end token, or LoRA settings that do not
            fit the adapter that is there.
        TrainingError: its files cannot be read.
    """
    tokenizer = open_tokenizer(begin)
    model = load_weights(begin, settings, hardware, trainable=True)
    if begin.adapter:
        _check_same_adapter(begin, settings.lora)
        return Opened(model, tokenizer, None)
    return Opened(model, tokenizer, peft_config(settings.lora) if settings.lora is not None else None)


def open_tokenizer(begin: Begin) -> Any:
    """The tokenizer of a model.

    Raises:
        ModelNotFound, TrainingError: it cannot be had or read.
        UsageError: it has no chat template, or no end token.
    """
    transformers = library("transformers")
    tokenizer = _fetched(begin, transformers.AutoTokenizer.from_pretrained, begin.place)
    if not tokenizer.chat_template:
        raise UsageError(
            f"the tokenizer of {begin.place} has no chat template, so nothing says where an answer begins; "
            "take an instruction-tuned model, or put a chat_template.jinja beside its tokenizer"
        )
    if tokenizer.eos_token is None:
        raise UsageError(f"the tokenizer of {begin.place} has no end token (eos_token); give it one")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_weights(begin: Begin, settings: TrainSettings, hardware: Hardware, *, trainable: bool) -> Any:
    """The model alone; called once more for a reference model.

    Raises:
        ModelNotFound: it is not here and cannot be fetched.
        TrainingError: its files cannot be read.
    """
    transformers = library("transformers")
    options = weight_options(settings, hardware)
    if not begin.adapter:
        return _fetched(begin, transformers.AutoModelForCausalLM.from_pretrained, begin.place, **options)
    base = adapter_base(Path(begin.place))
    under = _fetched(
        Begin(base, Path(base).is_dir(), False, None, ""),
        transformers.AutoModelForCausalLM.from_pretrained,
        base,
        **options,
    )
    peft = library("peft")
    return _fetched(begin, peft.PeftModel.from_pretrained, under, begin.place, is_trainable=trainable)


def adapter_base(directory: Path) -> str:
    """The model that an adapter was made for.

    Raises:
        TrainingError: the adapter does not say.
    """
    path = directory / ADAPTER_CONFIG
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["base_model_name_or_path"])
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(f"{path} does not say which model the adapter is for: {error}") from None


def weight_options(settings: TrainSettings, hardware: Hardware) -> dict[str, Any]:
    """How weights are kept: in fp32 where they are trained, in bf16 where an adapter is."""
    torch = library("torch")
    lora = settings.lora
    options: dict[str, Any] = {"dtype": torch.bfloat16 if hardware.bf16 and lora else torch.float32}
    if settings.attention is not None:
        options["attn_implementation"] = settings.attention
    if settings.kernels == "hub":
        options["use_kernels"] = True
    if lora is not None and lora.quantize == "4bit":
        options["quantization_config"] = library("transformers").BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16 if hardware.bf16 else torch.float32,
        )
    return options


def _fetched(begin: Begin, load: Any, *where: Any, **options: Any) -> Any:
    if begin.local:
        options["local_files_only"] = True
    broken = library("safetensors").SafetensorError
    try:
        return load(*where, **options)
    except broken as error:
        raise TrainingError(
            f"the weights of {begin.place} are damaged ({_line(error)}); copy them again"
        ) from error
    except (OSError, ValueError) as error:
        if begin.local:
            raise TrainingError(f"the model in {begin.place} cannot be read: {_line(error)}") from error
        raise ModelNotFound(
            f"model {begin.place} is no directory here, and the hub does not give it: {_line(error)}; check "
            "the name and the network, or fetch it beforehand and give its directory"
        ) from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def peft_config(lora: LoraSettings) -> Any:
    peft = library("peft")
    return peft.LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.targets if isinstance(lora.targets, str) else list(lora.targets),
        task_type="CAUSAL_LM",
    )


def _check_same_adapter(begin: Begin, lora: LoraSettings | None) -> None:
    if lora is None:
        return
    there = json.loads((Path(begin.place) / ADAPTER_CONFIG).read_text(encoding="utf-8"))
    if (there.get("r"), there.get("lora_alpha")) != (lora.rank, lora.alpha):
        raise UsageError(
            f"{begin.place} is an adapter of rank {there.get('r')} and alpha {there.get('lora_alpha')}, "
            "which goes on being trained as it is; leave lora out, or set lora.rank and lora.alpha alike"
        )

"""From files to a model that can generate, and its tokenizer. Imports torch: only loaded to serve.

Adapters are merged into their base: generation is as quick as without one, and an adapter on an
adapter needs no further thought. Of the model's own generation settings the stop tokens alone are
used: temperature and the like are the run's to say, and penalties would make answers depend on
settings that nobody sees.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, PreTrainedTokenizerBase
from transformers.utils import logging as hf_logging

from blazer.agents.errors import LocalModelMissing, ModelUnavailable
from blazer.agents.local.settings import LocalSettings
from blazer.agents.local.source import ADAPTER, ModelSource


class Loaded(NamedTuple):
    """Ready to generate.

    Attributes:
        model: On its device, in evaluation mode.
        tokenizer: With a chat template and a padding token.
        stops: Token ids that end an answer.
        context: Tokens it can take, answer included; None where it has no bound.
    """

    model: Any
    tokenizer: PreTrainedTokenizerBase
    stops: tuple[int, ...]
    context: int | None


def load(source: ModelSource, settings: LocalSettings) -> Loaded:
    """Load weights and tokenizer, on the thread that will use them: torch counts threads for each.

    Raises:
        LocalModelMissing: files are damaged, of an unknown architecture, or without a chat template
            or an end token.
        ModelUnavailable: there is no such device, or no room on it.
    """
    device = _device(settings.device)
    if device.type == "cpu":
        torch.set_num_threads(settings.threads or max(1, (os.cpu_count() or 1) // 2))
    tokenizer = _tokenizer(source)
    try:
        with _no_bars():
            model = _weights(source, _dtype(settings.dtype, device)).to(device)
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError, MemoryError) as error:
        if out_of_memory(error):
            raise ModelUnavailable(
                f"{source.name} does not fit into the memory of {device} ({_first_line(error)}); "
                "set roles.coder.local.dtype=bfloat16, choose a smaller model, or serve it elsewhere "
                "and give --base-url"
            ) from error
        raise LocalModelMissing(
            f"{source.name}: the weights in {source.directory} cannot be loaded: {_first_line(error)}"
        ) from error
    stops = _stops(source, model, tokenizer)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token_id = stops[0]
    model.generation_config = GenerationConfig(
        do_sample=False, eos_token_id=list(stops), pad_token_id=tokenizer.pad_token_id
    )
    model.eval()
    context = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    return Loaded(model, tokenizer, stops, context)


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, of an accelerator or of the machine."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)


@contextmanager
def _no_bars() -> Iterator[None]:
    """Progress has one place, and it is not here."""
    shown = hf_logging.is_progress_bar_enabled()
    hf_logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            hf_logging.enable_progress_bar()


def _device(wanted: str) -> torch.device:
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if wanted.startswith("cuda") and not torch.cuda.is_available():
        raise ModelUnavailable(
            f"device {wanted!r} was asked for and torch sees no accelerator; set device=cpu or device=auto"
        )
    return torch.device(wanted)


def _dtype(wanted: str, device: torch.device) -> Any:
    if wanted == "auto":
        return torch.float32 if device.type == "cpu" else "auto"
    return getattr(torch, wanted)


def _weights(source: ModelSource, dtype: Any) -> Any:
    if source.base is None:
        return AutoModelForCausalLM.from_pretrained(source.directory, dtype=dtype, local_files_only=True)
    from peft import PeftModel  # noqa: PLC0415  (only adapters need it)

    base = _weights(source.base, dtype)
    tokens = len(_tokenizer(source))
    if (
        source.directory / "tokenizer_config.json"
    ).is_file() and tokens > base.get_input_embeddings().num_embeddings:
        base.resize_token_embeddings(tokens)
    with warnings.catch_warnings():
        # peft asks transformers by a name that it is about to drop.
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
        return PeftModel.from_pretrained(base, source.directory).merge_and_unload()


def _tokenizer(source: ModelSource) -> PreTrainedTokenizerBase:
    """The adapter's own where it brings one, else its base's."""
    at: ModelSource | None = source
    while at is not None and not (at.directory / "tokenizer_config.json").is_file():
        at = at.base
    if at is None:
        raise LocalModelMissing(
            f"{source.name}: {source.directory} holds no tokenizer; save it beside the weights"
        )
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            at.directory, local_files_only=True
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise LocalModelMissing(
            f"{source.name}: the tokenizer in {at.directory} cannot be loaded: {_first_line(error)}"
        ) from error
    if not tokenizer.chat_template:
        raise LocalModelMissing(
            f"{source.name}: the tokenizer in {at.directory} has no chat template, so nobody knows how it "
            "is asked; take the model's instruct variant, or put a chat_template.jinja beside it"
        )
    return tokenizer


def _stops(source: ModelSource, model: Any, tokenizer: PreTrainedTokenizerBase) -> tuple[int, ...]:
    own = getattr(model, "generation_config", None)
    listed = getattr(own, "eos_token_id", None)
    stops = [listed] if isinstance(listed, int) else list(listed or ())
    if tokenizer.eos_token_id is not None:
        stops.append(tokenizer.eos_token_id)
    if not stops:
        raise LocalModelMissing(
            f"{source.name} names no end token, so its answers would have no end; "
            "give eos_token_id in generation_config.json"
        )
    return tuple(dict.fromkeys(int(stop) for stop in stops))


def described(source: ModelSource) -> str:
    """What kind of model it is, in a few words, without loading it."""
    kind = "adapter" if source.base is not None else "model"
    name = ADAPTER if source.base is not None else "config.json"
    about = json.loads((source.directory / name).read_text(encoding="utf-8"))
    return f"{kind} {about.get('model_type') or about.get('peft_type') or 'of unknown kind'}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]

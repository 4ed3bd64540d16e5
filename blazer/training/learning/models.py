"""A model and its tokenizer, from a directory, an adapter or the hub, ready for a trainer.

An adapter goes on being trained as the adapter that it is. Everything that can be wrong with a
model's place is told before its weights are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from blazer.agents.errors import LocalModelMissing
from blazer.agents.local.source import ADAPTER, ModelSource
from blazer.agents.local.source import find_model as find_source
from blazer.core.errors import ConfigError, UsageError
from blazer.core.run_card import RUN_CARD, RunCard
from blazer.core.weights import weights_digest
from blazer.training.errors import ModelNotFound, TrainingError
from blazer.training.learning.hardware import Hardware
from blazer.training.learning.libraries import library
from blazer.training.learning.settings import LoraSettings, TrainSettings


class Begin(NamedTuple):
    """What a training begins from.

    Attributes:
        place: Directory, absolute, or id of the hub, with `@revision` for one version.
        local: Whether it is a directory.
        adapter: Whether it is an adapter on another model.
        card: Of the model, if it has one.
        digest: Of its weights; empty for one of the hub.
        source: As serving finds it, with the model under an adapter; None for one of the hub.
    """

    place: str
    local: bool
    adapter: bool
    card: RunCard | None
    digest: str
    source: ModelSource | None = None

    @property
    def files(self) -> str:
        """Digest of all files that have a say in training; empty for one of the hub."""
        return self.source.digest if self.source is not None else ""


def find_model(name: str) -> Begin:
    """Where a model is, and what is known of it; loads nothing.

    Raises:
        ModelNotFound: the name is a path, and no model is there; or what it is an adapter on is not.
        ConfigError: its card cannot be read.
    """
    path = Path(name)
    if path.is_dir():
        _check_directory(path)
        try:
            source = find_source(name)
        except LocalModelMissing as error:
            raise ModelNotFound(str(error)) from error
        adapter = source.base is not None
        return Begin(str(path.resolve()), True, adapter, source.card, weights_digest(path), source)
    if path.exists() or name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise ModelNotFound(
            f"model {name!r} is neither a directory nor an id of the hub such as org/name; "
            "`blazer train base` makes a small one"
        )
    return Begin(name, False, False, None, "")


def check_reachable(begin: Begin) -> None:
    """Ask for a hub's model once, before it is loaded: loading asks ten times for every file, and says so.

    Raises:
        ModelNotFound: it is not in the hub's cache, and the hub does not give it.
    """
    if begin.local:
        return
    hub = library("huggingface_hub")
    revision = begin.place.partition("@")[2] or None
    try:
        hub.snapshot_download(_repository(begin), revision=revision, allow_patterns=["config.json", ADAPTER])
    except (OSError, ValueError) as error:
        raise _not_given(begin, error) from error


def _check_directory(path: Path) -> None:
    if (path / "config.json").is_file() or (path / ADAPTER).is_file():
        return
    unfinished = any(path.glob("checkpoint-*")) and not (path / RUN_CARD).exists()
    state = "holds an unfinished training; run it again to finish it" if unfinished else "holds no model"
    raise ModelNotFound(f"{path} {state} (no config.json, no {ADAPTER})")


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
        ConfigError: LoRA targets that are no modules of the model.
        TrainingError: its files cannot be read.
    """
    tokenizer = open_tokenizer(begin)
    model = load_weights(begin, settings, hardware, trainable=True)
    if settings.lora is not None:
        _check_targets(begin, settings.lora, model)
    if begin.adapter:
        _check_same_adapter(begin, settings.lora, model)
        return Opened(model, tokenizer, None)
    return Opened(model, tokenizer, peft_config(settings.lora) if settings.lora is not None else None)


def open_tokenizer(begin: Begin) -> Any:
    """The tokenizer of a model.

    Raises:
        ModelNotFound, TrainingError: it cannot be had or read.
        UsageError: it has no chat template, or no end token.
    """
    transformers = library("transformers")
    tokenizer = _fetched(begin, transformers.AutoTokenizer.from_pretrained, _repository(begin))
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
    options = weight_options(settings, hardware, adapter=begin.adapter, quantize=quantize_of(begin, settings))
    if not begin.adapter:
        auto = transformers.AutoModelForCausalLM
        return _fetched(begin, auto.from_pretrained, _repository(begin), **options)
    assert begin.source is not None  # noqa: S101  (adapters are directories)
    assert begin.source.base is not None  # noqa: S101  (what makes it an adapter)
    base = begin.source.base
    peft = library("peft")
    under = _whole(base, options)
    model = _fetched(begin, peft.PeftModel.from_pretrained, under, begin.place, is_trainable=trainable)
    for config in model.peft_config.values():
        if _is_near(begin.source, config.base_model_name_or_path):
            # A relative place would be another one, seen from where the student will be.
            config.base_model_name_or_path = str(base.directory.resolve())
    return model


def _whole(source: ModelSource, options: dict[str, Any]) -> Any:
    """The model under an adapter, as serving has it: an adapter there is merged into its own."""
    begin = Begin(str(source.directory), True, source.base is not None, None, "", source)
    if source.base is None:
        auto = library("transformers").AutoModelForCausalLM
        return _fetched(begin, auto.from_pretrained, begin.place, **options)
    under = _whole(source.base, options)
    return _fetched(begin, library("peft").PeftModel.from_pretrained, under, begin.place).merge_and_unload()


def _is_near(source: ModelSource, base: str | None) -> bool:
    places = (Path(base or "").expanduser(), source.directory / (base or ""))
    return any(place.is_dir() for place in places)


def quantize_of(begin: Begin, settings: TrainSettings) -> str:
    """How the model under an adapter is kept: as set, else as it was when the adapter was trained."""
    if settings.lora is not None:
        return settings.lora.quantize
    card = begin.card if begin.adapter else None
    lora = card.config.get("lora") if card is not None and card.adapter else None
    return str(lora.get("quantize", "none")) if isinstance(lora, dict) else "none"


def weight_options(
    settings: TrainSettings, hardware: Hardware, *, adapter: bool = False, quantize: str | None = None
) -> dict[str, Any]:
    """How weights are kept: in fp32 where they are trained, in bf16 where an adapter is.

    Args:
        settings: Of the training.
        hardware: That it runs on.
        adapter: Whether an adapter is trained that is there already.
        quantize: As `LoraSettings.quantize`; what the settings say when None.
    """
    torch = library("torch")
    lora = settings.lora
    kept = torch.bfloat16 if hardware.bf16 and (lora is not None or adapter) else torch.float32
    options: dict[str, Any] = {"dtype": kept}
    if settings.attention is not None:
        options["attn_implementation"] = settings.attention
    if settings.kernels == "hub":
        options["use_kernels"] = True
    if (quantize or (lora.quantize if lora is not None else "none")) == "4bit":
        options["quantization_config"] = library("transformers").BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16 if hardware.bf16 else torch.float32,
        )
    return options


def _repository(begin: Begin) -> str:
    return begin.place if begin.local else begin.place.partition("@")[0]


def _fetched(begin: Begin, load: Any, *where: Any, **options: Any) -> Any:
    if begin.local:
        options["local_files_only"] = True
    elif "@" in begin.place:
        options["revision"] = begin.place.partition("@")[2]
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
        raise _not_given(begin, error) from error


def _not_given(begin: Begin, error: Exception) -> ModelNotFound:
    return ModelNotFound(
        f"model {begin.place} is no directory here, and the hub does not give it: {_line(error)}; check "
        "the name and the network, or fetch it beforehand and give its directory"
    )


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def commit_of(begin: Begin, model: Any) -> str:
    """Which version of a hub's model this is; empty for one of a directory."""
    return "" if begin.local else str(getattr(model.config, "_commit_hash", None) or "")


def peft_config(lora: LoraSettings) -> Any:
    peft = library("peft")
    return peft.LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.targets if isinstance(lora.targets, str) else list(lora.targets),
        task_type="CAUSAL_LM",
    )


def _linear(model: Any) -> dict[str, bool]:
    """Paths of what `all-linear` stands for (all but the head), and whether each has an adapter."""
    head = model.get_output_embeddings()
    wrapped = {path.rpartition(".lora_A")[0] for path, _ in model.named_modules() if path.endswith(".lora_A")}
    found = {}
    for path, module in model.named_modules():
        if hasattr(module, "in_features") and module is not head and ".lora_" not in path:
            path = path.removesuffix(".base_layer")
            found[path] = path in wrapped
    return {path: has for path, has in found.items() if not path.endswith("lm_head")}


def _names(paths: Iterable[str]) -> list[str]:
    return sorted({path.rpartition(".")[2] for path in paths})


def _check_targets(begin: Begin, lora: LoraSettings, model: Any) -> None:
    if isinstance(lora.targets, str):
        return
    paths = [f".{path}" for path, _ in model.named_modules()]
    unknown = [name for name in lora.targets if not any(path.endswith(f".{name}") for path in paths)]
    if unknown:
        raise ConfigError(
            f"lora.targets names {', '.join(unknown)}, and {begin.place} has no such modules; it has "
            f"{', '.join(_names(_linear(model)))}"
        )


def _check_same_adapter(begin: Begin, lora: LoraSettings | None, model: Any) -> None:
    if lora is None:
        return
    there = json.loads((Path(begin.place) / ADAPTER).read_text(encoding="utf-8"))
    linear = _linear(model)
    ends = ("",) if isinstance(lora.targets, str) else tuple(f".{name}" for name in lora.targets)
    pairs = {
        "rank": (there.get("r"), lora.rank),
        "alpha": (there.get("lora_alpha"), lora.alpha),
        "dropout": (there.get("lora_dropout"), lora.dropout),
        "targets": (
            _names(path for path, has in linear.items() if has),
            _names(path for path in linear if f".{path}".endswith(ends)),
        ),
    }
    differing = [
        f"lora.{name} is {old} there, and {new} here" for name, (old, new) in pairs.items() if old != new
    ]
    if differing:
        raise UsageError(
            f"{begin.place} is an adapter, which goes on being trained as it is ({'; '.join(differing)}); "
            "leave lora out, or set it alike"
        )

"""Which device, which precision: what was asked for, or an error that says what is here instead."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from blazer.core.errors import ConfigError, UsageError
from blazer.training.errors import NoAccelerator
from blazer.training.learning.libraries import library
from blazer.training.learning.settings import Logging, TrainSettings

_FLASH = "flash_attention_"


class Hardware(NamedTuple):
    """What a training runs on.

    Attributes:
        device: `cpu` or `cuda`.
        bf16: Whether it computes in bf16; else in fp32.
        name: For people.
    """

    device: str
    bf16: bool
    name: str

    @property
    def on_cpu(self) -> bool:
        """Whether there is no GPU in it."""
        return self.device == "cpu"


def choose(settings: TrainSettings, quantize: str | None = None) -> Hardware:
    """Device and precision for these settings.

    Args:
        settings: Of the training.
        quantize: How the model under an adapter is kept; what the settings say when None.

    Raises:
        NoAccelerator: a GPU is asked for, or what needs one, and there is none.
        ConfigError: a package that the settings need is not installed.
        UsageError: one process sees several GPUs.
    """
    torch = library("torch")
    there = torch.cuda.is_available()
    if quantize is None:
        quantize = settings.lora.quantize if settings.lora is not None else "none"
    device = settings.device if settings.device != "auto" else ("cuda" if there else "cpu")
    if device == "cuda" and not there:
        raise NoAccelerator("device is cuda, and torch sees no GPU; set device to cpu or auto")
    if device == "cpu":
        _check_cpu(settings, quantize)
        threads = settings.threads or torch.get_num_threads()
        return Hardware("cpu", settings.precision == "bf16", f"cpu, {threads} threads")
    if torch.cuda.device_count() > 1 and int(os.environ.get("WORLD_SIZE", "1")) == 1:
        raise UsageError(
            f"{torch.cuda.device_count()} GPUs are visible to one process; start one for each with "
            "`accelerate launch -m blazer.cli.main train ...`, or show it one: CUDA_VISIBLE_DEVICES=0"
        )
    has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    if settings.precision == "bf16" and not has_bf16:
        raise NoAccelerator(
            f"precision is bf16, which {torch.cuda.get_device_name()} has not; set precision to fp32"
        )
    _check_packages(settings, quantize)
    return Hardware("cuda", has_bf16 and settings.precision != "fp32", torch.cuda.get_device_name())


def _check_cpu(settings: TrainSettings, quantize: str) -> None:
    if settings.precision == "bf16" and not _cpu_has_bf16():
        raise NoAccelerator(
            "precision is bf16, which needs a GPU, or a CPU with instructions for it; set precision to "
            "fp32 or auto"
        )
    if quantize != "none":
        whose = (
            "lora.quantize is"
            if settings.lora is not None
            else f"the adapter {settings.model} was trained in"
        )
        raise NoAccelerator(
            f"{whose} {quantize} (QLoRA), which needs a CUDA GPU; set lora.quantize to none on a CPU (and "
            "the other settings of lora as the adapter has them, where there is one)"
        )
    if settings.kernels != "none":
        raise NoAccelerator(f"kernels is {settings.kernels}, which needs a GPU; set kernels to none on a CPU")
    if (settings.attention or "").startswith(_FLASH):
        raise NoAccelerator(
            f"attention is {settings.attention}, which needs a GPU; set attention to sdpa on a CPU"
        )


def _cpu_has_bf16() -> bool:
    flags = Path("/proc/cpuinfo")
    text = flags.read_text(encoding="utf-8") if flags.is_file() else ""
    return any(name in text for name in ("avx512_bf16", "amx_bf16"))


def _check_packages(settings: TrainSettings, quantize: str) -> None:
    wanted: list[tuple[str, str, str]] = []
    if quantize != "none":
        wanted.append(("lora.quantize", quantize, "bitsandbytes"))
    if settings.kernels != "none":
        wanted.append(
            ("kernels", settings.kernels, {"liger": "liger_kernel"}.get(settings.kernels, "kernels"))
        )
    # transformers takes it from the hub's kernels where the package itself is missing.
    if settings.attention == f"{_FLASH}2" and find_spec("kernels") is None:
        wanted.append(("attention", settings.attention, "flash_attn"))
    for setting, value, package in wanted:
        if find_spec(package) is None:
            name = package.replace("_", "-")
            raise ConfigError(f"{setting} is {value}, which needs {name}: pip install {name}")


def check_logging(logging: Logging) -> None:
    """Whether what shall be logged to is there.

    Raises:
        ConfigError: it is not installed.
    """
    package = {"tensorboard": "tensorboard", "wandb": "wandb"}.get(logging)
    if package is not None and find_spec(package) is None:
        raise ConfigError(
            f"logging is {logging}, which is not installed: pip install {package}, or set logging to none"
        )

"""The measurement: the trainer of `blazer train sft`, drawn weights, full rows, a few steps on the clock.

What is timed is that trainer whole: batches, forward, backward, clipping, optimizer, its metrics.
What is not: loading, saving, validating. Utilisation is the model's operations (`flops`) over what
all devices could have done in the time (`peaks`); operations that a setting adds, such as computing
activations twice, do not count as work done.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from blazer.core.errors import UsageError
from blazer.core.records import Record
from blazer.training.learning.guard import told
from blazer.training.learning.hardware import Hardware, choose
from blazer.training.learning.libraries import library, quiet, scoring_answers_alone, threads_of, versions
from blazer.training.learning.processes import is_first
from blazer.training.learning.settings import TrainSettings
from blazer.training.learning.trainers import Parts, make_trainer
from blazer.training.throughput import memory
from blazer.training.throughput.clock import make_clock
from blazer.training.throughput.drawn import drawn_rows, open_drawn
from blazer.training.throughput.flops import TARGETS, Attention, Shape, full_flops, lora_flops
from blazer.training.throughput.peaks import Peak, known_peak, measured_peak
from blazer.training.throughput.settings import ThroughputSettings
from blazer.training.throughput.shapes import shape_named


class ThroughputReport(Record):
    """What a measurement found."""

    device: str
    model: str
    params: int
    tokens_per_s: float
    """Of all devices together."""
    mfu: float | None
    """Model FLOPs utilisation, attention counted as a causal kernel has to do it."""
    peak_gb: float
    """Of the first device; 10^9 bytes."""
    trained_params: int
    devices: int
    tokens: int
    """Trained on in the timed steps."""
    step_s_p50: float
    step_s_max: float
    flops_per_token: float
    mfu_square: float | None
    """The same with every key counted for every query, as PaLM's formula has it."""
    peak_tflops: float | None
    """Of one device."""
    peak_source: str
    peak_gb_source: str
    loss: float
    attention: str
    """As the model says it."""
    gradient_checkpointing: bool
    precision: str
    settings: ThroughputSettings
    versions: dict[str, str]


class Place(NamedTuple):
    """Where it runs.

    Attributes:
        hardware: Of each process.
        processes: How many.
    """

    hardware: Hardware
    processes: int


def measure(
    settings: ThroughputSettings, on_phase: Callable[[str], None] = lambda _: None
) -> ThroughputReport | None:
    """Time a training; None in processes of a launch that are not the first.

    Raises:
        UnknownNameError: no such shape.
        UsageError: the shape has no positions for such a row.
        NoAccelerator, ConfigError: as `blazer train` would.
        OutOfMemory: it does not fit.
    """
    shape = shape_named(settings.shape)
    if settings.document_length > shape.max_positions:
        raise UsageError(
            f"{shape.name} has {shape.max_positions} positions, too few for texts of "
            f"{settings.document_length} tokens; lower length or raise documents"
        )
    with tempfile.TemporaryDirectory(prefix="blazer-bench-") as name, quiet():
        training = settings.training(Path(name))
        hardware = choose(training)
        # First of all, because it gives each process of a launch its own GPU.
        processes = library("accelerate").PartialState(cpu=hardware.on_cpu).num_processes
        _check_room(shape, settings, hardware)
        with told(training), scoring_answers_alone(), threads_of(settings.threads):
            tell = on_phase if is_first() else lambda _: None
            return _measure(shape, settings, training, Place(hardware, processes), tell)


def _measure(
    shape: Shape,
    settings: ThroughputSettings,
    training: TrainSettings,
    place: Place,
    on_phase: Callable[[str], None],
) -> ThroughputReport | None:
    hardware = place.hardware
    memory.reset_peak(hardware.device)
    on_phase(f"drawing weights of {shape.name}")
    opened = open_drawn(shape, training, hardware)
    rows = drawn_rows(shape, settings, place.processes)
    clock = make_clock(hardware.device)
    trainer = make_trainer(training, hardware, Parts(opened, None, rows, clock))
    on_phase(f"training {settings.warmup_steps} + {settings.steps} steps")
    output = trainer.train()
    if not trainer.is_world_process_zero():
        return None
    on_phase("reporting")
    return _report(shape, settings, hardware, trainer, clock.ended_s, float(output.training_loss))


def _report(
    shape: Shape,
    settings: ThroughputSettings,
    hardware: Hardware,
    trainer: Any,
    ended_s: list[float],
    loss: float,
) -> ThroughputReport:
    timed_s = ended_s[settings.warmup_steps :]
    steps_s = [after - before for before, after in pairwise(timed_s)]
    devices = int(trainer.args.world_size)
    tokens = settings.steps * settings.batch_size * settings.accumulation * settings.length * devices
    tokens_per_s = tokens / (timed_s[-1] - timed_s[0])
    most = memory.peak(hardware.device)
    model = trainer.accelerator.unwrap_model(trainer.model)
    peak = _peak(settings, hardware, devices)
    causal, square = (flops_per_token(shape, settings, attention) for attention in ("causal", "square"))
    return ThroughputReport(
        device=hardware.name,
        model=shape.name,
        params=shape.params,
        tokens_per_s=tokens_per_s,
        mfu=utilisation(causal, tokens_per_s, devices, peak),
        peak_gb=most.gb,
        trained_params=sum(part.numel() for part in model.parameters() if part.requires_grad),
        devices=devices,
        tokens=tokens,
        step_s_p50=median(steps_s),
        step_s_max=max(steps_s),
        flops_per_token=causal,
        mfu_square=utilisation(square, tokens_per_s, devices, peak),
        peak_tflops=peak.tflops,
        peak_source=peak.source,
        peak_gb_source=most.source,
        loss=loss,
        attention=str(model.config._attn_implementation),
        gradient_checkpointing=bool(trainer.args.gradient_checkpointing),
        precision="bf16" if hardware.bf16 else "fp32",
        settings=settings,
        versions=versions(),
    )


def flops_per_token(shape: Shape, settings: ThroughputSettings, attention: Attention = "causal") -> float:
    """Operations of the training that these settings ask for."""
    length = settings.document_length
    if settings.lora is None:
        return full_flops(shape, length, attention)
    return lora_flops(shape, length, settings.lora.rank, lora_targets(settings), attention)


def lora_targets(settings: ThroughputSettings) -> tuple[str, ...]:
    """The adapted layers by name.

    Raises:
        UsageError: a name that no block of a Llama has.
    """
    if settings.lora is None:
        return ()
    if settings.lora.targets == "all-linear":
        return TARGETS
    if unknown := [name for name in settings.lora.targets if name not in TARGETS]:
        raise UsageError(f"lora.targets {unknown} are no layers of a Llama; it has {', '.join(TARGETS)}")
    return tuple(settings.lora.targets)


def utilisation(flops: float, tokens_per_s: float, devices: int, peak: Peak) -> float | None:
    """Share of what all devices could have done; None where nobody knows what that is."""
    if peak.tflops is None:
        return None
    return flops * tokens_per_s / (devices * peak.tflops * 1e12)


def _peak(settings: ThroughputSettings, hardware: Hardware, devices: int) -> Peak:
    if settings.peak_tflops is not None:
        return Peak(settings.peak_tflops, "given with --peak-tflops")
    if hardware.on_cpu and devices > 1:
        return Peak(None, "several processes share the processor; give their share with --peak-tflops")
    if hardware.on_cpu:
        torch: Any = library("torch")
        return measured_peak(torch.bfloat16 if hardware.bf16 else torch.float32)
    if not hardware.bf16:
        return Peak(None, "the table is of bfloat16, and this ran in fp32; give the peak with --peak-tflops")
    return known_peak(hardware.name)


def _check_room(shape: Shape, settings: ThroughputSettings, hardware: Hardware) -> None:
    adapter = settings.lora
    trained = shape.params if adapter is None else shape.lora_params(adapter.rank, lora_targets(settings))
    frozen = 0 if adapter is None else shape.params
    width = memory.width_of_frozen(hardware.bf16, adapter is not None and adapter.quantize == "4bit")
    memory.check_room(
        shape.name,
        memory.bytes_needed(frozen, trained, width),
        memory.free_bytes(hardware.device),
        "the GPU" if hardware.device == "cuda" else "this machine",
        full=adapter is None,
    )

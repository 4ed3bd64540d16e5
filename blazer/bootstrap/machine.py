"""What a step ran on and with: processor, cores, memory, versions. For manifests."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

import blazer
from blazer.core.records import Record

LIBRARIES = (
    "torch", "transformers", "trl", "peft", "datasets", "accelerate", "tokenizers", "numpy", "mujoco", "ompl",
    "langgraph", "pyarrow",
)  # fmt: skip


class MachineInfo(Record):
    """A machine."""

    cpu: str
    cores: int
    """That this process may use."""
    memory_gb: float
    platform: str
    accelerator: str
    """Name of the first one that the system shows; "" without any."""

    @property
    def text(self) -> str:
        """In few words."""
        more = f", {self.accelerator}" if self.accelerator else ", no accelerator"
        return f"{self.cpu}, {self.cores} cores, {self.memory_gb:.0f} GB{more}"


def this_machine() -> MachineInfo:
    """Where we are."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return MachineInfo(
        cpu=_cpu(),
        cores=cores,
        memory_gb=round(pages / 2**30, 1),
        platform=platform.platform(),
        accelerator=_accelerator(),
    )


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _accelerator() -> str:
    """From the driver's own files: asking torch would cost a process of a step its memory."""
    try:
        first = next(iter(sorted(Path("/proc/driver/nvidia/gpus").iterdir())), None)
        text = (first / "information").read_text(encoding="utf-8") if first else ""
    except OSError:
        return ""
    for line in text.splitlines():
        if line.startswith("Model:"):
            return line.partition(":")[2].strip()
    return ""


def versions() -> dict[str, str]:
    """Of Blazer, Python and the libraries that shape results."""
    found = {"blazer": blazer.__version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found

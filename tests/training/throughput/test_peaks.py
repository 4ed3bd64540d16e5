"""A device has the figure of its own data sheet, or none."""

from __future__ import annotations

import re

import pytest

from blazer.training.throughput.peaks import KNOWN, Peak, known_peak, measured_peak


@pytest.mark.parametrize(
    ("device", "tflops"),
    [
        ("NVIDIA H200", 989.0),
        ("NVIDIA H200 NVL", 835.5),
        ("NVIDIA H100 80GB HBM3", 989.0),
        ("NVIDIA H100 PCIe", 756.0),
        ("NVIDIA A100-SXM4-80GB", 312.0),
        ("NVIDIA A100-PCIE-40GB", 312.0),
        ("NVIDIA A100 80GB PCIe", 312.0),
        ("NVIDIA L4", 121.0),
        ("NVIDIA GeForce RTX 4090", 165.2),
    ],
)
def test_a_known_device_has_its_dense_figure(device: str, tflops: float) -> None:
    peak = known_peak(device)
    assert peak.tflops == tflops
    assert "dense" in peak.source


@pytest.mark.parametrize(
    "device",
    [
        "NVIDIA H200 MIG 1g.18gb",
        "NVIDIA GeForce RTX 4090 D",
        "NVIDIA GeForce RTX 4090 Laptop GPU",
        "NVIDIA A100-SXM4-40GB MIG 3g.20gb",
        "NVIDIA A1000",
        "NVIDIA L400",
        "Tesla V100-SXM2-32GB",
        "AMD Instinct MI300X",
        "",
    ],
)
def test_what_only_sounds_like_it_has_none_and_says_what_to_do(device: str) -> None:
    peak = known_peak(device)
    assert peak.tflops is None
    assert "--peak-tflops" in peak.source


def test_every_row_is_the_only_one_for_its_device() -> None:
    names = [
        "NVIDIA H200", "NVIDIA H200 NVL", "NVIDIA H100 80GB HBM3", "NVIDIA H100 NVL", "NVIDIA H100 PCIe",
        "NVIDIA GH200 480GB", "NVIDIA A100-SXM4-40GB", "NVIDIA A40", "NVIDIA A30", "NVIDIA A10",
        "NVIDIA RTX A6000", "NVIDIA L40S", "NVIDIA L40", "NVIDIA L4", "NVIDIA GeForce RTX 3090",
        "NVIDIA GeForce RTX 4090", "NVIDIA GeForce RTX 5090",
    ]  # fmt: skip
    matching = [[row for row in KNOWN if re.fullmatch(row.pattern, name)] for name in names]
    assert matching == [[row] for row in KNOWN]


def test_a_processors_peak_is_measured_in_the_type_it_computes_in() -> None:
    torch = pytest.importorskip("torch", reason="measuring needs the extra `train`")
    for dtype, name in ((torch.float32, "float32"), (torch.bfloat16, "bfloat16")):
        peak = measured_peak(dtype)
        assert isinstance(peak, Peak)
        assert peak.tflops is not None
        assert peak.tflops > 0
        assert f"in {name}" in peak.source

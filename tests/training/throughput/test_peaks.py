"""A device has the figure of its own data sheet, or none."""

from __future__ import annotations

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


def test_no_name_is_two_devices() -> None:
    for row in KNOWN:
        example = row.pattern.replace(r"\d+", "480").replace(
            r"(-SXM4|-SXM|-PCIE|-PCIe)?[- ](40|80)", "-SXM4-80"
        )
        matching = [known for known in KNOWN if known_peak(example).source.startswith(known.source)]
        assert row in matching
        assert len({known.tflops for known in matching}) == 1


def test_a_processors_peak_is_measured_in_the_type_it_computes_in() -> None:
    torch = pytest.importorskip("torch", reason="measuring needs the extra `train`")
    for dtype, name in ((torch.float32, "float32"), (torch.bfloat16, "bfloat16")):
        peak = measured_peak(dtype)
        assert isinstance(peak, Peak)
        assert peak.tflops is not None
        assert peak.tflops > 0
        assert f"in {name}" in peak.source

"""Growth is told from noise by the stated rule, and what cannot be said is not."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from blazer.eval.gauges import MIN_SAMPLES, Gauge, Sample, Sampler, descendants, gauges_of, rss_mb, slope


def _samples(count: int = 40, **series: object) -> list[Sample]:
    plain = {"host_rss_mb": 50.0, "world_rss_mb": None, "descriptors": 12.0, "threads": 3.0}
    plain |= {"processes": 5.0, "containers": None, "temporary_files": 0.0}
    rows = []
    for number in range(count):
        values = {k: (f(number) if callable(f := series.get(k, plain[k])) else f) for k in plain}
        rows.append(Sample(at_s=number, done=100 * number, **values))  # type: ignore[arg-type]
    return rows


def _gauge(samples: list[Sample], name: str) -> Gauge:
    return next(gauge for gauge in gauges_of(samples) if gauge.name == name)


def test_noise_and_warming_up_are_flat() -> None:
    noise = random.Random(1)  # noqa: S311
    samples = _samples(
        host_rss_mb=lambda n: 50 + min(n, 8) + noise.random(),
        descriptors=lambda n: 12 + noise.choice([0, 1, 2, 9]),
    )
    assert all(gauge.flat for gauge in gauges_of(samples))


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("host_rss_mb", lambda n: 50 + 0.5 * n),
        ("descriptors", lambda n: 12 + n // 4),
        ("processes", lambda n: 5 + n // 5),
        ("temporary_files", lambda n: n),
    ],
)
def test_what_grows_is_seen(name: str, series: object) -> None:
    gauge = _gauge(_samples(**{name: series}), name)
    assert not gauge.flat
    assert gauge.growth > gauge.allowed
    assert gauge.slope_per_1000 > 0


def test_the_slope_is_per_thousand_programs() -> None:
    assert slope([(0, 1.0), (1000, 3.0), (2000, 5.0)]) == pytest.approx(0.002)
    assert slope([(5, 1.0), (5, 9.0)]) == 0.0
    gauge = _gauge(_samples(host_rss_mb=lambda n: 50 + 0.5 * n), "host_rss_mb")
    assert gauge.slope_per_1000 == pytest.approx(5.0)


def test_what_cannot_be_seen_is_left_out() -> None:
    assert {gauge.name for gauge in gauges_of(_samples())} == {
        "host_rss_mb", "descriptors", "threads", "processes", "temporary_files"
    }  # fmt: skip


def test_few_samples_say_nothing() -> None:
    with pytest.raises(ValueError, match="say nothing"):
        gauges_of(_samples(MIN_SAMPLES - 1))


async def test_a_leak_of_each_kind_shows_in_a_sample(tmp_path: Path) -> None:
    sampler = Sampler(lambda: 0, tmp_path, None)
    before = await sampler.take()
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(5)]
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (tmp_path / "left").write_text("x")
    ballast = b"x" * (40 * 2**20)
    try:
        after = await sampler.take()
        assert child.pid in descendants(os.getpid())
    finally:
        child.communicate()
        for file in files:
            os.close(file)
    assert after.descriptors >= before.descriptors + 5
    assert after.processes == before.processes + 1
    assert after.temporary_files == before.temporary_files + 1
    assert after.host_rss_mb > before.host_rss_mb + len(ballast) / 2**21
    assert rss_mb(2**22 + 1) == 0.0


async def test_samples_are_taken_while_and_after(tmp_path: Path) -> None:
    sampler = Sampler(lambda: 7, tmp_path, None)
    async with sampler.running(0.001):
        pass
    assert sampler.samples and sampler.samples[-1].done == 7

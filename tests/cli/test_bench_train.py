"""`blazer bench train` as a user types it."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Blazer

trl = pytest.importorskip("trl", reason="needs the extra `train`")

QUICK = (
    "--shape",
    "tiny-s",
    "--length",
    "16",
    "--steps",
    "1",
    "--warmup",
    "1",
    "--device",
    "cpu",
    "--threads",
    "1",
)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be fetched."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def test_json_begins_with_what_was_asked_for_and_says_what_it_rests_on(blazer: Blazer) -> None:
    answer = blazer("bench", "train", *QUICK, "--method", "full", "--peak-tflops", "2", "--json")
    assert answer.code == 0, answer.err
    report = answer.json
    assert [*report][:6] == ["device", "model", "params", "tokens_per_s", "mfu", "peak_gb"]
    assert report["model"] == "tiny-s"
    assert report["trained_params"] == report["params"]
    assert report["settings"]["lora"] is None
    assert report["mfu"] == pytest.approx(report["flops_per_token"] * report["tokens_per_s"] / 2e12)
    assert "--peak-tflops" in report["peak_source"]


def test_the_table_says_how_it_was_trained(blazer: Blazer) -> None:
    answer = blazer("bench", "train", *QUICK, "--set", "lora.rank=3", "--peak-tflops", "1")
    assert answer.code == 0, answer.err
    assert "adapter of rank 3" in answer.out
    assert "tokens/s" in answer.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--shape", "8c"), "8b"),
        (("--method", "some"), "lora or full"),
        (("--set", "lora.rnk=3"), "rank"),
        (("--length", "10", "--documents", "3"), "multiple"),
        (("--kernels", "liger", "--device", "cpu"), "needs a GPU"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_2(
    blazer: Blazer, arguments: tuple[str, ...], says: str
) -> None:
    answer = blazer("bench", "train", *arguments)
    assert answer.code == 2
    assert says in answer.err
    assert answer.out == ""

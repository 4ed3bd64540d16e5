"""What is timed is the trainer that trains; what is counted is what was done in the time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from blazer.core.errors import ConfigError, UsageError
from blazer.training.errors import NoAccelerator, OutOfMemory
from blazer.training.throughput import measure as measuring
from blazer.training.throughput import memory
from blazer.training.throughput.flops import Shape
from blazer.training.throughput.measure import flops_per_token, measure, utilisation
from blazer.training.throughput.peaks import Peak
from blazer.training.throughput.settings import ThroughputSettings

torch = pytest.importorskip("torch", reason="needs the extra `train`")
trl = pytest.importorskip("trl", reason="needs the extra `train`")

SMALL = Shape(
    name="small",
    source="made up",
    vocab_size=64,
    hidden_size=16,
    intermediate_size=32,
    layers=1,
    heads=2,
    kv_heads=1,
    head_dim=8,
    rope_theta=10000.0,
    max_positions=64,
    tied=True,
)
QUICK: dict[str, Any] = {"length": 16, "steps": 2, "warmup_steps": 1, "device": "cpu", "peak_tflops": 1.0}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One small shape by every name, one thread, nothing fetched."""
    monkeypatch.setattr(measuring, "shape_named", lambda _: SMALL)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def trainers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The trainers that were made."""
    made: list[Any] = []
    make = measuring.make_trainer

    def keeping(*arguments: Any) -> Any:
        made.append(make(*arguments))
        return made[-1]

    monkeypatch.setattr(measuring, "make_trainer", keeping)
    return made


def _measured(**values: Any) -> Any:
    report = measure(ThroughputSettings.model_validate(QUICK | values))
    assert report is not None
    return report


def test_the_trainer_is_trls_and_every_token_of_every_row_bears_loss(trainers: list[Any]) -> None:
    report = _measured(batch_size=2, accumulation=3)
    (trainer,) = trainers
    assert isinstance(trainer, trl.SFTTrainer)
    assert trainer.state.global_step == 3
    batch = next(iter(trainer.get_train_dataloader()))
    assert batch["input_ids"].shape == (2, 16)
    assert (batch["labels"] == batch["input_ids"]).all()
    assert report.tokens == 2 * 2 * 3 * 16
    assert len(trainer.train_dataset) == 3 * 2 * 3


def test_an_adapter_trains_the_adapter_and_full_training_all(trainers: list[Any]) -> None:
    lora = _measured(lora={"rank": 4, "targets": ["q_proj", "down_proj"]})
    assert lora.trained_params == SMALL.lora_params(4, ("q_proj", "down_proj"))
    assert lora.params == SMALL.params
    full = _measured(lora=None)
    assert full.trained_params == full.params == SMALL.params
    assert lora.flops_per_token < full.flops_per_token


def test_time_begins_after_the_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    made = measuring.make_clock

    def wrong_clock(device: str) -> Any:
        clock = made(device)
        clock.on_train_begin = clock.on_step_end = lambda *_, **__: None
        clock.ended_s = [0.0, 100.0, 101.0, 104.0]
        return clock

    monkeypatch.setattr(measuring, "make_clock", wrong_clock)
    report = _measured(batch_size=2)
    assert report.tokens_per_s == 2 * 2 * 16 / 4.0
    assert (report.step_s_p50, report.step_s_max) == (2.0, 3.0)
    assert report.mfu == pytest.approx(report.flops_per_token * report.tokens_per_s / 1e12)


def test_the_clock_has_the_beginning_and_the_end_of_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks: list[Any] = []
    made = measuring.make_clock
    monkeypatch.setattr(measuring, "make_clock", lambda device: clocks.append(made(device)) or clocks[-1])
    _measured(accumulation=2)
    times = clocks[0].ended_s
    assert len(times) == 1 + 3
    assert times == sorted(times)


def test_packed_texts_see_themselves_alone(trainers: list[Any]) -> None:
    report = _measured(documents=2, batch_size=2)
    batch = next(iter(trainers[0].get_train_dataloader()))
    assert batch["position_ids"].flatten().tolist() == [*range(8)] * 4
    assert report.tokens == 2 * 2 * 16
    alone = _measured(length=8, batch_size=2)
    assert report.flops_per_token == alone.flops_per_token


def test_activations_computed_twice_are_no_work_done(trainers: list[Any]) -> None:
    kept, twice = _measured(), _measured(gradient_checkpointing=True)
    assert (kept.gradient_checkpointing, twice.gradient_checkpointing) == (False, True)
    assert trainers[1].model.get_base_model().is_activation_checkpointing
    assert kept.flops_per_token == twice.flops_per_token


def test_the_same_seed_trains_the_same(trainers: list[Any]) -> None:
    first, again, other = _measured(), _measured(), _measured(seed=1)
    assert first.loss == again.loss != other.loss


def test_utilisation_is_of_all_devices_and_unknown_where_the_peak_is() -> None:
    assert utilisation(2e9, 1e3, 4, Peak(1.0, "")) == pytest.approx(0.5)
    assert utilisation(2e9, 1e3, 4, Peak(None, "")) is None


def test_without_a_given_peak_a_processors_is_measured_and_said_so() -> None:
    report = _measured(peak_tflops=None)
    assert "measured here" in report.peak_source
    assert report.mfu is not None
    assert 0 < report.mfu <= report.mfu_square


def test_what_cannot_fit_is_refused_before_it_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda _: SMALL.params * 4.0 - 1)
    with pytest.raises(OutOfMemory, match=r"lora\.quantize"):
        _measured(lora={"rank": 1})
    with pytest.raises(OutOfMemory, match="--method lora"):
        _measured(lora=None)


def test_memory_is_counted_for_weights_gradients_and_moments() -> None:
    assert memory.bytes_needed(0, 10, 2.0) == 160
    assert memory.bytes_needed(10, 1, memory.width_of_frozen(bf16=True, quantized=False)) == 36
    assert memory.width_of_frozen(bf16=True, quantized=True) < memory.width_of_frozen(False, False)


def test_a_gpu_that_runs_out_says_what_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(measuring, "make_trainer", out_of_memory)
    with pytest.raises(OutOfMemory, match="batch_size"):
        _measured()


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        ({"kernels": "liger"}, NoAccelerator, "needs a GPU"),
        ({"lora": {"quantize": "4bit"}}, NoAccelerator, "4bit"),
        ({"attention": "flash_attention_2"}, NoAccelerator, "sdpa"),
        ({"length": 128}, UsageError, "64 positions"),
        ({"lora": {"targets": ["c_attn"]}}, UsageError, "q_proj"),
    ],
)
def test_what_cannot_be_measured_here_is_refused(values: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        _measured(**values)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_no_gpu_is_no_figure() -> None:
    with pytest.raises(NoAccelerator, match="sees no GPU"):
        _measured(device="cuda")


@pytest.mark.parametrize("values", [{"length": 10, "documents": 3}, {"documents": 16}, {"lenght": 16}])
def test_settings_that_make_no_sense_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ThroughputSettings.model_validate(QUICK | values)


def test_the_training_gets_every_setting_that_has_a_say() -> None:
    values: dict[str, Any] = {
        "batch_size": 5, "accumulation": 7, "lora": None, "precision": "bf16",
        "attention": "eager", "kernels": "hub",
        "gradient_checkpointing": True, "device": "cuda", "documents": 2, "seed": 3, "threads": 2,
    }  # fmt: skip
    training = ThroughputSettings.model_validate(QUICK | values).training(Path("there"))
    assert training.packing
    assert training.max_tokens == 16
    assert training.max_steps == 3
    assert (training.optim.batch_size, training.optim.accumulation) == (5, 7)
    same = (
        "lora",
        "precision",
        "attention",
        "kernels",
        "gradient_checkpointing",
        "device",
        "seed",
        "threads",
    )
    assert {name: getattr(training, name) for name in same} == {name: values[name] for name in same}


def test_flops_are_of_the_texts_not_of_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ThroughputSettings.model_validate(QUICK)
    cut = whole.model_copy(update={"documents": 4})
    assert flops_per_token(SMALL, cut) < flops_per_token(SMALL, whole)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr("blazer.training.learning.libraries.import_module", missing)
    with pytest.raises(ConfigError, match=r"blazer-agents\[train\]"):
        _measured()

"""The formula says what torch counts, operation by operation, and what is published of known models."""

from __future__ import annotations

from typing import Any

import pytest

from blazer.training.throughput.flops import TARGETS, Shape, attention_flops, full_flops, lora_flops

torch = pytest.importorskip("torch", reason="counting needs the extra `train`")
transformers = pytest.importorskip("transformers", reason="counting needs the extra `train`")
peft = pytest.importorskip("peft", reason="counting needs the extra `train`")

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")

LENGTH, BATCH, RANK = 24, 2, 4

SMALL = Shape(
    name="small",
    source="made up; keys and values narrower than queries, so that nothing is square by chance",
    vocab_size=96,
    hidden_size=32,
    intermediate_size=80,
    layers=3,
    heads=4,
    kv_heads=2,
    head_dim=12,
    rope_theta=10000.0,
    max_positions=64,
    tied=False,
)


def _model(shape: Shape) -> Any:
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=shape.vocab_size,
        hidden_size=shape.hidden_size,
        intermediate_size=shape.intermediate_size,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        max_position_embeddings=shape.max_positions,
        tie_word_embeddings=shape.tied,
        attn_implementation="eager",
    )
    return transformers.LlamaForCausalLM(config)


def _adapted(targets: tuple[str, ...]) -> Any:
    wanted = peft.LoraConfig(r=RANK, target_modules=list(targets), task_type="CAUSAL_LM")
    return peft.get_peft_model(_model(SMALL), wanted)


def _counted(model: Any, shape: Shape) -> float:
    """Operations that torch counts of one step, a token."""
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415  (after the importorskip)

    ids = torch.randint(shape.vocab_size, (BATCH, LENGTH))
    with FlopCounterMode(display=False) as counter:
        model(input_ids=ids, labels=ids, use_cache=False).loss.backward()
    return float(counter.get_total_flops()) / (BATCH * LENGTH)


@pytest.mark.parametrize("tied", [False, True])
def test_full_training_is_what_torch_counts(tied: bool) -> None:
    shape = SMALL.model_copy(update={"tied": tied})
    assert full_flops(shape, LENGTH, "square") == pytest.approx(_counted(_model(shape), shape), rel=1e-9)


@pytest.mark.parametrize(
    "targets",
    [TARGETS, ("q_proj", "v_proj"), ("q_proj", "k_proj", "v_proj", "o_proj"), ("down_proj",)],
    ids=["all", "q and v", "attention", "down"],
)
def test_an_adapter_is_what_torch_counts(targets: tuple[str, ...]) -> None:
    counted = lora_flops(SMALL, LENGTH, RANK, targets, "square")
    model = _adapted(targets)
    model.enable_input_require_grads()
    assert counted == pytest.approx(_counted(model, SMALL), rel=1e-9)


def test_without_gradients_of_embeddings_the_formula_is_over_by_part_of_one_layer_at_most() -> None:
    counted = lora_flops(SMALL, LENGTH, RANK, TARGETS, "square")
    block = (SMALL.matmul_params - SMALL.hidden_size * SMALL.vocab_size) / SMALL.layers
    over = counted - _counted(_adapted(TARGETS), SMALL)
    assert 0 < over < 2 * block


def test_an_adapter_costs_less_than_training_all() -> None:
    """And more than the two thirds that are left when no weight has a gradient."""
    adapter, whole = lora_flops(SMALL, LENGTH, 1, ("q_proj",)), full_flops(SMALL, LENGTH)
    assert 2 / 3 * whole < adapter < whole


def test_parameters_are_those_of_the_model() -> None:
    for tied in (False, True):
        shape = SMALL.model_copy(update={"tied": tied})
        assert shape.params == sum(part.numel() for part in _model(shape).parameters())
    trained, _ = _adapted(("q_proj", "down_proj")).get_nb_trainable_parameters()
    assert SMALL.lora_params(RANK, ("q_proj", "down_proj")) == trained


def test_causal_attention_is_the_keys_that_a_query_sees() -> None:
    seen = sum(range(1, LENGTH + 1)) / LENGTH
    products = 2 * 2 * SMALL.layers * SMALL.heads * SMALL.head_dim
    assert attention_flops(SMALL, LENGTH, "causal") == pytest.approx(products * seen)
    assert attention_flops(SMALL, LENGTH, "square") == pytest.approx(products * LENGTH)
    assert full_flops(SMALL, LENGTH) < full_flops(SMALL, LENGTH, "square")


def test_the_square_count_is_palms_formula() -> None:
    palm = 6 * SMALL.matmul_params + 12 * SMALL.layers * SMALL.heads * SMALL.head_dim * LENGTH
    assert full_flops(SMALL, LENGTH, "square") == palm

"""How many floating-point operations one token of training takes, by formula.

After PaLM (arXiv 2204.02311, appendix B): operations of matrix products alone, a multiply and an
add counted as two; what is computed again to save memory (gradient checkpointing, logits in
chunks) is not counted, so that a slower way cannot look busier. With N the parameters that a token
is multiplied with (all linear layers and the head; not the embedding, which is looked up, and not
the norms) and A the operations of attention's two products forward:

    full:  forward 2N + A, gradients of activations 2N + 2A, gradients of weights 2N = 6N + 3A
    LoRA:  the same without the 2N of the frozen weights' own gradients, and the adapter's M
           parameters, which are trained, whole: 4N + 3A + 6M

The formula hands gradients down to the embeddings, as training does whose activations are computed
again (PEFT's `enable_input_require_grads`, which that needs). Without it the first layer's products
that read the embeddings have none to hand down: 0.2 % of a step at 8B, counted all the same.

A question is how to count attention. A query sees the keys before it alone, on average half of
them. PaLM counts all (12 L H Q T forward and backward); kernels compute the half. `attention`
says which: the product's figure is `causal`, the smaller and so the stricter one, and `square` is
reported beside it, for comparison with figures of others.

Does not cover mixtures of experts, sliding windows, or QLoRA's unpacking of weights.
"""

from __future__ import annotations

from typing import Literal

from blazer.core.records import Record

Attention = Literal["causal", "square"]

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The linear layers of a Llama block."""


class Shape(Record):
    """A Llama architecture: all that counting and building need."""

    name: str
    source: str
    """Where the numbers are from."""
    vocab_size: int
    hidden_size: int
    intermediate_size: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    rope_theta: float
    max_positions: int
    tied: bool
    """The head is the embedding."""

    def linear(self, target: str) -> tuple[int, int]:
        """(inputs, outputs) of one of `TARGETS`."""
        queries, keys = self.heads * self.head_dim, self.kv_heads * self.head_dim
        return {
            "q_proj": (self.hidden_size, queries),
            "k_proj": (self.hidden_size, keys),
            "v_proj": (self.hidden_size, keys),
            "o_proj": (queries, self.hidden_size),
            "gate_proj": (self.hidden_size, self.intermediate_size),
            "up_proj": (self.hidden_size, self.intermediate_size),
            "down_proj": (self.intermediate_size, self.hidden_size),
        }[target]

    @property
    def matmul_params(self) -> int:
        """N: parameters that a token is multiplied with."""
        block = sum(inputs * outputs for inputs, outputs in map(self.linear, TARGETS))
        return self.layers * block + self.hidden_size * self.vocab_size

    @property
    def params(self) -> int:
        """All parameters, embedding and norms included."""
        norms = (2 * self.layers + 1) * self.hidden_size
        embedding = 0 if self.tied else self.hidden_size * self.vocab_size
        return self.matmul_params + norms + embedding

    def lora_params(self, rank: int, targets: tuple[str, ...]) -> int:
        """M: parameters of an adapter of `rank` on `targets` of every block."""
        return self.layers * sum(rank * sum(self.linear(target)) for target in targets)


def attention_flops(shape: Shape, length: int, attention: Attention) -> float:
    """A: forward operations of queries by keys and weights by values, a token of a `length` text."""
    keys = (length + 1) / 2 if attention == "causal" else length
    return 4.0 * shape.layers * shape.heads * shape.head_dim * keys


def full_flops(shape: Shape, length: int, attention: Attention = "causal") -> float:
    """Operations a token when every parameter is trained."""
    return 6.0 * shape.matmul_params + 3.0 * attention_flops(shape, length, attention)


def lora_flops(
    shape: Shape, length: int, rank: int, targets: tuple[str, ...], attention: Attention = "causal"
) -> float:
    """Operations a token when an adapter of `rank` on `targets` is trained."""
    adapter = shape.lora_params(rank, targets)
    return 4.0 * shape.matmul_params + 6.0 * adapter + 3.0 * attention_flops(shape, length, attention)

"""The batches of the warm-up as a data set of torch: item n is the batch of step n."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from blazer.training.learning.libraries import library
from blazer.training.students.curriculum import IGNORED, Example, make_example
from blazer.training.students.settings import BaseSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def make_steps(settings: BaseSettings, tokenizer: PreTrainedTokenizerFast, tasks: Sequence[str]) -> Any:
    """All steps of the curriculum, none of them made before it is asked for."""
    torch: Any = library("torch")

    class Steps(torch.utils.data.Dataset):  # type: ignore[misc]  # has no types
        """As above."""

        def __len__(self) -> int:
            return settings.steps

        def __getitem__(self, step: int) -> dict[str, Any]:
            stage, first, count = settings.stage_of(step)
            numbers = range(first, first + count)
            examples = [make_example(stage, settings.seed, n, tokenizer, tasks) for n in numbers]
            pad = tokenizer.pad_token_id
            assert isinstance(pad, int)  # noqa: S101  (our tokenizer has one)
            return padded(examples, pad)

    return Steps()


def padded(examples: Sequence[Example], pad: int) -> dict[str, Any]:
    """Examples as tensors of equal length, filled up on the right."""
    torch: Any = library("torch")
    length = max(len(example.input_ids) for example in examples)

    def filled(rows: list[list[int]], value: int) -> Any:
        return torch.tensor([row + [value] * (length - len(row)) for row in rows])

    return {
        "input_ids": filled([example.input_ids for example in examples], pad),
        "labels": filled([example.labels for example in examples], IGNORED),
        "attention_mask": filled([[1] * len(example.input_ids) for example in examples], 0),
    }

"""One small tokenizer for all tests here; torch on one thread, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("transformers", reason="needs the extra `train`")

from blazer.training.students.corpus import tokenizer_texts  # noqa: E402
from blazer.training.students.tokenizer import train_tokenizer  # noqa: E402

TASKS = ("close_jar", "put_block")


@pytest.fixture(scope="session", autouse=True)
def offline() -> Iterator[None]:
    """No test here may fetch anything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        yield
        torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """Of 800 tokens."""
    return train_tokenizer(tokenizer_texts(3, TASKS), 800)

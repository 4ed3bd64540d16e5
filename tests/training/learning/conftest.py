"""One data set and one random student for all tests here; torch on one thread, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("trl", reason="needs the extra `train`")

from tests.training.learning.making import make_data, make_model, make_tokenizer  # noqa: E402


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
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of all kinds."""
    return make_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def tokenizer(data: Path) -> Any:
    """Of bytes."""
    return make_tokenizer(data)


@pytest.fixture(scope="session")
def student(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved random model."""
    return make_model(tmp_path_factory.mktemp("models") / "student", tokenizer)


@pytest.fixture(scope="session")
def forgetful(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved random model with dropout, whose training depends on every random draw."""
    return make_model(tmp_path_factory.mktemp("models") / "forgetful", tokenizer, attention_dropout=0.3)

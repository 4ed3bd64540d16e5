"""torch, transformers, TRL and PEFT, loaded when training begins and not before; quiet while they work."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from platform import python_version
from typing import Any

from blazer.core.errors import ConfigError
from blazer.version import __version__

PACKAGES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "tokenizers")


def library(name: str) -> Any:
    """A module of the extra `train`.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"training needs {error.name}, which is not installed: pip install 'blazer-agents[train]'"
        ) from None


def check_installed() -> None:
    """Whether all of them are there; loads none.

    Raises:
        ConfigError: one is not.
    """
    for name in PACKAGES:
        if find_spec(name) is None:
            raise ConfigError(
                f"training needs {name}, which is not installed: pip install 'blazer-agents[train]'"
            )


def versions() -> dict[str, str]:
    """Of everything that has a say in the weights."""
    found = {"blazer": __version__, "python": python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@contextmanager
def scoring_answers_alone() -> Iterator[None]:
    """Let TRL's heads score the positions that count on a CPU too, as they do on a GPU.

    TRL scores them all where it has no Triton, so that shapes stay the same for compilers; a CPU
    needs no such thing, and four positions in five are the prompt's. The figures are the same.
    """
    utils: Any = library("trl.trainer.utils")
    theirs = getattr(utils, "_use_triton", None)
    if theirs is None:
        yield
        return
    utils._use_triton = lambda device: device.type == "cpu" or theirs(device)
    try:
        yield
    finally:
        utils._use_triton = theirs


@contextmanager
def threads_of(count: int | None) -> Iterator[None]:
    """Let torch compute with so many threads; with as many as it likes when None."""
    torch: Any = library("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def quiet() -> Iterator[None]:
    """Let the libraries neither draw bars nor print remarks; what they raise is not touched."""
    datasets: Any = library("datasets")
    transformers: Any = library("transformers")
    drew = datasets.utils.logging.is_progress_bar_enabled()
    verbosity = transformers.logging.get_verbosity()
    drawing = transformers.logging.is_progress_bar_enabled()
    bars = os.environ.get("TQDM_DISABLE")
    chatty = [logging.getLogger(name) for name in ("trl", "accelerate", "peft")]
    levels = [logger.level for logger in chatty]
    datasets.disable_progress_bars()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    os.environ["TQDM_DISABLE"] = "1"
    for logger in chatty:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(chatty, levels, strict=True):
            logger.setLevel(level)
        transformers.logging.set_verbosity(verbosity)
        if drawing:
            transformers.logging.enable_progress_bar()
        if bars is None:
            del os.environ["TQDM_DISABLE"]
        else:
            os.environ["TQDM_DISABLE"] = bars
        if drew:
            datasets.enable_progress_bars()

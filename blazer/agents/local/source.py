"""From a name such as `hf:models/sft` to the files behind it, and the digest that tells them apart.

Nothing here needs torch: names, styles and digests are part of a run's identity, which is looked at
without loading anything. The digest covers every file that changes an answer: weights, tokenizer,
chat template, architecture and stop tokens, of an adapter those of its base too. It is computed from
the files, not taken from `run.json`: weights that were replaced by hand are another model.
"""

from __future__ import annotations

import importlib.util
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from blazer.agents.errors import LocalModelMissing
from blazer.core.digest import digest
from blazer.core.errors import ConfigError
from blazer.core.run_card import RUN_CARD, RunCard, read_run_card
from blazer.core.weights import file_digest, weights_digest

PREFIX = "hf:"
CONFIG, ADAPTER = "config.json", "adapter_config.json"
PLAN = "training.json"
"""Of a training that is not finished; its checkpoints lie beside it."""
WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "adapter_model.bin")
_WHOLE = ("model*.safetensors", "pytorch_model*.bin")
_WORDS = ("*.json", "*.jinja", "*.model", "merges.txt", "vocab.txt")
_NO_WORDS = frozenset({"run.json", "trainer_state.json", "all_results.json", "train_results.json"})
"""Of training, without effect on an answer."""
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?(@[\w.-]+)?")
_MAX_BASES = 8
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")


class ModelSource(NamedTuple):
    """A model on disk.

    Attributes:
        name: As it was asked for.
        directory: Where its files are.
        base: What it is an adapter on; None where it is whole.
        card: Of its training, if it has one. Of a checkpoint, that of the training around it; of an
            adapter that came without one, its base's: what those have seen, this one has.
        digest: Of all files that change an answer.
    """

    name: str
    directory: Path
    base: ModelSource | None
    card: RunCard | None
    digest: str


def is_local(model: str) -> bool:
    """Whether a model of that name is served in this process."""
    return model.startswith(PREFIX)


def find_model(name: str) -> ModelSource:
    """The files of a model: of a directory, else of the hub's cache, else of the hub itself.

    Args:
        name: `hf:DIR`, `hf:org/name` or `hf:org/name@revision`.

    Raises:
        LocalModelMissing: there is none, or it is not finished; says what would be right.
        ConfigError: its `run.json` cannot be read, or is that of other weights.
    """
    return _find(name, name.removeprefix(PREFIX), near=None, depth=0)


def _find(name: str, place: str, near: Path | None, depth: int) -> ModelSource:
    if depth > _MAX_BASES:
        raise LocalModelMissing(f"{name}: more than {_MAX_BASES} adapters on one another, or one on itself")
    directory = _directory(name, place, near)
    base = None
    if (directory / ADAPTER).is_file() and not _matching(directory, _WHOLE):
        base = _find(name, _base_of(directory), directory, depth + 1)
    _check_files(name, directory)
    return ModelSource(name, directory, base, _card_of(name, directory, base), _digest_of(directory, base))


def _card_of(name: str, directory: Path, base: ModelSource | None) -> RunCard | None:
    card = read_run_card(directory)
    if card is not None:
        _check_card(name, directory, card)
        return card
    place = directory.resolve()
    if found := _CHECKPOINT.fullmatch(place.name):
        around = read_run_card(place.parent)
        if around is None and (place.parent / PLAN).is_file():
            raise LocalModelMissing(
                f"{name}: {directory} is a checkpoint of a training that is not finished, so nothing says "
                f"what it has seen; finish it (the same `blazer train` command goes on) and give "
                f"{place.parent}, or keep_checkpoints to have the checkpoint as well"
            )
        if around is not None:
            known = {"name": f"{around.name}/{place.name}", "steps": int(found[1])}
            return around.model_copy(update={**known, "metrics": {}, "weights_digest": ""})
    return base.card if base is not None else None


def _check_card(name: str, directory: Path, card: RunCard) -> None:
    """A card speaks for the weights that it was written for, and for no others."""
    if card.weights_digest and weights_digest(directory, _known_digest) != card.weights_digest:
        raise ConfigError(
            f"{name}: the weights in {directory} are not those that its {RUN_CARD} is about, so nothing says "
            "what they have seen; copy the whole model again, train it again, or take that file away to use "
            "them as a model of which nothing is known"
        )


def _directory(name: str, place: str, near: Path | None) -> Path:
    """A directory, as given or beside the adapter that names it; else a hub's snapshot."""
    if not place.strip():
        raise LocalModelMissing("hf: names no model; write hf:DIRECTORY or hf:organisation/name")
    path = Path(place).expanduser()
    choices = (path,) if near is None or path.is_absolute() else (path, near / path)
    for choice in choices:
        if choice.is_dir():
            return choice
    whose = f"{name}: " if near is None else f"{name}: the model it is an adapter on, {place}: "
    if path.exists():
        raise LocalModelMissing(f"{whose}{path} is a file; give the directory that holds the weights")
    if not _HUB_NAME.fullmatch(place):
        raise LocalModelMissing(f"{whose}there is no directory {path}")
    return _snapshot(whose, place)


def _snapshot(whose: str, place: str) -> Path:
    """Of the hub: what is in its cache already, else what can be fetched."""
    if importlib.util.find_spec("huggingface_hub") is None:
        raise LocalModelMissing(f"{whose}there is no directory {place}; {NO_EXTRA}")
    from huggingface_hub import errors, snapshot_download  # noqa: PLC0415

    # HTTPError is that of whichever HTTP library this version of the hub's client is built on.
    http_error = errors.HTTPError  # type: ignore[attr-defined]
    refusals = (http_error, errors.HfHubHTTPError, errors.HFValidationError, OSError, ValueError)

    repository, _, revision = place.partition("@")
    wanted = [*WEIGHTS, *_WORDS]
    try:
        kept = Path(snapshot_download(repository, revision=revision or None, local_files_only=True))
        if (kept / CONFIG).exists() or (kept / ADAPTER).exists():
            return kept
    except (errors.HFValidationError, OSError):
        pass  # not in the cache
    try:
        return Path(snapshot_download(repository, revision=revision or None, allow_patterns=wanted))
    except refusals as error:
        raise LocalModelMissing(
            f"{whose}there is no directory {place}, and the model of that name is neither in the hub's "
            f"cache nor can it be fetched ({_first_line(error)}); give a directory, or "
            f"fetch it where there is a network: hf download {repository}"
        ) from error


NO_EXTRA = "serving models in this process needs the extra: pip install 'blazer-agents[train]'"


def _base_of(directory: Path) -> str:
    try:
        base = json.loads((directory / ADAPTER).read_text(encoding="utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LocalModelMissing(f"{directory / ADAPTER} cannot be read: {_first_line(error)}") from error
    if not base:
        raise LocalModelMissing(
            f"{directory / ADAPTER} does not say which model the adapter is for; write it there as "
            "base_model_name_or_path"
        )
    return str(base)


def _check_files(name: str, directory: Path) -> None:
    if not (directory / CONFIG).is_file() and not (directory / ADAPTER).is_file():
        unfinished = any(directory.glob("checkpoint-*"))
        raise LocalModelMissing(
            f"{name}: {directory} holds no model (no {CONFIG}, no {ADAPTER})"
            + (
                "; its training is not finished: the same `blazer train` command goes on"
                if unfinished
                else ""
            )
        )
    if not _matching(directory, WEIGHTS):
        raise LocalModelMissing(f"{name}: {directory} holds no weights (no *.safetensors)")


def _matching(directory: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted({path for pattern in patterns for path in directory.glob(pattern) if path.is_file()})


def _digest_of(directory: Path, base: ModelSource | None) -> str:
    files = {}
    for path in _matching(directory, (*WEIGHTS, *_WORDS)):
        if path.name not in _NO_WORDS:
            files[path.name] = _known_digest(path)
    return digest({"files": files, "base": base.digest if base else ""})


def _known_digest(path: Path) -> str:
    state = path.stat()
    return _file_digest(path.resolve(), state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=1024)
def _file_digest(path: Path, size: int, mtime_ns: int) -> str:
    """Read once a process, and again when the file was written since."""
    return file_digest(path)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]

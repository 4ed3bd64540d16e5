"""Batched generation: a row's answer is its own, whoever it shares a batch with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny_model import make_tiny_model, torch

from blazer.agents.errors import ModelUnavailable  # isort: skip
from blazer.agents.local import generation
from blazer.agents.local.generation import Answered, Asked, answer_all, generate
from blazer.agents.local.loading import Loaded, load
from blazer.agents.local.settings import GREEDY, LocalSettings, Manner
from blazer.agents.local.source import find_model
from blazer.core.rng import stream

SAMPLED = Manner(1.0, 0.95)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    directory = make_tiny_model(tmp_path_factory.mktemp("tiny"))
    found = load(find_model(f"hf:{directory}"), LocalSettings(device="cpu"))
    # A dozen of some three hundred tokens end an answer, so that rows are done at different times.
    return found._replace(stops=tuple(range(20, 32)))


@pytest.fixture(autouse=True)
def _stops_of_generate(loaded: Loaded) -> None:
    loaded.model.generation_config.eos_token_id = list(loaded.stops)


def prompts(count: int, limit: int = 40) -> list[Asked]:
    lengths = [5 + 11 * (number % 5) for number in range(count)]
    return [
        Asked(tuple(60 + (7 * i + number) % 200 for i in range(length)), limit, stream(3, "t", number))
        for number, length in enumerate(lengths)
    ]


@pytest.mark.parametrize("manner", [GREEDY, Manner(1.0), SAMPLED], ids=["greedy", "sampled", "top_p"])
def test_an_answer_is_the_same_alone_and_among_sixteen(loaded: Loaded, manner: Manner) -> None:
    together = generate(loaded, prompts(16), manner)
    alone = [generate(loaded, [asked], manner)[0] for asked in prompts(16)]
    assert together == alone
    assert len({answer.tokens for answer in together}) > 8, "they are different answers"


def test_rows_end_at_different_times_and_the_others_go_on(loaded: Loaded) -> None:
    answers = generate(loaded, prompts(16), Manner(1.0), segment=4)
    assert answers == generate(loaded, prompts(16), Manner(1.0), segment=1000)
    assert len({len(answer.tokens) for answer in answers}) > 4


def test_the_cache_changes_nothing(loaded: Loaded) -> None:
    for manner in (GREEDY, SAMPLED):
        assert generate(loaded, prompts(6), manner) == generate(loaded, prompts(6), manner, use_cache=False)


def test_an_answer_ends_with_the_first_stop_token_or_at_its_limit(loaded: Loaded) -> None:
    answers = generate(loaded, prompts(16), Manner(1.0))
    assert {answer.ended for answer in answers} == {True, False}
    for answer in answers:
        stops = [token in loaded.stops for token in answer.tokens]
        assert not any(stops[:-1])
        assert stops[-1] is answer.ended
        assert answer.ended or len(answer.tokens) == 40


def test_every_row_has_a_limit_of_its_own(loaded: Loaded) -> None:
    asked = [item._replace(limit=limit) for item, limit in zip(prompts(3), (1, 7, 40), strict=True)]
    answers = generate(loaded, asked, GREEDY)
    whole = generate(loaded, prompts(3), GREEDY)
    for answer, all_of_it, item in zip(answers, whole, asked, strict=True):
        assert answer.tokens == all_of_it.tokens[: item.limit]


def test_greedy_is_what_the_model_finds_likeliest(loaded: Loaded) -> None:
    """Against the plainest oracle there is: one forward pass a token, no batch, no padding, no cache."""
    asked = prompts(4, limit=12)
    for item, answer in zip(asked, generate(loaded, asked, GREEDY), strict=True):
        ids = list(item.tokens)
        for token in answer.tokens:
            with torch.inference_mode():
                best = int(loaded.model(torch.tensor([ids])).logits[0, -1].argmax())
            assert token == best
            ids.append(token)


def test_sampling_draws_tokens_as_often_as_the_model_says(loaded: Loaded) -> None:
    prompt = prompts(1)[0].tokens
    with torch.inference_mode():
        shares = torch.softmax(loaded.model(torch.tensor([list(prompt)])).logits[0, -1].double(), -1)
    count = 600
    asked = [Asked(prompt, 1, stream(0, "many", number)) for number in range(count)]
    drawn = torch.bincount(
        torch.tensor([a.tokens[0] for a in generate(loaded, asked, Manner(1.0))]), minlength=len(shares)
    )
    top = shares.topk(3)
    for share, token in zip(top.values.tolist(), top.indices.tolist(), strict=True):
        deviation = (share * (1 - share) / count) ** 0.5
        assert abs(float(drawn[token]) / count - share) < 5 * deviation
    assert float(drawn[shares == 0].sum()) == 0


def test_a_small_top_p_leaves_the_likeliest_token_alone(loaded: Loaded) -> None:
    assert generate(loaded, prompts(4), Manner(1.0, 1e-6)) == generate(loaded, prompts(4), GREEDY)


def failing(monkeypatch: pytest.MonkeyPatch, most: int, error: Exception) -> list[int]:
    """Batches beyond `most` fail, halfway through; returns the sizes that were tried."""
    real, tried = generation.generate, []

    def limited(loaded: Loaded, batch: Any, *rest: Any, **more: Any) -> list[Answered]:
        tried.append(len(batch))
        answers = real(loaded, batch, *rest, **more)
        if len(batch) > most:
            raise error
        return answers

    monkeypatch.setattr(generation, "generate", limited)
    return tried


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried ..."),
        MemoryError(),
    ],
    ids=["cuda", "cpu", "python"],
)
def test_out_of_memory_halves_the_batch_and_changes_no_answer(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    expected = generate(loaded, prompts(8), SAMPLED)
    tried = failing(monkeypatch, 2, error)
    assert answer_all(loaded, prompts(8), SAMPLED) == expected
    assert tried == [8, 4, 2, 2, 4, 2, 2]


def test_out_of_memory_on_one_prompt_says_what_to_do(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, 0, torch.OutOfMemoryError("CUDA out of memory"))
    (outcome,) = answer_all(loaded, prompts(1), GREEDY)
    assert isinstance(outcome, ModelUnavailable)
    assert "max_tokens" in str(outcome)
    assert "--base-url" in str(outcome)


def test_another_failure_is_told_to_everybody_in_the_batch(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = failing(monkeypatch, 0, RuntimeError("CUDA error: device-side assert"))
    outcomes = answer_all(loaded, prompts(3), GREEDY)
    assert tried == [3]
    assert [str(outcome) for outcome in outcomes] == [
        "generation failed: RuntimeError: CUDA error: device-side assert"
    ] * 3


def test_what_nobody_waits_for_is_broken_off(loaded: Loaded) -> None:
    asked = prompts(4)
    left = iter([True] * 6)
    answers = generate(loaded, asked, Manner(1.0), lambda: next(left, False))
    assert max(len(answer.tokens) for answer in answers) <= 6

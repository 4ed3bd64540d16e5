"""A local model behind the roles of a run: one set of weights, typed errors, brief students."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import shutil
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest

from tests.tiny_model import CHAT_TEMPLATE, make_tiny_model, torch, transformers

from blazer.agents.budget import Budget, Meter  # isort: skip
from blazer.agents.cache import ResponseCache
from blazer.agents.chat import ChatRequest
from blazer.agents.collect import collect
from blazer.agents.errors import LocalModelMissing, ModelRefused, PromptTooLong
from blazer.agents.local import loading
from blazer.agents.local.serving import reply_all
from blazer.agents.local.settings import LocalSettings, Question
from blazer.agents.models import ModelSuite, RoleConfig
from blazer.agents.run import CollectConfig
from blazer.core.errors import ConfigError
from blazer.core.outcomes import Outcome
from blazer.core.records import Message
from blazer.core.run_card import RunCard, write_run_card
from tests.agents.fakes import FakeSandbox, MemorySink, workplace

LOCAL = LocalSettings(device="cpu", max_batch=8, max_wait_s=0.02)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("tiny"))


def role(place: Path, **values: Any) -> RoleConfig:
    return RoleConfig(**{"model": f"hf:{place}", "max_tokens": 12, "local": LOCAL, **values})


def suite(cache: ResponseCache, place: Path, **values: Any) -> ModelSuite:
    config = role(place, **values)
    return ModelSuite("r", {"planner": config, "coder": config}, cache, Meter(Budget()), reuse=False)


async def ask(models: ModelSuite, text: str, sample: int = 0, who: str = "coder") -> Any:
    messages = (Message(role="user", content=text),)
    return await models.ask(who, messages, sample=sample, prompt_digest="p")


def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    real, seen = loading.load, []

    def counted(source: Any, settings: Any) -> Any:
        seen.append(source.name)
        return real(source, settings)

    monkeypatch.setattr(loading, "load", counted)
    return seen


async def test_roles_share_weights_that_the_first_request_loads(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = loads(monkeypatch)
    with ResponseCache() as cache:
        models = suite(cache, model)
        await models.probe()
        assert seen == [], "whether it is there is known without its weights"
        asked = [ask(models, f"red jar {n}", who=who) for n in range(6) for who in ("planner", "coder")]
        answers = await asyncio.gather(*asked)
        assert len(seen) == 1
        alone = await ask(models, "red jar 3")
        assert alone[1] == answers[7][1]
        await models.aclose()
        await models.aclose()
    call, reply = answers[0]
    assert call.usage.prompt_tokens == reply.prompt_tokens > 5
    assert (call.usage.completion_tokens, reply.finish_reason) == (12, "length")
    assert call.usage.unpriced_calls == 0, "what this machine makes is not billed"


async def test_closing_ends_the_thread_and_gives_the_memory_back(model: Path) -> None:
    threads = torch.get_num_threads()
    with ResponseCache() as cache:
        models = suite(cache, model)
        await ask(models, "red jar")
        (engine,) = models._engines.values()
        assert engine._loaded is not None
        weights = weakref.ref(engine._loaded.model)
        await models.aclose()
    gc.collect()
    assert weights() is None
    assert not any(thread.name.startswith("blazer-local-model") for thread in threading.enumerate())
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("bad", ["\ud800", "beyond"])
async def test_a_request_that_cannot_be_asked_fails_alone(bad: str, model: Path, tmp_path: Path) -> None:
    place = shutil.copytree(model, tmp_path / "m")
    tokenizer = transformers.AutoTokenizer.from_pretrained(place)
    tokenizer.add_tokens(["beyond"])
    tokenizer.save_pretrained(place)
    with ResponseCache() as cache:
        models = suite(cache, place)
        first = await ask(models, "red jar")
        (engine,) = models._engines.values()
        questions = [
            Question(ChatRequest(role="coder", messages=(Message(role="user", content=text),)), max_tokens=12)
            for text in ("red jar", bad)
        ]
        assert engine._loaded is not None
        good, refused = reply_all(engine._loaded, "m", questions, lambda: True)
        await models.aclose()
    assert isinstance(refused, ModelRefused)
    assert "the tokenizer of m" in str(refused)
    assert good == first[1]


async def test_samples_differ_by_sample_and_seed_and_not_by_company(model: Path) -> None:
    with ResponseCache() as cache:
        models = suite(cache, model, temperature=1.0)
        many = await asyncio.gather(*(ask(models, "red jar", sample) for sample in range(4)))
        alone = await ask(models, "red jar", 2)
        other = suite(cache, model, temperature=1.0, seed=5)
        seeded = await ask(other, "red jar", 2)
        await models.aclose()
        await other.aclose()
    texts = [reply.text for _, reply in many]
    assert len(set(texts)) == 4
    assert alone[1].text == texts[2]
    assert seeded[1].text not in texts


async def test_a_prompt_beyond_the_context_fails_alone(model: Path) -> None:
    with ResponseCache() as cache:
        models = suite(cache, model)
        asked = [ask(models, "red jar"), ask(models, "the red jar " * 200), ask(models, "blue jar")]
        short, long, other = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(long, PromptTooLong)
        assert long.tokens > long.context == 256
        assert short[1].completion_tokens == other[1].completion_tokens == 12
        # The answer ends where the context does.
        near = await ask(suite(cache, model, max_tokens=None), "x" * 240)
        assert near[1].prompt_tokens + near[1].completion_tokens <= 256
        await models.aclose()


async def test_a_template_that_refuses_the_messages_says_so(tmp_path: Path) -> None:
    template = "{% if messages[0].role == 'user' %}{{ raise_exception('no user here') }}{% endif %}"
    place = make_tiny_model(tmp_path / "m", chat_template=template + CHAT_TEMPLATE)
    with ResponseCache() as cache:
        models = suite(cache, place)
        with pytest.raises(ModelRefused, match=r"no user here.*roles\.coder\.style"):
            await ask(models, "red jar")
        await models.aclose()


async def test_what_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = make_tiny_model(tmp_path / "bare", chat_template=None)
    broken = make_tiny_model(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"these are no weights")
    with ResponseCache() as cache:
        for place, text in ((bare, "has no chat template"), (broken, "weights in .*broken cannot be loaded")):
            models = suite(cache, place)
            with pytest.raises(LocalModelMissing, match=text):
                await ask(models, "red jar")
            await models.aclose()
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(LocalModelMissing, match=r"pip install 'blazer-agents\[train\]'"):
            suite(cache, bare)
        with pytest.raises(ConfigError, match="nothing to ask in a batch file"):
            config = role(bare)
            roles = {"planner": config, "coder": config}
            ModelSuite("r", roles, cache, Meter(Budget()), answers="batch")


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")
async def test_an_adapter_answers_as_its_merged_model_would(model: Path, tmp_path: Path) -> None:
    peft = pytest.importorskip("peft", reason="needs the extra: pip install 'blazer-agents[train]'")
    torch.manual_seed(0)
    lora = peft.LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    adapted = peft.get_peft_model(transformers.AutoModelForCausalLM.from_pretrained(model), lora)
    adapted.save_pretrained(tmp_path / "lora")
    loaded = loading.load(_found(tmp_path / "lora"), LOCAL)
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.inference_mode():
        expected, found = adapted(ids).logits, loaded.model(ids).logits
        base = loading.load(_found(model), LOCAL).model(ids).logits
    assert torch.allclose(expected, found, atol=1e-4)
    assert not torch.allclose(base, found, atol=1e-2)


def _found(place: Path) -> Any:
    return role(place).source()


def card(style: str) -> RunCard:
    return RunCard(
        stage="sft", name="m", style=style, model="tiny", config={}, seed=0, versions={}, device="cpu",
        steps=1, epochs=1.0, wall_s=1.0, parameters=1, metrics={}, weights_digest="",
    )  # fmt: skip


async def run(place: Path, **values: Any) -> tuple[Any, MemorySink]:
    config = role(place, **values)
    sink = MemorySink()
    wanted = CollectConfig(
        tasks=("lift_block",), seed_stop=6, repairs=1, roles={"planner": config, "coder": config}
    )
    return await collect(wanted, workplace(FakeSandbox(), sink)), sink


async def test_a_brief_student_is_asked_as_it_was_trained_and_without_a_plan(tmp_path: Path) -> None:
    place = make_tiny_model(tmp_path / "m", context=1024)
    write_run_card(place, card("brief"))
    report, sink = await run(place)
    traces = list(sink.traces.values())
    assert (report.done_now, len(traces)) == (6, 12)
    for trace in traces:
        assert [call.role for call in trace.calls] == ["coder"]
        assert trace.plan is None
        first = trace.calls[0].messages
        assert "system" not in [message.role for message in first]
        assert [message.role for message in first] == ["user", "assistant", "user"][: 1 + 2 * trace.attempt]
        assert first[0].content == f"{trace.instruction}\n\n{trace.state_text}"
        assert trace.outcome is Outcome.FORMAT_FAULT


async def test_a_style_that_is_asked_for_wins_over_the_card(tmp_path: Path) -> None:
    place = make_tiny_model(tmp_path / "m", context=8192)
    write_run_card(place, card("brief"))
    _, sink = await run(place, style="full", max_tokens=2)
    first = next(trace for trace in sink.traces.values() if trace.attempt == 0)
    assert [call.role for call in first.calls] == ["planner", "coder"]
    assert first.calls[1].messages[0].role == "system"


async def test_prompts_that_do_not_fit_are_failures_of_the_model_and_the_run_goes_on(model: Path) -> None:
    report, sink = await run(model, style="full")
    assert (report.done_now, report.infra_errors, report.stopped) == (6, 0, "")
    for trace in sink.traces.values():
        assert trace.outcome is Outcome.FORMAT_FAULT
        assert trace.execution.fault is not None
        assert "takes 256, answer included" in trace.execution.fault.message
        assert trace.calls == ()

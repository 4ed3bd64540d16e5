"""Attempts to rows, one function a kind. Pure; the same whatever order the attempts come in.

Preference pairs are in `pairs`.
"""

from __future__ import annotations

from collections.abc import Sequence

from blazer.agents.extract import extract_program
from blazer.core.records import Message
from blazer.training.attempts import Attempt, messages_key
from blazer.training.rows import Chat, KtoRow, RlRow, SftRow
from blazer.training.selecting import Ledger, capped, distinct, grouped, robust
from blazer.training.settings import DatasetSettings


def said(text: str) -> Chat:
    """A model's reply as chat messages."""
    return (Message(role="assistant", content=text),)


def sft_rows(attempts: Sequence[Attempt], settings: DatasetSettings, ledger: Ledger) -> list[SftRow]:
    """Distinct verified solutions of every instance as answers to the original prompt.

    With `dialogue`, repairs once more, as answers to all that was said before them.
    """
    rows = []
    good = [item for item in robust(attempts, settings, ledger) if _wanted(item, settings, ledger)]
    for same in grouped(good, lambda item: item.question):
        solutions = distinct(same, lambda item: item.program_key, ledger)
        for item in capped(solutions, settings.sft.per_instance, ledger):
            rows.append(_sft_row(item, item.prompt, "", settings))
        if settings.dialogue:
            repairs = [item for item in same if item.dialogue]
            repairs = distinct(repairs, lambda item: (messages_key(item.dialogue), item.program_key), ledger)
            for item in capped(repairs, settings.sft.per_instance, ledger):
                rows.append(_sft_row(item, item.dialogue, "d", settings))
    return rows


def _wanted(item: Attempt, settings: DatasetSettings, ledger: Ledger) -> bool:
    if not settings.bare and not is_single_block(item.answer(bare=False), item.program):
        ledger.leave("no_single_block", item)
        return False
    return True


def is_single_block(reply: str, program: str) -> bool:
    """Whether a reply holds one fenced block and no more, and it is this program."""
    fences = sum(line.lstrip().startswith(("```", "~~~")) for line in reply.splitlines())
    return fences == 2 and extract_program(reply).program == program


def _sft_row(item: Attempt, prompt: Chat, mark: str, settings: DatasetSettings) -> SftRow:
    return SftRow(
        id=item.trace_id + mark,
        prompt=prompt,
        completion=said(item.answer(bare=settings.bare)),
        form="dialogue" if mark else "answer",
        repaired=item.is_repair,
        pass_rate=item.pass_rate,
        layouts=item.verified,
        refers=item.refers,
        model=item.model,
        task=item.question.task,
        seed=item.question.seed,
        instance=item.instance_key,
        trace_id=item.trace_id,
    )


def kto_rows(attempts: Sequence[Attempt], settings: DatasetSettings, ledger: Ledger) -> list[KtoRow]:
    """Distinct answers with their labels.

    Answers are programs in their blocks on both sides: words around them would give the label away,
    since only first attempts have words that fit the prompt.
    """
    good = robust(attempts, settings, ledger)
    bad = [item for item in attempts if item.use.kto is False]
    rows = []
    for label, items in ((True, good), (False, sorted(bad, key=Attempt.order))):
        for same in grouped(items, lambda item: item.question):
            kept = distinct(same, lambda item: item.program_key, ledger)
            for item in capped(kept, settings.kto.per_instance, ledger):
                rows.append(_kto_row(item, label))
    return rows


def _kto_row(item: Attempt, label: bool) -> KtoRow:
    return KtoRow(
        id=item.trace_id,
        prompt=item.prompt,
        completion=said(item.answer(bare=True)),
        label=label,
        outcome=item.outcome,
        pass_rate=item.pass_rate,
        model=item.model,
        task=item.question.task,
        seed=item.question.seed,
        instance=item.instance_key,
        trace_id=item.trace_id,
    )


def rl_rows(attempts: Sequence[Attempt], settings: DatasetSettings, ledger: Ledger) -> list[RlRow]:
    """The prompts of every instance, with how often it was solved."""
    rows = []
    asked = [item for item in attempts if item.use.rl]
    for same in grouped(asked, lambda item: item.question):
        prompts: dict[str, Attempt] = {}
        for item in same:
            prompts.setdefault(item.prompt_key, item)
        for item in capped(list(prompts.values()), settings.rl.per_instance, ledger):
            rows.append(
                RlRow(
                    id=item.trace_id,
                    prompt=item.prompt,
                    attempts=len(same),
                    successes=sum(other.use.sft for other in same),
                    task=item.question.task,
                    seed=item.question.seed,
                    instance=item.instance_key,
                    trace_id=item.trace_id,
                )
            )
    return rows

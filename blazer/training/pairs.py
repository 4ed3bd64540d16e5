"""Preference pairs: the same prompt word for word, a verified answer and a worse one.

A failure is paired with the program nearest to it among the most robust of the same prompt, because
two programs that differ in one thing say what that thing is worth. Both sides are dressed alike: as
the replies were if both are first attempts, else as programs in their blocks. Kinds of failure take
turns under the cap of an instance, so that the commonest one does not crowd out the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from blazer.core.outcomes import Stratum
from blazer.training.attempts import Attempt
from blazer.training.builders import said
from blazer.training.programs import similarity
from blazer.training.rows import PairRow, lesson_of
from blazer.training.selecting import Ledger, distinct, grouped, rate_or_none, robust
from blazer.training.settings import DatasetSettings


class _Pair(NamedTuple):
    chosen: Attempt
    rejected: Attempt
    near: float | None

    @property
    def stratum(self) -> Stratum:
        return self.rejected.use.stratum or Stratum.TASK

    @property
    def label(self) -> str:
        return lesson_of(self.stratum, self.rejected.outcome)


def pair_rows(attempts: Sequence[Attempt], settings: DatasetSettings, ledger: Ledger) -> list[PairRow]:
    """The pairs of every instance."""
    rows = []
    for same in grouped(sorted(attempts, key=Attempt.order), lambda item: item.question):
        noted = len(ledger.entries)
        pairs = [
            pair
            for group in grouped(same, lambda item: item.prompt_key)
            for pair in _pairs_of(group, settings, ledger)
        ]
        made = [_row(pair, settings) for pair in _within_caps(pairs, settings, ledger)]
        told = {name for row in made for name in row.trace_ids}
        told |= {name for entry in ledger.entries[noted:] for name in entry.trace_ids}
        for item in same:
            if item.use.sft and item.trace_id not in told:
                ledger.leave("no_pair", item)
        rows += made
    return rows


def _pairs_of(group: Sequence[Attempt], settings: DatasetSettings, ledger: Ledger) -> list[_Pair]:
    """The pairs of one prompt."""
    failed = distinct([item for item in group if item.use.negative], lambda item: item.program_key, ledger)
    solved = distinct([item for item in group if item.use.sft], lambda item: item.program_key, ledger)
    # One that is not robust enough to be chosen may still be what is rejected: its refusal is noted
    # here, and counts only if it stays without a use.
    refused = Ledger(ledger.kind, ledger.split)
    good = robust(solved, settings, refused)
    if not good:
        ledger.entries += refused.entries
        for item in failed:
            ledger.leave("no_partner", item)
        return []
    best_rate = max(rate_or_none(item) for item in good)
    best = [item for item in good if rate_or_none(item) == best_rate]
    fragile = [
        item
        for item in solved
        if item.pass_rate is not None and best_rate - item.pass_rate >= settings.dpo.min_gap
    ]
    used = {item.trace_id for item in fragile}
    ledger.entries += [entry for entry in refused.entries if not used & set(entry.trace_ids)]
    pairs = (_nearest(best, item, settings, ledger) for item in (*failed, *fragile))
    return [pair for pair in pairs if pair is not None]


def _nearest(
    best: Sequence[Attempt], rejected: Attempt, settings: DatasetSettings, ledger: Ledger
) -> _Pair | None:
    """The rejected one with the nearest that the guards let pass; noted if there is none."""
    candidates = [
        _Pair(item, rejected, similarity(item.tokens, rejected.tokens) if rejected.program else None)
        for item in best
    ]
    candidates.sort(key=lambda pair: (-(pair.near or 0.0), pair.chosen.order()))
    allowed = [pair for pair in candidates if _length_ratio(pair, settings) <= settings.dpo.max_length_ratio]
    if not allowed:
        least = min(_length_ratio(pair, settings) for pair in candidates)
        ledger.leave("length_ratio", rejected, f"{least:.1f} at the least", candidates[0].chosen)
        return None
    nearest = allowed[0]
    if nearest.near is not None and nearest.near < settings.dpo.min_similarity:
        ledger.leave("similarity", rejected, f"{nearest.near:.2f}", nearest.chosen)
        return None
    return nearest


def _length_ratio(pair: _Pair, settings: DatasetSettings) -> float:
    # A reply without a program has words of its own; there is nothing in it for length to give away.
    if not pair.rejected.program:
        return 1.0
    one, other = (len(text) for text in _texts(pair, settings))
    return max(one, other) / max(1, min(one, other))


def _texts(pair: _Pair, settings: DatasetSettings) -> tuple[str, str]:
    bare = settings.bare or pair.chosen.is_repair or pair.rejected.is_repair
    return pair.chosen.answer(bare=bare), pair.rejected.answer(bare=bare)


def _within_caps(pairs: Sequence[_Pair], settings: DatasetSettings, ledger: Ledger) -> list[_Pair]:
    """The nearest pairs of every kind of failure, kinds in turn."""
    limit = settings.dpo.per_kind
    kinds = []
    for same in grouped(sorted(pairs, key=lambda pair: pair.label), lambda pair: pair.label):
        same.sort(key=lambda pair: (-(pair.near or 0.0), pair.rejected.order()))
        for pair in same[limit:]:
            ledger.leave("per_kind", pair.rejected, f"more than {limit}", pair.chosen)
        kinds.append(same[:limit])
    in_turn = [pair for turn in zip_longest(*kinds) for pair in turn if pair is not None]
    limit = settings.dpo.per_instance
    for pair in in_turn[limit:]:
        ledger.leave("per_instance", pair.rejected, f"more than {limit}", pair.chosen)
    return in_turn[:limit]


def _row(pair: _Pair, settings: DatasetSettings) -> PairRow:
    chosen, rejected = pair.chosen, pair.rejected
    texts = _texts(pair, settings)
    return PairRow(
        id=f"{chosen.trace_id}-{rejected.trace_id}",
        prompt=chosen.prompt,
        chosen=said(texts[0]),
        rejected=said(texts[1]),
        stratum=pair.stratum,
        rejected_outcome=rejected.outcome,
        similarity=None if pair.near is None else round(pair.near, 4),
        chosen_pass_rate=chosen.pass_rate,
        rejected_pass_rate=rejected.pass_rate,
        chosen_model=chosen.model,
        rejected_model=rejected.model,
        task=chosen.question.task,
        seed=chosen.question.seed,
        instance=chosen.instance_key,
        chosen_trace_id=chosen.trace_id,
        rejected_trace_id=rejected.trace_id,
    )

"""Proof that nothing learnt is tested: the seeds of every data set behind a study's students.

Read from the `run.json` beside each student's weights, not from the plan: what a training was fed is what
it wrote down. Seeds are compared whatever their task, which is stricter than needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from blazer.bootstrap.steps import Done, WorkDir
from blazer.core.records import Record
from blazer.core.run_card import read_run_card
from blazer.core.seeds import is_evaluation_seed

TRAININGS = frozenset({"base", "train"})


class TrainedOn(Record):
    """One data set that students were trained or validated on."""

    name: str
    """The step that made it, where one did."""
    digest: str
    students: tuple[str, ...]
    """Steps whose students have it in their lineage."""
    seeds: int
    """Different ones."""
    ranges: str
    """All of them, such as `0-4, 7`."""
    for_evaluation: int
    """Of these seeds, those kept for evaluation."""
    evaluated: int
    """Of these seeds, those that a finished evaluation used."""


def trained_on(
    done: Mapping[str, Done], place: WorkDir, evaluated: Iterable[tuple[int, int]]
) -> list[TrainedOn]:
    """Every data set in the lineage of every student that is there.

    Args:
        done: Finished steps.
        place: Where they were done.
        evaluated: Seeds of finished evaluations, ends exclusive.

    Raises:
        ConfigError: a student's card cannot be read.
    """
    names = step_names(done)
    used = {seed for start, stop in evaluated for seed in range(start, stop)}
    seeds: dict[tuple[str, str], set[int]] = {}
    students: dict[tuple[str, str], list[str]] = {}
    for step, proof in done.items():
        card = read_run_card(place.out(step)) if proof.kind in TRAININGS else None
        for data in card.lineage if card is not None else ():
            key = (names.get(data.digest, data.name), data.digest)
            seeds.setdefault(key, set()).update(seed for some in data.seeds.values() for seed in some)
            students.setdefault(key, []).append(step)
    return [
        TrainedOn(
            name=name,
            digest=mark,
            students=tuple(dict.fromkeys(students[name, mark])),
            seeds=len(found),
            ranges=ranges(found),
            for_evaluation=sum(map(is_evaluation_seed, found)),
            evaluated=len(found & used),
        )
        for (name, mark), found in seeds.items()
    ]


def step_names(done: Mapping[str, Done]) -> dict[str, str]:
    """Digest of a data set -> step that made it; their directories are all called `out`."""
    return {proof.made.digest: step for step, proof in done.items() if proof.kind == "data"}


def ranges(seeds: Iterable[int]) -> str:
    """Whole numbers in few words."""
    known = sorted(set(seeds))
    if not known:
        return ""
    cuts = [index for index, (one, two) in enumerate(pairwise(known), start=1) if two != one + 1]
    parts = [known[a:b] for a, b in pairwise([0, *cuts, len(known)])]
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)

"""Two models on the layouts that both have decided.

Several samples of a layout count by their share, so that no sample of one model is matched with an arbitrary
one of the other. Bootstrap and sign test see layouts; see `statistics`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.eval.evaluation.episodes import EpisodeResult, Layout, by_layout
from blazer.eval.evaluation.errors import EmptyEvaluation
from blazer.eval.evaluation.result import Comparison, Difference, Group
from blazer.eval.evaluation.statistics import paired_bootstrap, sign_test

Measure = Callable[[EpisodeResult], bool]


class Pairing:
    """Two models' episodes, paired by layout.

    Args:
        first, second: Names.
        episodes: Model -> its decided episodes.
        tasks: Of the evaluation.

    Raises:
        EmptyEvaluation: if some task has no layout that both have decided.
    """

    def __init__(
        self, first: str, second: str, episodes: Mapping[str, Sequence[EpisodeResult]], tasks: Sequence[str]
    ) -> None:
        self.first, self.second, self._tasks = first, second, tuple(tasks)
        self._one, self._other = by_layout(episodes[first]), by_layout(episodes[second])
        self.shared: dict[str, list[Layout]] = {task: [] for task in tasks}
        for layout in sorted(set(self._one) & set(self._other)):
            self.shared[layout[0]].append(layout)
        for task, layouts in self.shared.items():
            if not layouts:
                raise EmptyEvaluation(
                    f"no layout of task {task} was decided by both {first} and {second}, so they cannot be "
                    "compared; the same command tries undecided episodes again"
                )

    @property
    def unpaired(self) -> int:
        """Layouts that only one of the two has decided."""
        return len(set(self._one) ^ set(self._other))

    def difference(
        self, name: str, measure: Measure, *, seed: int, resamples: int, tasks: Sequence[str] = ()
    ) -> Difference:
        """Second minus first of the share of episodes for which `measure` holds.

        Args:
            name: Of what is measured; part of the name of the random stream.
            measure: Of an episode.
            seed: Root of the random stream.
            resamples: Of the bootstrap.
            tasks: The mean over these; over all when empty.
        """
        chosen = tuple(tasks) or self._tasks
        pairs = {t: [self._shares(layout, measure) for layout in self.shared[t]] for t in chosen}
        moves = {t: [second - first for first, second in some] for t, some in pairs.items()}
        low, high = paired_bootstrap(moves, seed, self.first, self.second, name, resamples=resamples)
        every = [move for some in moves.values() for move in some]
        only_first, only_second = sum(move < 0 for move in every), sum(move > 0 for move in every)
        first = fmean(fmean(one for one, _ in some) for some in pairs.values())
        second = fmean(fmean(other for _, other in some) for some in pairs.values())
        return Difference(
            first=first,
            second=second,
            difference=second - first,
            low=low,
            high=high,
            n=len(every),
            only_first=only_first,
            only_second=only_second,
            p_value=sign_test(only_first, only_second),
        )

    def _shares(self, layout: Layout, measure: Measure) -> tuple[float, float]:
        return tuple(  # type: ignore[return-value]  # of two
            fmean(measure(episode) for episode in side[layout]) for side in (self._one, self._other)
        )


def compare(
    first: str,
    second: str,
    episodes: Mapping[str, Sequence[EpisodeResult]],
    tasks: Sequence[str],
    *,
    groups: Mapping[Group, Sequence[str]] | None = None,
    seed: int = 0,
    resamples: int = 10_000,
) -> Comparison:
    """The second model against the first.

    Raises:
        EmptyEvaluation: if some task has no layout that both have decided.
    """
    pairing = Pairing(first, second, episodes, tasks)
    single = all(len(some) == 1 for name in (first, second) for some in by_layout(episodes[name]).values())

    def difference(name: str, measure: Measure, some: Sequence[str] = ()) -> Difference:
        return pairing.difference(name, measure, seed=seed, resamples=resamples, tasks=some)

    seen = {e.outcome for name in (first, second) for e in episodes[name]}
    kinds = [kind for kind in OUTCOME_TABLE if kind in seen and kind is not Outcome.SUCCESS]
    return Comparison(
        first=first,
        second=second,
        test="mcnemar_exact" if single else "sign_exact",
        strict=difference("strict", lambda e: e.strict),
        paper=difference("paper", lambda e: e.paper),
        groups={
            group: difference("strict", lambda e: e.strict, some) for group, some in (groups or {}).items()
        },
        tasks={task: difference("strict", lambda e: e.strict, (task,)) for task in tasks},
        failures={kind: difference(kind, failed_as({kind})) for kind in kinds},
        unpaired=pairing.unpaired,
    )


def compare_failures(
    first: str,
    second: str,
    episodes: Mapping[str, Sequence[EpisodeResult]],
    tasks: Sequence[str],
    kinds: frozenset[Outcome],
    *,
    seed: int = 0,
    resamples: int = 10_000,
) -> Difference:
    """Difference of the share of episodes that failed in any of several ways, such as those of its pairs.

    Raises:
        EmptyEvaluation: if some task has no layout that both have decided.
    """
    pairing = Pairing(first, second, episodes, tasks)
    name = "+".join(sorted(kinds))
    return pairing.difference(name, failed_as(kinds), seed=seed, resamples=resamples)


def failed_as(kinds: frozenset[Outcome] | set[Outcome]) -> Measure:
    """Whether an episode ended in one of these ways."""
    return lambda episode: episode.outcome in kinds

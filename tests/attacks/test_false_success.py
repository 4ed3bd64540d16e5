"""No program is a success that the world does not show: tampering on many seeds, and broken programs.

Minutes long: `pytest tests/attacks/test_false_success.py -m slow`. The oracle is the record itself: a
success must be one when exactly the calls on record are executed again in a world of the test's own.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable

import pytest

from blazer.core.outcomes import Ending, Outcome
from blazer.core.records import Decision
from blazer.sandbox.episode import Episode
from blazer.sandbox.fake import FakeArena, fake_instance
from blazer.sandbox.sandbox import Sandbox
from tests.attacks.conftest import QUICK
from tests.attacks.programs import Hostile, load_programs

SEEDS = range(20)
BROKEN = 2500
SLOW_ENDINGS = {Ending.TIME_OUT}
TAMPERING = [
    program
    for program in load_programs()
    if program.group == "tamper" and program.needs != "seed" and not (program.raw or set()) & SLOW_ENDINGS
]
PIECES = (
    "pick('thing0')",
    "place_on('thing0')",
    "pick(1)",
    "x = get_object('thing0').position",
    "move_gripper((0.1, 0.2, 0.9))",
    "move_gripper(x)",
    "for i in range(3):\n    open_gripper()",
    "if gripper_pose().holding:\n    place_on('thing0')",
    "try:\n    pick('far')\nexcept SkillError:\n    pass",
    "raise SystemExit(0)",
    "raise ValueError('success')",
    "print('success')",
    "exit()",
    "1 / 0",
    "assert is_reachable((0.1, 0.2, 0.9))",
    "def f(n):\n    return f(n - 1) if n else pick('thing0')\nf(3)",
    "import math\nx = (math.nan, 0, 0)",
    "thing = get_objects()[0]\npick(thing)\nplace_on(thing)",
    "result = True",
    "close_gripper()",
)


def broken(number: int) -> str:
    """A program put together at random, and often cut or changed in a place."""
    rng = random.Random(number)  # noqa: S311  (programs, not secrets)
    text = "\n".join(rng.choices(PIECES, k=rng.randint(1, 6)))
    for _ in range(rng.choice((0, 0, 1, 3))):
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(("", "", "'", "(", ":", " ", "\n", "\x00", "é", "0")) + text[at + 1 :]
    return text[: rng.randint(1, len(text))] if rng.random() < 0.2 else text


def shown(episode: Episode) -> Decision:
    """What the world says when the calls on record, and no others, are executed."""
    arena = FakeArena()
    arena.load(fake_instance(), trajectory=False, max_simulated_s=QUICK.simulated_s)
    for call in episode.execution.skill_calls:
        arena.call(call.skill, dict(call.arguments))
    return arena.finish().verdict.strict


async def run_all(sources: Iterable[tuple[str, int, bool]]) -> list[Episode]:
    """Each source on the seed, with the policy or without."""
    async with Sandbox("process", backend="fake", limits=QUICK, workers=2) as sandbox:
        tasks = [
            sandbox.run(source, fake_instance(seed), trajectory=False, policy=policy)
            for source, seed, policy in sources
        ]
        return await asyncio.gather(*tasks)


def test_there_are_many_kinds_of_tampering() -> None:
    assert len(TAMPERING) >= 40


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("program", TAMPERING, ids=lambda program: program.name)
def test_no_tampering_succeeds_on_any_seed(program: Hostile) -> None:
    runs = [(program.source, seed, policy) for seed in SEEDS for policy in (False, True)]
    for episode in asyncio.run(run_all(runs)):
        assert episode.execution.outcome not in (Outcome.SUCCESS, Outcome.INFRA_ERROR), episode.execution
        # Some reach the goal honestly before they break a rule: then the world says so, and nobody else.
        if episode.verdict.strict is Decision.PASS:
            assert shown(episode) is Decision.PASS


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("policy", [True, False])
def test_broken_programs_succeed_exactly_where_the_world_shows_it(policy: bool) -> None:
    runs = [(broken(number), number, policy) for number in range(BROKEN)]
    seen: Counter[str] = Counter()
    for (source, *_), episode in zip(runs, asyncio.run(run_all(runs)), strict=True):
        outcome = episode.execution.outcome
        seen[str(outcome)] += 1
        assert outcome is not Outcome.INFRA_ERROR, (source, episode.execution.fault)
        if episode.execution.ending not in (Ending.REFUSED, Ending.TIME_OUT):
            assert (outcome is Outcome.SUCCESS) == (shown(episode) is Decision.PASS), source
    assert len(seen) >= 5, seen

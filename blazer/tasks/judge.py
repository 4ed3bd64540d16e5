"""The verifier: says whether a task was done, from the world before and after and nothing else.

Nothing that came from the program is an argument. A world that cannot be judged (numbers that are not
finite, an object gone missing) gets no decision, which is not the same as a failure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from blazer.core.records import CheckResult, Decision, Verdict, WorldState
from blazer.sim.scene import Scene
from blazer.tasks.instantiate import scene_of
from blazer.tasks.predicates import check
from blazer.tasks.situation import Situation
from blazer.tasks.spec import Goal, PredicateSpec, TaskInstance

STANDARD: tuple[PredicateSpec, ...] = (
    PredicateSpec(name="nothing_grasped"),
    PredicateSpec(name="at_rest"),
    PredicateSpec(name="undisturbed"),
)
"""What `strict` asks of every task: released, at rest, nothing else knocked over or displaced."""


def judge(
    instance: TaskInstance, initial: WorldState, final: WorldState, scene: Scene | None = None
) -> Verdict:
    """The verdict on the world at the end of an episode.

    Args:
        instance: The task that was set.
        initial: The world before the program ran.
        final: The world after it had settled.
        scene: `scene_of(instance)`, where the caller has it already.

    Raises:
        PredicateError: the instance's goal is malformed.
    """
    scene = scene or scene_of(instance)
    reason = _unjudgeable("before", initial, scene) or _unjudgeable("after", final, scene)
    if reason:
        return Verdict(paper=Decision.NONE, strict=Decision.NONE, reason=reason)
    situation = Situation(initial, final, scene, instance.goal.movable)
    checks = _evaluate(instance.goal.paper, situation)
    strict_checks = _evaluate(strict_conditions(instance.goal), situation)
    return Verdict(
        paper=_conjunction(checks),
        strict=_conjunction((*checks, *strict_checks)),
        checks=checks,
        strict_checks=strict_checks,
    )


def strict_conditions(goal: Goal) -> tuple[PredicateSpec, ...]:
    """What `strict` asks beyond `paper`: the goal's own and the standard ones it does not name already."""
    return (*goal.strict, *(item for item in STANDARD if item not in goal.paper))


def _evaluate(goal: Sequence[PredicateSpec], situation: Situation) -> tuple[CheckResult, ...]:
    return tuple(check(item.name, item.params, situation) for item in goal)


def _conjunction(checks: Sequence[CheckResult]) -> Decision:
    return Decision.PASS if all(item.passed for item in checks) else Decision.FAIL


def _unjudgeable(when: str, world: WorldState, scene: Scene) -> str:
    """Why the world cannot be judged; "" if it can."""
    present = {item.name for item in world.objects}
    missing = [body.name for body in scene.bodies if body.name not in present]
    if missing:
        return f"the world {when} the program lacks {', '.join(missing)}"
    for item in world.objects:
        numbers = (
            *item.position_m,
            *item.quat_wxyz,
            *item.linear_velocity_m_s,
            *item.angular_velocity_rad_s,
            item.joint_position or 0.0,
        )
        if not all(math.isfinite(number) for number in numbers):
            return f"the world {when} the program has numbers of {item.name!r} that are not finite"
        if math.hypot(*item.quat_wxyz) < 0.5:
            return f"the world {when} the program has no orientation of {item.name!r}"
    return ""

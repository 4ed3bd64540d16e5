"""Joint-space path search: RRT-Connect (Kuffner & LaValle, ICRA 2000) and simplification, by OMPL.

Not a planner of motions: it returns way-points that `planning` rounds and `timing` times. Ends by
count, never by the clock, so that a search gives the same answer on a slow machine; every object of
OMPL is made new for a search, so that earlier searches do not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ompl import base, geometric, util

Array = NDArray[np.float64]

Free = Callable[[Array], bool]
"""Whether all configurations (n, 7) are free."""

STEP_RAD = 0.6
"""Longest extension of a tree."""

util.setLogLevel(util.LogLevel.LOG_NONE)


def search(
    start_rad: Array,
    goals_rad: Array,
    lower_rad: Array,
    upper_rad: Array,
    free: Free,
    *,
    resolution_rad: float,
    max_iterations: int,
    seed: int,
) -> Array | None:
    """Way-points (n, 7) from the start to one of the goals, or None.

    Args:
        start_rad: (7,), must be free.
        goals_rad: (m, 7), all free.
        lower_rad: (7,) bounds of the search.
        upper_rad: (7,) bounds of the search.
        free: Whether all configurations (n, 7) are free.
        resolution_rad: Largest joint step between two that are checked.
        max_iterations: Extensions of the trees before giving up.
        seed: Of the random samples.
    """
    # OMPL seeds each of its generators from one global sequence; restarting that sequence, and
    # making every object anew, is what makes a search reproducible.
    util.RNG.setSeed(seed % (2**32 - 1) + 1)
    information = _information(lower_rad, upper_rad, free, resolution_rad)
    space = information.getStateSpace()
    problem = base.ProblemDefinition(information)
    problem.addStartState(_state(space, np.clip(start_rad, lower_rad, upper_rad)))
    goal = base.GoalStates(information)
    for configuration in goals_rad:
        goal.addState(_state(space, configuration))
    problem.setGoal(goal)
    planner = geometric.RRTConnect(information)
    planner.setRange(STEP_RAD)
    planner.setProblemDefinition(problem)
    planner.setup()
    if not planner.solve(base.PlannerTerminationCondition(_after(max_iterations))):
        return None
    if problem.hasApproximateSolution():
        return None
    path = problem.getSolutionPath()
    simplifier = geometric.PathSimplifier(information)
    simplifier.reduceVertices(path)
    simplifier.partialShortcutPath(path, maxSteps=24, maxEmptySteps=12)
    simplifier.reduceVertices(path)
    points = np.array([path.getState(i)[0:7] for i in range(path.getStateCount())])
    points[0] = start_rad
    return points


def segment(first_rad: Array, last_rad: Array, resolution_rad: float) -> Array:
    """Evenly spaced configurations (n, 7) on a straight joint segment, without its first point."""
    count = max(1, int(np.ceil(np.abs(last_rad - first_rad).max() / resolution_rad)))
    parts: Array = first_rad + (last_rad - first_rad) * (np.arange(1, count + 1) / count)[:, None]
    return parts


def _information(lower_rad: Array, upper_rad: Array, free: Free, resolution_rad: float) -> Any:
    """The space with its bounds and what is free in it."""
    space = base.RealVectorStateSpace(len(lower_rad))
    bounds = base.RealVectorBounds(len(lower_rad))
    for i, (low, high) in enumerate(zip(lower_rad, upper_rad, strict=True)):
        bounds.setLow(i, float(low))
        bounds.setHigh(i, float(high))
    space.setBounds(bounds)
    information = base.SpaceInformation(space)
    information.setStateValidityChecker(lambda state: free(np.array([state[0:7]])))
    information.setMotionValidator(_motion_validator(information, free, resolution_rad))
    information.setup()
    return information


def _state(space: Any, values: Array) -> Any:
    state = space.allocState()
    state[0:7] = [float(v) for v in values]
    return state


def _after(count: int) -> Callable[[], bool]:
    """A termination condition that turns true when asked more than `count` times."""
    asked = 0

    def ended() -> bool:
        nonlocal asked
        asked += 1
        return asked > count

    return ended


def _motion_validator(information: Any, free: Free, resolution_rad: float) -> Any:
    class BatchValidator(base.MotionValidator):  # type: ignore[misc]
        """Asks for a whole segment at once, which costs one crossing into the simulator."""

        def checkMotion(self, first: Any, last: Any) -> bool:
            return free(segment(np.array(first[0:7]), np.array(last[0:7]), resolution_rad))

    return BatchValidator(information)

"""The names under which specs know conditions, and the checks on how they are used.

Not here: what a condition means (`conditions`), and how a goal becomes a verdict (`judge`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from blazer.core.records import CheckResult, Record
from blazer.core.registry import Registry
from blazer.tasks import conditions
from blazer.tasks.errors import PredicateError
from blazer.tasks.situation import Situation
from blazer.tasks.texts import validation_text


class Predicate(NamedTuple):
    """A registered condition: its parameters' record, its function, one line for people."""

    params: type[Record]
    check: Callable[[Situation, Any], CheckResult]
    doc: str


PREDICATES: Registry[Predicate] = Registry("goal predicate")

for _check, _params in (
    (conditions.detected, conditions.DetectedParams),
    (conditions.not_detected, conditions.DetectedParams),
    (conditions.detected_count, conditions.DetectedCountParams),
    (conditions.centre_in, conditions.DetectedParams),
    (conditions.centre_in_count, conditions.DetectedCountParams),
    (conditions.on_top, conditions.OnTopParams),
    (conditions.near, conditions.NearParams),
    (conditions.upright, conditions.UprightParams),
    (conditions.on_table, conditions.ObjectParams),
    (conditions.beside, conditions.BesideParams),
    (conditions.stacked, conditions.StackedParams),
    (conditions.joint_beyond, conditions.JointParams),
    (conditions.detached, conditions.ObjectParams),
    (conditions.held, conditions.ObjectParams),
    (conditions.nothing_grasped, conditions.NoParams),
    (conditions.at_rest, conditions.AtRestParams),
    (conditions.undisturbed, conditions.UndisturbedParams),
):
    PREDICATES.add(_check.__name__, Predicate(_params, _check, (_check.__doc__ or "").strip()))


def validated(name: str, params: dict[str, Any], objects: Sequence[str]) -> Record:
    """The parameters of a predicate, checked against its record and the objects there are.

    Raises:
        PredicateError: unknown predicate, wrong parameter, unknown object; names the valid ones.
    """
    if name not in PREDICATES:
        raise PredicateError(
            f"unknown predicate {name!r}. Predicates: {', '.join(sorted(PREDICATES.names()))}"
        )
    record = PREDICATES.get(name).params
    try:
        checked = record.model_validate(params)
    except ValidationError as error:
        known = ", ".join(record.model_fields) or "none"
        raise PredicateError(f"predicate {name!r}: {validation_text(error)}. Parameters: {known}") from None
    for used in _objects_in(checked):
        if used not in objects:
            raise PredicateError(f"predicate {name!r}: no object {used!r}. Objects: {', '.join(objects)}")
    return checked


def check(name: str, params: dict[str, Any], situation: Situation) -> CheckResult:
    """One predicate of a goal, evaluated.

    Raises:
        PredicateError: as `validated`.
    """
    record = validated(name, params, [body.name for body in situation.scene.bodies])
    return PREDICATES.get(name).check(situation, record)


def _objects_in(record: Record) -> list[str]:
    """Names of objects that a parameter record refers to."""
    names: list[str] = []
    for field in ("object", "support", "target", "reference", "over", "relative_to"):
        value = getattr(record, field, None)
        if isinstance(value, str):
            names.append(value)
    for field in ("objects", "besides"):
        names.extend(getattr(record, field, ()))
    sensor = getattr(record, "sensor", None)
    return [*names, *(_objects_in(sensor) if isinstance(sensor, Record) else [])]

"""A task in plain words and numbers, for `blazer tasks NAME` and for a model that proposes tasks."""

from __future__ import annotations

from typing import Any

from blazer.core.digest import digest
from blazer.tasks.catalogue import TYPES
from blazer.tasks.constraints import CONSTRAINTS
from blazer.tasks.judge import strict_conditions
from blazer.tasks.library import has_reference
from blazer.tasks.predicates import PREDICATES
from blazer.tasks.spec import PredicateSpec, TaskSpec


def describe(spec: TaskSpec) -> dict[str, Any]:
    """A JSON-able description of a task: what varies, what is there, what is asked, what counts."""
    return {
        "name": spec.name,
        "title": spec.title,
        "pool": spec.pool,
        "description": spec.description,
        "source": spec.source,
        "digest": digest(spec),
        "variations": {item.name: _variation(item.kind, item.values, item.of) for item in spec.variations},
        "objects": [
            {"name": item.name, "type": item.type, "color": item.color, "params": dict(item.params)}
            for item in spec.objects
        ],
        "instructions": list(spec.instructions),
        "goal": {
            "paper": [_condition(item) for item in spec.goal.paper],
            "strict": [_condition(item) for item in strict_conditions(spec.goal)],
            "movable": list(spec.goal.movable),
        },
        "time_limit_s": spec.time_limit_s,
        "reference_program": has_reference(spec.name),
    }


def vocabulary() -> dict[str, Any]:
    """What a new spec may be made of: object types with their parameters, predicates, constraints."""
    return {
        "types": {
            name: {
                "kind": TYPES.get(name).kind,
                "doc": TYPES.get(name).doc,
                "params": _fields(TYPES.get(name).params),
            }
            for name in TYPES.names()
        },
        "predicates": {
            name: {"doc": PREDICATES.get(name).doc, "params": _fields(PREDICATES.get(name).params)}
            for name in PREDICATES.names()
        },
        "constraints": {name: _fields(CONSTRAINTS.get(name)[0]) for name in CONSTRAINTS.names()},
    }


def _fields(record: Any) -> dict[str, str]:
    """Parameter name -> its type in words, with the default where there is one."""
    found = {}
    for name, field in record.model_fields.items():
        kind = getattr(field.annotation, "__name__", str(field.annotation))
        found[name] = kind if field.is_required() else f"{kind} = {field.default!r}"
    return found


def _variation(kind: str, values: tuple[Any, ...], of: str) -> str:
    if kind == "color":
        return "a colour" + (f" of {', '.join(map(str, values))}" if values else "")
    if kind == "integer":
        return f"an integer from {values[0]} to {values[1] - 1}"
    listed = ", ".join(map(str, values))
    return {
        "choice": f"one of {listed}",
        "deal": f"{listed} in a random order",
        "derived": f"{listed}: as {of} was drawn",
    }[kind]


def _condition(item: PredicateSpec) -> dict[str, Any]:
    return {"name": item.name, "doc": PREDICATES.get(item.name).doc, "params": dict(item.params)}

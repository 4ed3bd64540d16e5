"""Names of the settings that a record of records has, for errors about one that it has not."""

from __future__ import annotations

from collections.abc import Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel


def fields_at(model: type[BaseModel], key: Sequence[str]) -> list[str]:
    """Names of the settings below `key`; empty where there are none."""
    current: Any = model
    for name in key:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(name)
            current = _record_in(field.annotation) if field else None
        elif get_origin(current) is dict:
            current = _record_in(get_args(current)[1])
    if isinstance(current, type) and issubclass(current, BaseModel):
        return sorted(current.model_fields)
    return []


def _record_in(annotation: Any) -> Any:
    """The record, or dictionary of records, that an annotation such as `Budget | None` holds."""
    if get_origin(annotation) in (Union, UnionType):
        options = [option for option in get_args(annotation) if option is not type(None)]
        return options[0] if options else None
    return annotation

"""Selects over the traces table, and rows back to records. Holds no connection of its own."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Row, Select, exists, select

from blazer.core.records import TRACE_SCHEMA_VERSION, Trace
from blazer.store.errors import StoreCorrupt
from blazer.store.migrations import upgrade_trace
from blazer.store.records import TraceFilter, TraceRow
from blazer.store.schema import BODY_COLUMNS, columns_of, traces

ROW_COLUMNS = [column for column in traces.c if column.name not in BODY_COLUMNS]
_TODAY = f'{{"schema_version":{TRACE_SCHEMA_VERSION},'.encode()


def conditions(wanted: TraceFilter) -> list[ColumnElement[bool]]:
    """The WHERE clauses of a filter."""
    found: list[ColumnElement[bool]] = []
    if wanted.run_id is not None:
        found.append(traces.c.run_id == wanted.run_id)
    if wanted.tasks:
        found.append(traces.c.task.in_(wanted.tasks))
    if wanted.outcomes:
        found.append(traces.c.outcome.in_([outcome.value for outcome in wanted.outcomes]))
    if wanted.seeds:
        found.append(traces.c.seed.in_(wanted.seeds))
    if wanted.coder is not None:
        found.append(traces.c.coder == wanted.coder)
    if wanted.final_only:
        found.append(traces.c.is_final.is_(True))
    if wanted.latest_only:
        later = traces.alias("later")
        newer_try = (later.c.trace_id == traces.c.trace_id) & (later.c.try_index > traces.c.try_index)
        found.append(~exists(select(later.c.row_id).where(newer_try)))
    return found


def narrowed(query: Select[Any], wanted: TraceFilter) -> Select[Any]:
    """`query` with a filter's conditions, order and limit."""
    order = traces.c.row_id.desc() if wanted.newest_first else traces.c.row_id
    return query.where(*conditions(wanted)).order_by(order).limit(wanted.limit)


def row_record(row: Row[Any]) -> TraceRow:
    """A listing row of `ROW_COLUMNS`."""
    return TraceRow.model_validate(dict(row._mapping))


def decode(body: bytes, sha256: str, trace_id: str) -> Trace:
    """The trace in a stored body.

    Raises:
        StoreCorrupt: if the body does not match its digest or is not a trace.
        StoreVersionError: if the trace is newer than this Blazer.
    """
    try:
        text = zlib.decompress(body)
    except zlib.error:
        raise StoreCorrupt(f"trace {trace_id} in the store is damaged: it does not unpack") from None
    if hashlib.sha256(text).hexdigest() != sha256:
        raise StoreCorrupt(f"trace {trace_id} in the store is damaged: its digest does not match")
    try:
        if text.startswith(_TODAY):
            return Trace.model_validate_json(text)
        return Trace.model_validate_json(json.dumps(upgrade_trace(json.loads(text))))
    except (ValidationError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise StoreCorrupt(f"trace {trace_id} in the store is not a valid trace: {first}") from None


def problem_of(row: Row[Any]) -> str | None:
    """What is wrong with a full row of the table: its body, or columns that contradict it."""
    try:
        trace = decode(row.body, row.sha256, row.trace_id)
    except StoreCorrupt as error:
        return str(error)
    wrong = [name for name, value in columns_of(trace).items() if getattr(row, name) != value]
    if wrong:
        return f"trace {row.trace_id} in the store was altered: column {', '.join(wrong)} contradicts it"
    return None

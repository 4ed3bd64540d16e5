"""Tables of the store, and how a `Trace` becomes a row.

A row is the whole trace as compressed JSON with the digest of that JSON, beside a few columns
copied out of it so that listings and counts never unpack traces. The columns are copies: the JSON
is the truth, and `check` compares the two.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from blazer.core.outcomes import OUTCOME_TABLE
from blazer.core.records import Decision, Trace

STORE_VERSION: Final = 1

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("created_at", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("status", Text, nullable=False),
)

traces = Table(
    "traces",
    metadata,
    Column("row_id", Integer, primary_key=True, autoincrement=True),
    Column("trace_id", Text, nullable=False),
    # How often this attempt had been stored before: grows only after infrastructure errors and
    # cancelled attempts, whose rows are kept.
    Column("try_index", Integer, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("episode_id", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("is_final", Boolean, nullable=False),
    Column("decided", Boolean, nullable=False),
    Column("task", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("sample", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("paper", Text, nullable=False),
    Column("strict", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("coder", Text, nullable=False),
    Column("program_digest", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("backend", Text, nullable=False),
    Column("wall_s", Float, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("cost_usd", Float, nullable=False),
    Column("verify_passed", Integer, nullable=False),
    Column("verify_total", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("trace_id", "try_index", name="traces_identity"),
    Index("traces_episode", "run_id", "episode_id"),
    Index("traces_task", "task", "outcome"),
)

BODY_COLUMNS: Final = frozenset({"row_id", "body"})
"""Not part of a listing row."""


def pack(trace: Trace) -> tuple[str, bytes]:
    """SHA-256 of the trace's JSON, and that JSON compressed."""
    text = trace.model_dump_json().encode()
    return hashlib.sha256(text).hexdigest(), zlib.compress(text, 6)


def columns_of(trace: Trace) -> dict[str, Any]:
    """The columns copied out of a trace: all but identity within the store, digest and body."""
    passed = sum(1 for result in trace.verify_seeds if result.verdict.strict is Decision.PASS)
    return {
        "trace_id": trace.trace_id,
        "run_id": trace.run_id,
        "episode_id": trace.episode_id,
        "attempt": trace.attempt,
        "is_final": trace.is_final,
        "decided": OUTCOME_TABLE[trace.outcome].decided,
        "task": trace.task,
        "seed": trace.seed,
        "sample": trace.sample,
        "outcome": trace.outcome.value,
        "paper": trace.verdict.paper.value,
        "strict": trace.verdict.strict.value,
        "created_at": trace.created_at,
        "coder": trace.models.get("coder", ""),
        "program_digest": trace.program_digest,
        "tier": trace.execution.isolation.tier,
        "backend": trace.provenance.backend,
        "wall_s": trace.execution.timings.wall_s,
        "prompt_tokens": trace.usage.prompt_tokens,
        "completion_tokens": trace.usage.completion_tokens,
        "cost_usd": trace.usage.cost_usd,
        "verify_passed": passed,
        "verify_total": len(trace.verify_seeds),
    }

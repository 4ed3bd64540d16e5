"""The comparison as Markdown, for `docs/sandbox.md`: figures, promises, and what was not as it comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blazer.eval.peers.records import PROMISES, PeerRow

_TIMES = (
    ("cold start to first result, p50", "cold_ms_p50"),
    ("the same, p95", "cold_ms_p95"),
    ("further program, p50", "warm_ms_p50"),
    ("the same, p95", "warm_ms_p95"),
    ("closing it, p50", "teardown_ms_p50"),
)


def markdown(rows: Sequence[PeerRow]) -> str:
    """Both tables and the notes under them."""
    measured = [row for row in rows if row.measured]
    parts = [_figures(measured), _promises(measured), _notes(rows)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _figures(rows: Sequence[PeerRow]) -> str:
    lines = [_line("", *(f"{row.name} {row.version}".strip() for row in rows)), _rule(len(rows))]
    for title, field in _TIMES:
        lines.append(_line(f"{title} [ms]", *(_number(getattr(row, field)) for row in rows)))
    lines.append(
        _line("programs per second, a fresh sandbox each", *(_number(r.programs_per_s, 2) for r in rows))
    )
    lines.append(_line("further programs meet earlier ones", *(_word(row.reuses) for row in rows)))
    lines.append(_line("samples cold / warm", *(f"{row.cold_n} / {row.warm_n}" for row in rows)))
    return "\n".join(lines)


def _promises(rows: Sequence[PeerRow]) -> str:
    lines = [_line("promise", *(row.name for row in rows)), _rule(len(rows))]
    for name, meaning in PROMISES.items():
        found = [next((p for p in row.promises if p.name == name), None) for row in rows]
        lines.append(_line(meaning, *("" if p is None else _word(p.kept) for p in found)))
    return "\n".join(lines)


def _notes(rows: Iterable[PeerRow]) -> str:
    blocks = []
    for row in rows:
        if not row.measured:
            blocks.append(f"**{row.name}**: not measured: {row.reason}")
            continue
        notes = [f"- changed: {text}" for text in row.deviations]
        notes += [f"- {text}" for text in row.remarks]
        notes += [f"- came to nothing: {text}" for text in row.faults]
        notes += [
            f"- {PROMISES[p.name]}: {_word(p.kept)} ({p.seen})" for p in row.promises if p.kept is not True
        ]
        blocks.append("\n".join([f"**{row.name}**", "", *notes]) if notes else f"**{row.name}**")
    return "\n\n".join(blocks)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rule(columns: int) -> str:
    return "|---|" + "---:|" * columns


def _number(value: float | None, digits: int = 0) -> str:
    if value is None:
        return "-"
    return f"{value:.{digits if value >= 10 else max(digits, 1)}f}"


def _word(kept: bool | None) -> str:
    return {True: "yes", False: "no", None: "?"}[kept]

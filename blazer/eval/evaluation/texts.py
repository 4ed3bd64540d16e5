"""Figures as a report writes them: percent with one decimal, intervals in brackets, a dash of nothing."""

from __future__ import annotations

from blazer.eval.evaluation.result import Difference, Rates

NOTHING = "-"


def percent(rate: float) -> str:
    """`95.0`; 0.0 and 100.0 only where nothing is missing."""
    shown = f"{100 * rate:.1f}"
    if shown == "0.0" and rate > 0:
        return "<0.1"
    if shown == "100.0" and rate < 1:
        return ">99.9" if rate > 0.9995 else "99.9"
    return shown


def strict_text(rates: Rates) -> str:
    """`95.0 (88.8-97.8)`."""
    return f"{percent(rates.success_strict)} ({percent(rates.ci_low)}-{percent(rates.ci_high)})"


def paper_text(rates: Rates) -> str:
    """`95.0 (88.8-97.8)`."""
    return f"{percent(rates.success_paper)} ({percent(rates.paper_ci_low)}-{percent(rates.paper_ci_high)})"


def points(value: float) -> str:
    """`+12.5`, in percentage points."""
    shown = f"{100 * value:+.1f}"
    return "0.0" if shown in ("+0.0", "-0.0") else shown


def difference_text(found: Difference) -> str:
    """`+12.5 (+4.1 to +20.3)`."""
    return f"{points(found.difference)} ({points(found.low)} to {points(found.high)})"


def p_text(value: float) -> str:
    """`0.031`, `< 0.0001`."""
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}" if value < 0.01 else f"{value:.3f}"


def amount(value: float | None, digits: int = 0) -> str:
    """`1,234`, or a dash."""
    return NOTHING if value is None else f"{value:,.{digits}f}"

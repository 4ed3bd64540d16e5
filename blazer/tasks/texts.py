"""Kind words for machine errors."""

from __future__ import annotations

from pydantic import ValidationError


def validation_text(error: ValidationError) -> str:
    """A pydantic error as one line: each place and what is wrong there."""
    lines = []
    for item in error.errors(include_url=False):
        place = ".".join(str(step) for step in item["loc"]) or "the whole"
        if item["type"] == "extra_forbidden":
            lines.append(f"{place}: no such field")
        elif item["type"] == "missing":
            lines.append(f"{place}: is missing")
        else:
            lines.append(f"{place}: {item['msg'].removeprefix('Value error, ')} (got {item['input']!r:.80})")
    return "; ".join(lines)

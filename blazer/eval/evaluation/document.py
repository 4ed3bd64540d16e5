"""A report as plain parts, and the two ways to write them down: Markdown, and HTML in one file.

The HTML loads nothing: pictures are inside it, and its content policy forbids the rest.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined


class Table(NamedTuple):
    """Cells as text; all columns but the first hold numbers unless `words`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: frozenset[int] = frozenset()
    """Rows that are set off."""
    words: bool = False


class Picture(NamedTuple):
    """A PNG beside the report."""

    path: Path
    text: str


class Code(NamedTuple):
    """Text to be typed or read by a program."""

    text: str


Part = str | Table | Picture | Code


class Section(NamedTuple):
    """A heading and what is below it; a text is a paragraph."""

    title: str
    parts: tuple[Part, ...]


def to_markdown(title: str, lead: str, sections: Sequence[Section]) -> str:
    """The document in Markdown; pictures are links to files beside it."""
    lines = [f"# {title}", "", lead, ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        for part in section.parts:
            lines += [*_markdown(part), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def table_markdown(table: Table) -> str:
    """One table in Markdown."""
    rule = "---" if table.words else "---:"
    lines = [_line(table.columns), _line(["---", *[rule] * (len(table.columns) - 1)])]
    for index, row in enumerate(table.rows):
        cells = [_escaped(cell) for cell in row]
        if index in table.strong:
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append(_line(cells))
    return "\n".join(lines)


def to_html(title: str, lead: str, sections: Sequence[Section]) -> str:
    """The document as one HTML file.

    Raises:
        OSError: if a picture cannot be read.
    """
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = (resources.files(__package__) / "report.html.j2").read_text(encoding="utf-8")
    shown = [
        {"title": section.title, "parts": [_html(part) for part in section.parts]} for section in sections
    ]
    return environment.from_string(source).render(title=title, lead=lead, sections=shown)


def _markdown(part: Part) -> list[str]:
    match part:
        case Table():
            return [table_markdown(part)]
        case Picture():
            return [f"![{part.text}]({part.path.name})"]
        case Code():
            return ["```", part.text, "```"]
        case _:
            return [part]


def _html(part: Part) -> dict[str, object]:
    match part:
        case Table():
            rows = [
                {"cells": row, "strong": index in part.strong, "words": part.words}
                for index, row in enumerate(part.rows)
            ]
            return {"kind": "table", "columns": part.columns, "rows": rows, "words": part.words}
        case Picture():
            data = base64.b64encode(part.path.read_bytes()).decode()
            return {"kind": "picture", "source": f"data:image/png;base64,{data}", "text": part.text}
        case Code():
            return {"kind": "code", "text": part.text}
        case _:
            return {"kind": "text", "text": part}


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")

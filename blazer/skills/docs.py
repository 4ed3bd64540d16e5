"""The API section of a prompt, generated from the declaration and from nothing else."""

from __future__ import annotations

import textwrap
from functools import cache

from blazer.skills.api import GRIPPER_FIELDS, OBJECT_FIELDS, RULES, SKILL_ERRORS, SKILLS, Skill
from blazer.skills.validate import signature

_GROUPS = {
    "primitive": "Primitives",
    "query": "Questions (they take no time)",
    "composed": "Composed skills",
}


@cache
def api_section() -> str:
    """Markdown: functions with types and docs, fields, exceptions, rules."""
    parts = []
    for group, title in _GROUPS.items():
        stubs = "\n\n".join(_stub(skill) for skill in SKILLS if skill.group == group)
        parts.append(f"### {title}\n\n```python\n{stubs}\n```")
    parts.append(
        "### What comes back\n\n"
        + _fields("Object", OBJECT_FIELDS)
        + "\n\n"
        + _fields("Gripper", GRIPPER_FIELDS)
    )
    parts.append("### Exceptions\n\n" + "\n".join(f"- `{name}`: {doc}" for name, doc in SKILL_ERRORS.items()))
    parts.append("### Rules\n\n" + "\n".join(f"- {rule}" for rule in RULES))
    return "\n\n".join(parts) + "\n"


def _stub(skill: Skill) -> str:
    lines = [_filled(skill.doc, "    ")]
    lines += [_filled(f"{param.name}: {param.doc}.", "        ") for param in skill.params]
    doc = "\n".join(lines).strip()
    return f'def {signature(skill)}:\n    """{doc}"""'


def _filled(text: str, hanging: str) -> str:
    return textwrap.fill(text, 96, initial_indent="    ", subsequent_indent=hanging, break_on_hyphens=False)


def _fields(title: str, fields: dict[str, str]) -> str:
    return f"`{title}`:\n" + "\n".join(f"- `.{name}`: {doc}" for name, doc in fields.items())

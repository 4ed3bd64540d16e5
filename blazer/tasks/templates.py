"""The small template language of instructions: parameters put into text, and nothing that can run code.

Not Jinja as such: a spec is data that a model may have proposed, and full Jinja reaches Python from any
value. What Jinja parses is walked against a list of what is allowed before anything is compiled; calls,
attributes, arithmetic, loops and all but four filters are not on it. The sandboxed environment behind
that list is the second wall, not the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from blazer.core.errors import TaskError

MAX_TEMPLATE_CHARS = 4000
MAX_TEXT_CHARS = 8000
"""Of what a template comes out as."""
MAX_DEPTH = 24
FILTERS = ("capitalize", "lower", "title", "upper")
ALLOWED = (
    "Allowed: {{ name }}, {{ name[0] }}, the filters "
    f"{', '.join(FILTERS)}, and {{% if name == 'red' %}}..{{% else %}}..{{% endif %}} "
    "with ==, !=, and, or, not"
)
_COMPARISONS = ("eq", "ne")
_RESERVED = ("self", "super", "caller", "loop", "varargs", "kwargs")
"""Names to which Jinja gives a meaning of its own."""
_PLAIN: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.And,
    nodes.Or,
    nodes.Not,
)

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.tests.clear()
for _name in [name for name in _ENVIRONMENT.filters if name not in FILTERS]:
    del _ENVIRONMENT.filters[_name]


def render_text(template: str, parameters: Mapping[str, Any], what: str) -> str:
    """A template with the parameters put in.

    Args:
        template: In the small language of `ALLOWED`.
        parameters: Their values; plain JSON.
        what: Named in errors.

    Raises:
        TaskError: the template is malformed, asks for what is not allowed, names an unknown parameter,
            or comes out too long.
    """
    compiled = _compiled(template, what)
    pieces: list[str] = []
    length = 0
    try:
        for piece in compiled.generate(dict(parameters)):
            length += len(piece)
            if length > MAX_TEXT_CHARS:
                raise TaskError(f"{what}: comes out longer than {MAX_TEXT_CHARS} characters; write less")
            pieces.append(piece)
    except jinja2.TemplateError as error:
        known = ", ".join(parameters) or "none"
        raise TaskError(f"{what}: {error.message}. Parameters: {known}") from None
    return "".join(pieces)


def names_in(template: str, what: str) -> tuple[str, ...]:
    """The parameters that a template names, each once.

    Raises:
        TaskError: the template is malformed, or asks for what is not allowed.
    """
    tree = _parsed(template, what)
    return tuple(dict.fromkeys(str(node.name) for node in tree.find_all(nodes.Name)))


@lru_cache(maxsize=512)
def _compiled(template: str, what: str) -> jinja2.Template:
    # The tree is checked, and compiled from that very tree: no second reading could differ.
    code = _ENVIRONMENT.compile(_parsed(template, what))
    return jinja2.Template.from_code(_ENVIRONMENT, code, {})


def _parsed(template: str, what: str) -> nodes.Template:
    if len(template) > MAX_TEMPLATE_CHARS:
        raise TaskError(
            f"{what}: a template of {len(template)} characters; at most {MAX_TEMPLATE_CHARS} are allowed"
        )
    try:
        tree = _ENVIRONMENT.parse(template)
    except jinja2.TemplateError as error:
        raise TaskError(f"{what}: {error.message}. {ALLOWED}") from None
    except (RecursionError, ValueError, OverflowError):
        # Brackets a thousand deep, numbers of a thousand digits: the parser's own limits.
        raise TaskError(f"{what}: cannot be read. {ALLOWED}") from None
    for complaint in _complaints(tree, 0):
        raise TaskError(f"{what}: {complaint} is not allowed in a template. {ALLOWED}")
    return tree


def _complaints(node: nodes.Node, depth: int) -> Iterator[str]:
    """What a tree holds that is not allowed."""
    if depth > MAX_DEPTH:
        yield f"nesting deeper than {MAX_DEPTH}"
        return
    if not _allowed(node):
        yield _word(node)
        return
    for child in node.iter_child_nodes():
        yield from _complaints(child, depth + 1)


def _allowed(node: nodes.Node) -> bool:
    match node:
        case nodes.Name():
            return node.ctx == "load" and node.name not in _RESERVED and not node.name.startswith("_")
        case nodes.Const():
            return isinstance(node.value, str | int)
        case nodes.Getitem():
            index = node.arg
            return (
                isinstance(node.node, nodes.Name)
                and isinstance(index, nodes.Const)
                and isinstance(index.value, int)
            )
        case nodes.Filter():
            plain = not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
            return node.name in FILTERS and node.node is not None and plain
        case nodes.Operand():
            return node.op in _COMPARISONS
        case _:
            return type(node) in _PLAIN


def _word(node: nodes.Node) -> str:
    match node:
        case nodes.Filter():
            return f"the filter {node.name!r}"
        case nodes.Getattr():
            return f"the attribute {node.attr!r}"
        case nodes.Name():
            return f"the name {node.name!r}"
        case _:
            return f"{type(node).__name__.lower()!r}"

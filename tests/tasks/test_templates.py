"""Templates put parameters into text; whatever could run code, hang or swell is refused before it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from blazer.core.errors import TaskError
from blazer.tasks.templates import MAX_TEMPLATE_CHARS, MAX_TEXT_CHARS, names_in, render_text

PARAMETERS = {"color": "red", "jars": ["jar0", "jar1"], "count": 3, "no": 0, "big": "x" * MAX_TEXT_CHARS}

ATTACKS = (
    "{{ cycler.__init__.__globals__.os.popen('touch PWNED').read() }}",
    "{{ color.__class__.__mro__[1].__subclasses__() }}",
    "{{ color['__class__'] }}",
    "{{ color|attr('__class__') }}",
    "{{ color.upper() }}",
    "{{ lipsum() }}",
    "{{ '%0999999999d' % 1 }}",
    "{{ 'a' * 10**9 }}",
    "{{ 9**9**9 }}",
    "{{ color ~ color }}",
    "{{ color + color }}",
    "{{ jars|join(color) }}",
    "{{ color|center(999999999) }}",
    "{{ color|default('x') }}",
    "{{ [color] }}",
    "{{ (color, color) }}",
    "{{ {'a': color} }}",
    "{{ color is callable }}",
    "{{ jars[0:2] }}",
    "{{ jars[count] }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ _x }}",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{% for i in jars %}{{ i }}{% endfor %}",
    "{% set x = color %}{{ x }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% filter upper %}x{% endfilter %}",
    "{% block a %}{% endblock %}",
    "{% include '/etc/passwd' %}",
    "{% extends color %}",
    "{% import color as x %}",
    "{% call color() %}{% endcall %}",
    "{% with x = color %}{% endwith %}",
    "{% if color.__class__ %}x{% endif %}",
    "{% if color in jars %}x{% endif %}",
    "{{ " + "(" * 1500 + "color" + ")" * 1500 + " }}",
    "{{ " + "not " * 900 + "color }}",
)


@pytest.mark.parametrize("template", ATTACKS, ids=lambda text: text[:32])
def test_an_attack_is_refused_and_the_text_says_what_is_allowed(
    template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TaskError, match=r"it: .*Allowed: \{\{ name \}\}"):
        render_text(template, PARAMETERS, "it")
    with pytest.raises(TaskError):
        names_in(template, "it")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain { } text", "plain { } text"),
        ("the {{ color }} one", "the red one"),
        ("{{ jars[1] }}", "jar1"),
        ("{{ color | capitalize }} {{ color|upper|lower }}", "Red red"),
        ("{% if count == 3 and not no %}three{% else %}more{% endif %}", "three"),
        ("{{ 'a' if color != 'red' else 'b' }}", "b"),
        ("{% if no %}x{% elif color == 'red' or no %}y{% endif %}", "y"),
    ],
)
def test_what_is_allowed_comes_out(template: str, text: str) -> None:
    assert render_text(template, PARAMETERS, "it") == text


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{ colour }}", "'colour' is undefined. Parameters: color, jars"),
        ("{{ jars[2] }}", "no element 2"),
        ("{{ color", "unexpected end of template"),
        ("{% endif %}", "unknown tag"),
        ("{{ big }}!", f"longer than {MAX_TEXT_CHARS}"),
        ("{{ big }}{{ big }}", f"longer than {MAX_TEXT_CHARS}"),
        ("x" * (MAX_TEMPLATE_CHARS + 1), f"at most {MAX_TEMPLATE_CHARS}"),
    ],
)
def test_what_is_wrong_is_named(template: str, says: str) -> None:
    with pytest.raises(TaskError) as caught:
        render_text(template, PARAMETERS, "it")
    assert says in str(caught.value)


def test_names_are_found_without_rendering() -> None:
    assert names_in("{{ a }} {{ b[0]|upper }} {% if c == 'x' %}{{ a }}{% endif %}", "it") == ("a", "b", "c")


@pytest.mark.parametrize("name", ["cycler", "range", "dict", "lipsum", "namespace", "joiner"])
def test_nothing_of_jinja_itself_is_a_name(name: str) -> None:
    with pytest.raises(TaskError, match="undefined"):
        render_text(f"{{{{ {name} }}}}", {}, "it")

"""The prompt's API section says all of the declaration, in Python that parses."""

from __future__ import annotations

import ast
import re

from blazer.skills.api import GRIPPER_FIELDS, OBJECT_FIELDS, RULES, SKILL_ERRORS, SKILLS
from blazer.skills.docs import api_section
from blazer.skills.errors import ERRORS


def test_stubs_are_python_with_every_skill_argument_and_default() -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", api_section(), re.DOTALL))
    stubs = {node.name: node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)}
    assert set(stubs) == {skill.name for skill in SKILLS}
    for skill in SKILLS:
        stub = stubs[skill.name]
        assert [arg.arg for arg in stub.args.args] == [param.name for param in skill.params]
        defaults = [ast.literal_eval(default) for default in stub.args.defaults]
        assert defaults == [param.default for param in skill.params if param.optional]
        doc = re.sub(r"\s+", " ", ast.get_docstring(stub) or "")
        assert skill.doc in doc
        assert all(param.doc in doc for param in skill.params)


def test_fields_exceptions_and_rules_are_all_there() -> None:
    text = api_section()
    for name in (*OBJECT_FIELDS, *GRIPPER_FIELDS):
        assert f"`.{name}`" in text
    for name in SKILL_ERRORS:
        assert f"`{name}`" in text
    for rule in RULES:
        assert rule in text


def test_every_declared_exception_exists_under_its_wire_name() -> None:
    assert set(SKILL_ERRORS) - {"SkillError"} == set(ERRORS) - {"SkillBudgetExceeded"}
    assert all(code == cls.__name__ for code, cls in ERRORS.items())

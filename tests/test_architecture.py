"""The shape of the package itself: what may import what, what `import blazer` costs, how long files are."""

from __future__ import annotations

import ast
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
MODULES = sorted((ROOT / "blazer").rglob("*.py"))
HEAVY = ("mujoco", "ompl", "toppra", "scipy", "langgraph", "langchain_core", "sqlalchemy", "numpy", "docker")
# The two supervisors, and the place where an untrusted program's exception becomes a message.
MAY_CATCH_ALL = {"blazer/agents/collect.py", "blazer/sandbox/world.py", "blazer/sandbox/guest/main.py"}


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom blazer.cli.main import main\n"
        "sys.argv = ['blazer', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"heavy = [m for m in {HEAVY!r} if m in sys.modules]\n"
        "sys.stderr.write(','.join(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "collect" in done.stdout
    assert done.stderr.strip() == ""


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_supervisors_catch_everything(path: pathlib.Path) -> None:
    name = str(path.relative_to(ROOT))
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler) and name not in MAY_CATCH_ALL:
            caught = node.type
            broad = caught is None or (
                isinstance(caught, ast.Name) and caught.id in ("Exception", "BaseException")
            )
            reraised = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
            assert not broad or reraised, f"{name}:{node.lineno} swallows everything"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_readable(path: pathlib.Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 500, "split this file"
    if text.strip():
        assert ast.get_docstring(ast.parse(text)) or path.name == "__init__.py" or "reference" in path.parts


def test_every_module_has_a_test_folder() -> None:
    rooms = {p.name for p in (ROOT / "blazer").iterdir() if p.is_dir() and not p.name.startswith("_")}
    assert rooms <= {p.name for p in (ROOT / "tests").iterdir() if p.is_dir()}

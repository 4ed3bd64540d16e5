"""The language policy: which Python a program may be written in.

Covers: syntax, names, attributes and imports by which a program could reach the interpreter's
insides; refused before anything runs, all findings at once, each with a place and a rewrite.
Does not cover: time, memory, output, or a hole in CPython or RestrictedPython. It gives quick, kind
errors and is a second wall; the process or container around the guest is the boundary.

Deny by default: a syntax node without a visitor here or in RestrictedPython is refused, so new
syntax stays out until somebody has looked at it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from difflib import get_close_matches
from types import CodeType
from typing import Any, NamedTuple, TypeVar, cast

from RestrictedPython import compile_restricted_exec
from RestrictedPython.transformer import (
    INSPECT_ATTRIBUTES,
    IOPERATOR_TO_STR,
    RestrictingNodeTransformer,
    copy_locations,
)

from blazer.sandbox.guest import policy_rules as rules
from blazer.sandbox.guest.policy_names import Finding, unknown_names

Node = TypeVar("Node", bound=ast.AST)
FILENAME = "<program>"
MAX_NESTING = 300
MAX_FINDINGS = 25


class Examined(NamedTuple):
    """What `examine` found: code to run, or the findings."""

    code: CodeType | None
    findings: tuple[Finding, ...]
    used_names: frozenset[str]


def examine(source: str, skill_names: Iterable[str], *, max_bytes: int = 64 * 1024) -> Examined:
    """Check a program and compile it with guards woven in.

    Args:
        source: The program's text.
        skill_names: Names beside the built-in ones that exist in every program.
        max_bytes: Longest program, UTF-8.

    Returns:
        Code and no findings, or no code and at least one finding. Nothing is raised for any text.
    """
    try:
        return _examine(source, frozenset(skill_names), max_bytes)
    except (RecursionError, MemoryError):
        return _refused("depth", "the program is nested too deeply to be read", "split long expressions up")
    except SyntaxError as error:
        return Examined(None, (_syntax_finding(error),), frozenset())
    except (ValueError, OverflowError, AssertionError, SystemError) as error:
        # The parser's own crashes (NUL bytes, lone surrogates, numbers beyond limits): a refusal.
        return _refused(
            "syntax", f"the program cannot be read: {error}", "use plain text without control bytes"
        )


def _refused(rule: str, message: str, suggestion: str = "") -> Examined:
    return Examined(None, (Finding.at(None, rule, message, suggestion),), frozenset())


def _syntax_finding(error: SyntaxError) -> Finding:
    place = ast.Pass(lineno=error.lineno or 1, col_offset=max((error.offset or 1) - 1, 0))
    return Finding.at(place, "syntax", f"{type(error).__name__}: {error.msg}")


def _examine(source: str, skill_names: frozenset[str], max_bytes: int) -> Examined:
    size = len(source.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        return _refused(
            "size", f"the program has {size} bytes; at most {max_bytes} are allowed", "write less"
        )
    tree = ast.parse(source, FILENAME, "exec")
    nodes, deep = _nodes(tree)
    if deep is not None:
        found = Finding.at(
            deep, "depth", f"nested deeper than {MAX_NESTING} levels", "split the expression up"
        )
        return Examined(None, (found,), frozenset())
    unknown = unknown_names(nodes, skill_names)
    result = compile_restricted_exec(tree, filename=FILENAME, policy=ProgramPolicy)
    findings = [e if isinstance(e, Finding) else Finding.at(None, "syntax", str(e)) for e in result.errors]
    findings = sorted([*findings, *unknown], key=lambda f: (f.line, f.column))[:MAX_FINDINGS]
    if findings:
        return Examined(None, tuple(findings), frozenset())
    return Examined(result.code, (), frozenset(result.used_names))


def _nodes(tree: ast.AST) -> tuple[list[ast.AST], ast.AST | None]:
    """All nodes, and one that is nested deeper than allowed; iterative, so that it cannot be exhausted."""
    found: list[ast.AST] = []
    level: list[ast.AST] = [tree]
    for _ in range(MAX_NESTING):
        found += level
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return found, None
    return found, next((node for node in level if hasattr(node, "lineno")), tree)


def _is_guard_name(name: str) -> bool:
    # The rewriter makes names of the form _tmp<n>; a program's own would collide with them.
    return name in rules.GUARD_NAMES or (name.startswith("_tmp") and name[4:].isdigit())


# --- the rewriter ------------------------------------------------------------------------------


class ProgramPolicy(RestrictingNodeTransformer):  # type: ignore[misc]
    """RestrictedPython's rewriter with everyday Python allowed again and findings kept apart."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._class_depth = 0
        """1 directly in a class body, 0 in a function or module."""

    def error(self, node: ast.AST, info: str) -> None:
        """Record a finding; the texts come from RestrictedPython's own checks."""
        self._refuse(node, "statement", info)

    def _refuse(self, node: ast.AST, rule: str, message: str, suggestion: str = "") -> None:
        self.errors.append(Finding.at(node, rule, message, suggestion))

    def _inside(self, node: Node) -> Node:
        """The node with everything in it visited."""
        return cast(Node, self.node_contents_visit(node))

    def not_allowed(self, node: ast.AST) -> None:
        """Refuse a kind of statement or expression as a whole."""
        kind = type(node).__name__
        hint = {
            "AsyncFunctionDef": "write a plain def; skills return when they are done",
            "Await": "leave await out; skills return when they are done",
            "TryStar": "use except instead of except*",
        }.get(kind, "write it in simpler Python")
        self._refuse(node, "statement", f"{kind} is not allowed", hint)

    # -- names --

    def check_name(self, node: ast.AST, name: str | None, allow_magic_methods: bool = False) -> None:
        """Single underscores are fine; guard names and double underscores are not."""
        if name is None or name in ("_", "__"):
            return
        if allow_magic_methods and name in rules.DEFINABLE_MAGIC:
            return
        if name.startswith("__"):
            if self._class_depth and (name in rules.CLASS_BODY_NAMES or name in rules.DEFINABLE_MAGIC):
                return  # also `__rmul__ = __mul__`
            if not self._class_depth and name in rules.MODULE_NAMES:
                return
            self._refuse(
                node, "name", f"the name {name!r} is reserved", f"call it {name.strip('_') or 'value'!r}"
            )
        elif _is_guard_name(name):
            self._refuse(node, "name", f"the name {name!r} is used by the sandbox", "use another name")
        elif name.endswith("__roles__"):
            self._refuse(node, "name", f"the name {name!r} is reserved", "use another name")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """`__name__` is a constant, so that `if __name__ == "__main__"` works; print is a plain builtin."""
        if node.id == "__name__" and isinstance(node.ctx, ast.Load):
            constant = ast.Constant("__main__")
            copy_locations(constant, node)
            return constant
        if isinstance(node.ctx, ast.Load):
            self.used_names[node.id] = True
        self.check_name(node, node.id)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        """Allow `nonlocal` for names that may be used."""
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        """Allow `global` for names that may be used."""
        for name in node.names:
            self.check_name(node, name)
        return node

    # -- attributes --

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`a.b` becomes `_getattr_(a, "b")`; a store goes through `_write_attribute_(a)`."""
        self.check_attribute(node, node.attr, store=not isinstance(node.ctx, ast.Load))
        self.node_contents_visit(node)
        if isinstance(node.ctx, ast.Load):
            return self._guard_call(node, "_getattr_", node.value, ast.Constant(node.attr))
        node.value = self._guard_call(node.value, "_write_attribute_", node.value)
        return node

    def check_attribute(self, node: ast.AST, attr: str, *, store: bool) -> None:
        """Refuse attributes that lead into the interpreter."""
        if attr in INSPECT_ATTRIBUTES or attr in rules.DENIED_ATTRIBUTES or attr.endswith("__roles__"):
            self._refuse(node, "attribute", f"the attribute {attr!r} is not available", "leave it out")
        elif attr.startswith("__") and (store or attr not in rules.READABLE_MAGIC):
            verb = "set" if store else "read"
            hint = "use a name of your own" if store else "leave it out"
            self._refuse(node, "attribute", f"the attribute {attr!r} may not be {verb}", hint)
        elif _is_guard_name(attr):
            self._refuse(
                node, "attribute", f"the attribute {attr!r} is used by the sandbox", "use another name"
            )

    def _guard_call(self, place: ast.AST, guard: str, *args: ast.expr) -> ast.Call:
        call = ast.Call(func=ast.Name(guard, ast.Load()), args=list(args), keywords=[])
        # Not RestrictedPython's `copy_locations`, which walks the whole subtree each time.
        for made in (call, call.func, *args):
            if not hasattr(made, "lineno"):
                ast.copy_location(made, place)
        return call

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """`a[b]` becomes `_getitem_(a, b)`; a store goes through `_write_(a)`."""
        node = self._inside(node)
        if isinstance(node.ctx, ast.Load):
            return self._guard_call(node, "_getitem_", node.value, self._index(node.slice))
        node.value = self._guard_call(node.value, "_write_", node.value)
        return node

    # -- assignments --

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Allow annotated assignments."""
        return self._inside(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        """`a.b += c` reads and writes through the guards, evaluating `a` (and an index) once."""
        target = node.target
        if isinstance(target, ast.Name):
            return super().visit_AugAssign(node)  # type: ignore[no-any-return]
        operator = ast.Constant(IOPERATOR_TO_STR[type(node.op)])
        before: list[ast.stmt] = [self._keep(target.value, self.visit(target.value))]
        owner = before[0].targets[0].id  # type: ignore[attr-defined]
        read: ast.expr
        write: ast.expr
        if isinstance(target, ast.Attribute):
            self.check_attribute(target, target.attr, store=True)
            read = self._guard_call(
                target, "_getattr_", ast.Name(owner, ast.Load()), ast.Constant(target.attr)
            )
            writer = self._guard_call(target, "_write_attribute_", ast.Name(owner, ast.Load()))
            write = ast.Attribute(writer, target.attr, ast.Store())
        else:
            before.append(self._keep(target.slice, self._index(self.visit(target.slice))))
            index = before[1].targets[0].id  # type: ignore[attr-defined]
            read = self._guard_call(
                target, "_getitem_", ast.Name(owner, ast.Load()), ast.Name(index, ast.Load())
            )
            writer = self._guard_call(target, "_write_", ast.Name(owner, ast.Load()))
            write = ast.Subscript(writer, ast.Name(index, ast.Load()), ast.Store())
        value = self._guard_call(node, "_inplacevar_", operator, read, self.visit(node.value))
        final = ast.Assign(targets=[write], value=value)
        copy_locations(final, node)
        return [*before, final]

    def _keep(self, place: ast.expr, value: ast.expr) -> ast.stmt:
        kept = ast.Assign(targets=[ast.Name(self.gen_tmp_name(), ast.Store())], value=value)
        copy_locations(kept, place)
        return kept

    def _index(self, index: ast.expr) -> ast.expr:
        """An index that may hold slices, as an expression that may stand anywhere."""
        if isinstance(index, ast.Slice):
            parts = [part or ast.Constant(None) for part in (index.lower, index.upper, index.step)]
            return self._guard_call(index, "_slice_", *parts)
        if isinstance(index, ast.Tuple):
            index.elts = [self._index(element) for element in index.elts]
        return index

    # -- imports --

    def visit_Import(self, node: ast.Import) -> ast.AST:
        """Only the listed modules."""
        for alias in node.names:
            self._check_module(node, alias.name)
            self.check_name(node, alias.asname)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt]:
        """Only listed names of the listed modules; `*` becomes those names."""
        module = node.module or ""
        if module == "__future__" and all(a.name in rules.FUTURE_FEATURES for a in node.names):
            return node
        if node.level or not self._check_module(node, module):
            if node.level:
                self._refuse(node, "import", "relative imports are not available", "skills need no import")
            return node
        exports = rules.MODULE_EXPORTS[module]
        if any(alias.name == "*" for alias in node.names):
            node.names = [ast.alias(name) for name in exports if not hasattr(ast, name)]
            ast.fix_missing_locations(node)
            return node
        for alias in node.names:
            self.check_name(node, alias.asname)
            if alias.name not in exports:
                near = get_close_matches(alias.name, exports, n=3)
                hint = f"it offers {', '.join(near)}" if near else "compute it in the program"
                self._refuse(node, "import", f"{module!r} does not offer {alias.name!r} to programs", hint)
        return node

    def _check_module(self, node: ast.AST, module: str) -> bool:
        if module in rules.MODULE_EXPORTS:
            return True
        top = module.split(".")[0]
        listed = ", ".join(sorted(name for name in rules.MODULE_EXPORTS if "." not in name))
        hint = rules.MODULE_HINTS.get(top, f"available are {listed}; skills need no import")
        if top in rules.MODULE_EXPORTS:
            hint = f"import {top} itself"
        self._refuse(node, "import", f"the module {module!r} is not available to programs", hint)
        return False

    # -- definitions --

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Allow functions, with the listed special methods."""
        self.check_name(node, node.name, allow_magic_methods=True)
        self.check_function_argument_names(node)
        outer, self._class_depth = self._class_depth, 0
        node = self._inside(node)
        self._class_depth = outer
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Allow classes, made by `__metaclass__` so that the guards know them as the program's own."""
        self.check_name(node, node.name)
        for keyword in node.keywords:
            self._refuse(
                node, "class", f"the class keyword {keyword.arg or '**'!r} is not available", "leave it out"
            )
        if any(isinstance(base, ast.Starred) for base in node.bases):
            self._refuse(node, "class", "bases may not be starred", "name the base")
        outer, self._class_depth = self._class_depth, 1
        node = self._inside(node)
        self._class_depth = outer
        metaclass = ast.keyword("metaclass", ast.Name("__metaclass__", ast.Load()))
        copy_locations(metaclass, node)
        node.keywords = [metaclass]
        return node

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """The whole program."""
        return self._inside(node)

    # -- match --

    def visit_Match(self, node: ast.Match) -> ast.AST | list[ast.stmt]:
        """Allow `match`. Its patterns read attributes without a guard, so a guard goes before it."""
        before = [
            guard
            for case in node.cases
            for part in ast.walk(case.pattern)
            for guard in self._pattern_guards(part)
        ]
        node = self._inside(node)
        return [*before, node]

    def _pattern_guards(self, pattern: ast.AST) -> list[ast.stmt]:
        """Checks to be made of the classes and enumerations that a pattern names."""
        if isinstance(pattern, ast.MatchClass):
            place, attribute, names = pattern.cls, None, pattern.kwd_attrs
        elif isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Attribute):
            place, attribute, names = pattern.value.value, pattern.value.attr, [pattern.value.attr]
        else:
            return []
        for name in names:
            hidden = name.startswith("_") or name in INSPECT_ATTRIBUTES or name in rules.DENIED_ATTRIBUTES
            if hidden or name in rules.PATTERN_DENIED:
                self._refuse(pattern, "pattern", f"a pattern may not look at {name!r}", "compare it with if")
        if not isinstance(place, ast.Name):
            self._refuse(
                pattern, "pattern", "a pattern may name a class, or one attribute of a class", "use if"
            )
            return []
        self.check_name(place, place.id)
        owner = ast.Name(place.id, ast.Load())
        call = self._guard_call(place, "_check_pattern_", owner, ast.Constant(attribute))
        check = ast.Expr(call)
        copy_locations(check, place)
        return [check]

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        """The pattern's names are checked here; what follows it is an ordinary body."""
        self._visit_pattern(node.pattern)
        if node.guard is not None:
            node.guard = self.visit(node.guard)
        body: list[ast.stmt] = []
        for statement in node.body:
            done = self.visit(statement)
            body += done if isinstance(done, list) else [done]
        node.body = body
        return node

    def _visit_pattern(self, pattern: ast.pattern) -> None:
        """Check the names that a pattern binds, and its constants, without rewriting it."""
        for part in ast.walk(pattern):
            match part:
                case ast.MatchAs(name=name) | ast.MatchStar(name=name) | ast.MatchMapping(rest=name):
                    self.check_name(part, name)
                case ast.MatchValue() | ast.MatchSingleton() | ast.MatchSequence():
                    pass
                case ast.MatchOr() | ast.MatchClass():
                    pass
                case ast.Constant() | ast.Attribute() | ast.Name() | ast.UnaryOp() | ast.BinOp():
                    pass  # all that the grammar lets a value pattern hold; attributes are guarded above
                case ast.Load() | ast.USub() | ast.Add() | ast.Sub():
                    pass
                case _:
                    self.not_allowed(part)

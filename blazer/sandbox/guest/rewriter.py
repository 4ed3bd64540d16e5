"""Rewrites a program so that guards see its attribute look-ups and writes; refuses what they cannot.

Covers: every kind of syntax node. Does not cover: names that nothing defines (`policy_names.py`),
sizes (`policy_size.py`), and what the guards do while the program runs (`runtime.py`).

Deny by default: a node without a visitor here or in RestrictedPython is refused, so new syntax stays
out until somebody has looked at it. RestrictedPython's own rewriting of iteration, unpacking, items and
starred calls is left out: its guards for them had nothing to refuse here, and what it made of one
assignment grew with the square of the program.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from difflib import get_close_matches
from types import CodeType
from typing import Any, NamedTuple, TypeVar

from RestrictedPython.transformer import INSPECT_ATTRIBUTES, IOPERATOR_TO_STR, RestrictingNodeTransformer

from blazer.sandbox.guest import policy_rules as rules
from blazer.sandbox.guest.exports import MODULE_EXPORTS, MODULE_HINTS
from blazer.sandbox.guest.policy_names import Finding, near_names
from blazer.sandbox.guest.policy_size import node_fields

Node = TypeVar("Node", bound=ast.AST)
_LEAVES = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.Constant)


_WITH_OPERATOR = frozenset({ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.AugAssign})


def is_guard_name(name: str) -> bool:
    """Whether the rewritten program calls something by this name, or the rewriter may make it."""
    return name in rules.GUARD_NAMES or (name.startswith("_tmp") and name[4:].isdigit())


_LOAD = ast.Load()
_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4


class ProgramPolicy(RestrictingNodeTransformer):  # type: ignore[misc]
    """RestrictedPython's rewriter with everyday Python allowed again and findings kept apart."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._classes: list[str] = []
        """Names of the classes around the node, for private names."""
        self._in_class_body = False
        self._lazy_annotations = False
        """Annotations are only kept as text, so they may say anything."""
        self._visitors: dict[type, Callable[[Any], Any]] = {}

    # -- the machinery --

    def visit(self, node: ast.AST) -> Any:
        """Dispatch by type; unknown types are refused by `generic_visit`."""
        visitor: Any = self._visitors.get(type(node))
        if visitor is None:
            visitor = getattr(self, f"visit_{type(node).__name__}", self.generic_visit)
            if isinstance(node, _LEAVES) and visitor != self.generic_visit:
                visitor = _same
            self._visitors[type(node)] = visitor
        return visitor(node)

    def node_contents_visit(self, node: Node) -> Node:
        """Visit everything in a node: what `ast.NodeTransformer` does, in a third of the time."""
        for field in node_fields(type(node)):
            old = getattr(node, field, None)
            if type(old) is list:
                if old:
                    setattr(node, field, self._visit_all(old))
            elif isinstance(old, ast.AST):
                new = self.visit(old)
                if new is not old:
                    setattr(node, field, new)
        if type(node) in _WITH_OPERATOR:
            self.visit(node.op)  # type: ignore[attr-defined]
        elif type(node) is ast.Compare:
            for operator in node.ops:  # type: ignore[attr-defined]
                self.visit(operator)
        return node

    def _visit_all(self, old: list[Any]) -> list[Any]:
        made = []
        for item in old:
            if not isinstance(item, ast.AST):
                made.append(item)  # None, where a dict display has `**`
                continue
            new = self.visit(item)
            if isinstance(new, list):
                made += new
            elif new is not None:
                made.append(new)
        return made

    def _inside(self, node: Node) -> Node:
        return self.node_contents_visit(node)

    def error(self, node: ast.AST, info: str) -> None:
        """Record a finding; the texts come from RestrictedPython's own checks."""
        self._refuse(node, "statement", info, "write it in simpler Python")

    def _refuse(self, node: ast.AST, rule: str, message: str, suggestion: str = "") -> None:
        self.errors.append(Finding.at(node, rule, message, suggestion))

    def not_allowed(self, node: ast.AST) -> None:
        """Refuse a kind of statement or expression as a whole."""
        kind = type(node).__name__
        self._refuse(
            node,
            "statement",
            f"{rules.NODE_NAMES.get(kind, kind)} is not allowed",
            rules.NODE_HINTS.get(kind, "write it in simpler Python"),
        )

    def _guard_call(self, place: ast.AST, guard: str, *args: ast.expr) -> ast.Call:
        # Not RestrictedPython's `copy_locations`, which walks the whole subtree each time.
        at = {field: getattr(place, field) for field in _PLACE}
        for made in args:
            if not hasattr(made, "lineno"):
                made.__dict__.update(at)
        return ast.Call(func=ast.Name(guard, _LOAD, **at), args=list(args), keywords=[], **at)

    def _keep(self, place: ast.expr, value: ast.expr) -> tuple[ast.stmt, str]:
        """A statement that keeps a value under a name that no program can say, and that name."""
        name = self.gen_tmp_name()
        target = ast.copy_location(ast.Name(name, ast.Store()), place)
        return ast.copy_location(ast.Assign(targets=[target], value=value), place), name

    # -- names --

    def _private(self, name: Any) -> Any:
        """`__x` in a class is `_Class__x`, as Python has it; done here since guards take it as text."""
        if name is not None and self._classes and name.startswith("__") and not name.endswith("__"):
            owner = self._classes[-1].lstrip("_")
            return f"_{owner}{name}" if owner else name
        return name

    def check_name(self, node: ast.AST, name: str | None, allow_magic_methods: bool = False) -> None:
        """Underscores are fine; guard names and names with double underscores on both sides are not."""
        if name is None or (name[0] != "_" and name[-1] != "_"):
            return
        if _is_special(name):
            defined_here = allow_magic_methods or self._in_class_body
            if defined_here and name in rules.DEFINABLE_MAGIC:
                return
            if name in rules.MODULE_NAMES or (self._in_class_body and name in rules.CLASS_BODY_NAMES):
                return
            hint = rules.MAGIC_HINTS.get(name, f"call it {name.strip('_') or 'value'!r}")
            self._refuse(node, "name", f"the name {name!r} is reserved", hint)
        elif is_guard_name(name) or name.endswith("__roles__"):
            self._refuse(node, "name", f"the name {name!r} is used by the sandbox", "use another name")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """`__name__` is a constant, so that `if __name__ == "__main__"` works; print is a plain builtin."""
        loaded = isinstance(node.ctx, ast.Load)
        if node.id[0] == "_":
            if node.id == "__name__" and loaded:
                return ast.copy_location(ast.Constant("__main__"), node)
            node.id = self._private(node.id)
        if loaded:
            self.used_names[node.id] = True
        self.check_name(node, node.id)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        """Allow `global` for names that may be used."""
        node.names = [self._private(name) for name in node.names]
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        """Allow `nonlocal` for names that may be used."""
        node.names = [self._private(name) for name in node.names]
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        """The name it binds is checked like any other."""
        node.name = self._private(node.name)
        self.check_name(node, node.name)
        return self._inside(node)

    # -- attributes and items --

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`a.b` becomes `_getattr_(a, "b")`; a store goes through `_write_attribute_(a)`."""
        node.attr = self._private(node.attr)
        loaded = isinstance(node.ctx, ast.Load)
        self.check_attribute(node, node.attr, store=not loaded)
        node.value = self.visit(node.value)
        if loaded:
            return self._guard_call(node, "_getattr_", node.value, ast.Constant(node.attr))
        node.value = self._guard_call(node.value, "_write_attribute_", node.value)
        return node

    def check_attribute(self, node: ast.AST, attr: str, *, store: bool) -> None:
        """Refuse attributes that lead into the interpreter."""
        if attr in INSPECT_ATTRIBUTES or attr in rules.DENIED_ATTRIBUTES or attr.endswith("__roles__"):
            self._refuse(node, "attribute", f"the attribute {attr!r} is not available", "leave it out")
        elif _is_special(attr) and (store or attr not in rules.READABLE_MAGIC):
            verb = "set" if store else "read"
            hint = "use a name of your own" if store else rules.MAGIC_HINTS.get(attr, "leave it out")
            self._refuse(node, "attribute", f"the attribute {attr!r} may not be {verb}", hint)
        elif is_guard_name(attr):
            self._refuse(
                node, "attribute", f"the attribute {attr!r} is used by the sandbox", "use another name"
            )

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Reading an item needs no guard; a store to one goes through `_write_(a)`."""
        node = self._inside(node)
        if not isinstance(node.ctx, ast.Load):
            node.value = self._guard_call(node.value, "_write_", node.value)
        return node

    # -- statements that RestrictedPython would rewrite --

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """The whole program."""
        self._lazy_annotations = any(
            isinstance(child, ast.ImportFrom) and child.module == "__future__" for child in node.body
        )
        return self._inside(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Allow calls: whatever a program can get hold of, it may call."""
        return self._inside(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Allow assignments; their targets are names, attributes and items, checked as such."""
        return self._inside(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Allow annotated assignments."""
        node.target = self.visit(node.target)
        if not self._lazy_annotations:
            node.annotation = self.visit(node.annotation)
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        """`a.b += c` reads and writes through the guards, evaluating `a` once."""
        target = node.target
        if not isinstance(target, ast.Attribute):
            return self._inside(node)
        target.attr = self._private(target.attr)
        self.check_attribute(target, target.attr, store=True)
        keep, owner = self._keep(target.value, self.visit(target.value))
        operator = ast.Constant(IOPERATOR_TO_STR[type(node.op)])
        read = self._guard_call(target, "_getattr_", ast.Name(owner, ast.Load()), ast.Constant(target.attr))
        writer = self._guard_call(target, "_write_attribute_", ast.Name(owner, ast.Load()))
        write = ast.copy_location(ast.Attribute(writer, target.attr, ast.Store()), target)
        value = self._guard_call(node, "_inplacevar_", operator, read, self.visit(node.value))
        return [keep, ast.copy_location(ast.Assign(targets=[write], value=value), node)]

    def visit_For(self, node: ast.For) -> ast.AST:
        """Allow loops."""
        return self._inside(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """Allow comprehensions, but none that waits."""
        if node.is_async:
            self._refuse(node.target, "statement", "async for is not allowed", rules.NODE_HINTS["Await"])
        return self._inside(node)

    def visit_With(self, node: ast.With) -> ast.AST:
        """Allow `with`."""
        return self._inside(node)

    # -- imports --

    def visit_Import(self, node: ast.Import) -> ast.AST:
        """Only the listed modules."""
        self._refuse_lazy(node)
        for alias in node.names:
            self._check_module(node, alias.name)
            self._check_alias(node, alias)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """Only listed names of the listed modules; `*` becomes those names."""
        self._refuse_lazy(node)
        module = node.module or ""
        if module == "__future__" and all(a.name in rules.FUTURE_FEATURES for a in node.names):
            for alias in node.names:
                self._check_alias(node, alias)
            return node
        if node.level:
            self._refuse(node, "import", "relative imports are not available", "skills need no import")
            return node
        if not self._check_module(node, module):
            return node
        exports = MODULE_EXPORTS[module]
        if any(alias.name == "*" for alias in node.names):
            node.names = [ast.copy_location(ast.alias(name), node) for name in exports]
            return node
        for alias in node.names:
            self._check_alias(node, alias)
            if alias.name not in exports:
                self._refuse_member(node, module, alias.name)
        return node

    def _refuse_lazy(self, node: ast.AST) -> None:
        if getattr(node, "is_lazy", 0):
            # It would look its module up by another builtin than the guarded one.
            self._refuse(node, "import", "lazy imports are not allowed", "leave the word lazy out")

    def _check_alias(self, node: ast.AST, alias: ast.alias) -> None:
        alias.asname = self._private(alias.asname)
        self.check_name(node, alias.asname)

    def _refuse_member(self, node: ast.AST, module: str, name: str) -> None:
        known = rules.MEMBER_HINTS.get(f"{module}.{name}")
        near = near_names(name, MODULE_EXPORTS[module], len(self.errors))
        hint = known or (f"it offers {', '.join(near)}" if near else "compute it in the program")
        self._refuse(node, "import", f"{module!r} does not offer {name!r} to programs", hint)

    def _check_module(self, node: ast.AST, module: str) -> bool:
        if module in MODULE_EXPORTS:
            return True
        top = module.split(".")[0]
        names = sorted(name for name in MODULE_EXPORTS if "." not in name)
        near = get_close_matches(top[:40], names, n=1, cutoff=0.8) if len(self.errors) < 25 else []
        hint = MODULE_HINTS.get(top) or f"available are {', '.join(names)}; skills need no import"
        if near:
            hint = f"import {near[0]} itself" if near[0] == top else f"did you mean {near[0]}?"
        self._refuse(node, "import", f"the module {module[:60]!r} is not available to programs", hint)
        return False

    # -- definitions --

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Allow functions, with the listed special methods."""
        node.name = self._private(node.name)
        self.check_name(node, node.name, allow_magic_methods=True)
        self._refuse_type_parameters(node)
        node.decorator_list = self._visit_all(node.decorator_list)
        node.args = self.visit(node.args)
        if node.returns is not None and not self._lazy_annotations:
            node.returns = self.visit(node.returns)
        outer, self._in_class_body = self._in_class_body, False
        node.body = self._visit_all(node.body)
        self._in_class_body = outer
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Allow lambda."""
        return self._inside(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """The one place where every kind of parameter passes, positional-only ones too."""
        node.arg = self._private(node.arg)
        self.check_name(node, node.arg)
        if node.annotation is not None and not self._lazy_annotations:
            node.annotation = self.visit(node.annotation)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Allow classes, made by `__metaclass__` so that the guards know them as the program's own."""
        node.name = self._private(node.name)
        self.check_name(node, node.name)
        self._refuse_type_parameters(node)
        if any(isinstance(base, ast.Starred) for base in node.bases):
            self._refuse(node, "class", "bases may not be starred", "name the base")
        for keyword in node.keywords:
            name = keyword.arg
            if name is None or name.startswith("_"):
                self._refuse(
                    node, "class", f"the class keyword {name or '**'!r} is not available", "leave it out"
                )
            elif name == "metaclass":
                keyword.arg = rules.METACLASS_KEYWORD
            keyword.value = self.visit(keyword.value)
        node.bases = self._visit_all(node.bases)
        node.decorator_list = self._visit_all(node.decorator_list)
        outer, self._in_class_body = self._in_class_body, True
        self._classes.append(node.name)
        node.body = self._visit_all(node.body)
        self._classes.pop()
        self._in_class_body = outer
        made = ast.copy_location(ast.Name("__metaclass__", ast.Load()), node)
        node.keywords.append(ast.copy_location(ast.keyword("metaclass", made), node))
        return node

    def _refuse_type_parameters(self, node: ast.AST) -> None:
        if getattr(node, "type_params", None):
            self._refuse(
                node, "statement", "type parameters are not allowed", "use typing.TypeVar and Generic"
            )

    def visit_TemplateStr(self, node: ast.AST) -> Any:
        """Template strings hold what was put in them, evaluated nobody knows where; refused."""
        self.not_allowed(node)

    # -- match --

    def visit_Match(self, node: ast.Match) -> list[ast.stmt]:
        """Allow `match`.

        Its patterns look classes and attributes up without a guard. So the classes and values that they
        name are looked up before it, through the guards, and the patterns name the results: whatever a
        subject or a case does to a name after that changes nothing.
        """
        node.subject = self.visit(node.subject)
        before: list[ast.stmt] = []
        for case in node.cases:
            self._visit_pattern(case.pattern, before)
            if case.guard is not None:
                case.guard = self.visit(case.guard)
            case.body = self._visit_all(case.body)
        return [*before, node]

    def _visit_pattern(self, pattern: ast.pattern, before: list[ast.stmt]) -> None:
        waiting: list[ast.pattern] = [pattern]
        while waiting:
            part = waiting.pop()
            match part:
                case ast.MatchValue():
                    part.value = self._pattern_value(part.value, before)
                case ast.MatchSequence(patterns=inner) | ast.MatchOr(patterns=inner):
                    waiting += inner
                case ast.MatchMapping():
                    part.keys = [self._pattern_value(key, before) for key in part.keys]
                    part.rest = self._private(part.rest)
                    self.check_name(part, part.rest)
                    waiting += part.patterns
                case ast.MatchClass():
                    self._pattern_class(part, before)
                    waiting += [*part.patterns, *part.kwd_patterns]
                case ast.MatchAs() | ast.MatchStar():
                    part.name = self._private(part.name)
                    self.check_name(part, part.name)
                    if isinstance(part, ast.MatchAs) and part.pattern is not None:
                        waiting.append(part.pattern)
                case ast.MatchSingleton():
                    pass
                case _:
                    self.not_allowed(part)

    def _pattern_value(self, value: ast.expr, before: list[ast.stmt]) -> ast.expr:
        place = ast.copy_location(ast.Pass(), value)
        value = self.visit(value)
        if not isinstance(value, ast.Call):
            return value  # a constant, perhaps with a sign
        keep, name = self._keep(value, self._guard_call(value, "_pattern_value_", value))
        before.append(keep)
        held = ast.copy_location(ast.Name(name, ast.Load()), place)
        return ast.copy_location(ast.Attribute(held, "value", ast.Load()), place)

    def _pattern_class(self, part: ast.MatchClass, before: list[ast.stmt]) -> None:
        part.kwd_attrs = [self._private(name) for name in part.kwd_attrs]
        for name in part.kwd_attrs:
            self.check_attribute(part, name, store=True)
        looked_up = self.visit(part.cls)
        names = ast.Tuple([ast.Constant(name) for name in part.kwd_attrs], ast.Load())
        ast.fix_missing_locations(ast.copy_location(names, part))
        check = self._guard_call(
            part.cls, "_check_pattern_", looked_up, names, ast.Constant(len(part.patterns))
        )
        keep, name = self._keep(part.cls, check)
        before.append(keep)
        part.cls = ast.copy_location(ast.Name(name, ast.Load()), part.cls)


def _same(node: Node) -> Node:
    return node


class Compiled(NamedTuple):
    """What became of a parsed program: code, or what is against it."""

    code: CodeType | None
    findings: tuple[Finding, ...]
    used_names: frozenset[str]


def compile_program(tree: ast.Module, filename: str) -> Compiled:
    """Rewrite and compile a parsed program.

    Not by `compile_restricted_exec`, which lets a program inherit the `__future__` statements of
    RestrictedPython's own file.
    """
    policy = ProgramPolicy()
    policy.visit(tree)
    findings = tuple(
        e if isinstance(e, Finding) else Finding.at(None, "syntax", str(e)) for e in policy.errors
    )
    code = None if findings else compile(tree, filename, "exec", dont_inherit=True)
    return Compiled(code, findings, frozenset(policy.used_names))

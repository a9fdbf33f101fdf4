"""What the syntax tree says: cyclomatic complexity and Halstead's counts, by radon's rules, in one iterative pass.

Reference: ``radon/visitors.py`` 6.0.1. radon recurses and forgets; here every scope (module, class body, function
body) is walked once with an explicit stack, and nested scopes are queued.
"""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

from antipasta_hook.metrics.scopes import Function, Scope
from antipasta_hook.model import Halstead

Counter = Callable[[Scope, Any], None]

_HASH_MODULUS: Final = sys.hash_info.modulus


class Decision(NamedTuple):
    """A node of a function that counts, with the points and the asserts that it adds."""

    node: ast.AST
    points: int
    asserts: int


class Tree:
    """One module's scopes, in an order in which parents come before their children."""

    __slots__ = ("module", "scopes")

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope(tree, None, None)
        self.scopes = [self.module]
        for scope in self.scopes:  # grows while it is walked
            walk(scope, self.scopes)
        _name(self.scopes)

    def functions(self) -> Iterator[tuple[Scope, Function, Halstead]]:
        """Every function with its Halstead counts, innermost first; afterwards the module's own are complete."""
        for scope in reversed(self.scopes):
            if scope.parent is not None:
                if isinstance(scope.node, Function):
                    yield scope, scope.node, scope.halstead()
                scope.parent.absorb(scope)

    def cyclomatic_total(self) -> int:
        """radon's ``ComplexityVisitor.total_complexity``: closures and nested classes are not part of it."""
        total = 1
        for scope in self.scopes:
            parent = scope.parent
            if parent is None or parent.parent is None:
                total += scope.branches
            elif not scope.is_class and parent.is_class and parent.parent.parent is None:
                total += 1 + scope.branches
        return total


def _name(scopes: list[Scope]) -> None:
    """Give each scope Python's ``__qualname__``."""
    for scope in scopes:
        parent = scope.parent
        if parent is None:
            continue
        name = scope.name
        if parent.parent is None or name in parent.global_names:
            scope.qualname = name
        elif parent.is_class:
            scope.qualname = f"{parent.qualname}.{name}"
        else:
            scope.qualname = f"{parent.qualname}.<locals>.{name}"


def walk(scope: Scope, scopes: list[Scope]) -> None:
    """Count what lies directly in the scope, and queue the scopes found in it.

    What stands in an assert or a class header counts for Halstead alone, as in radon.
    """
    _visit(scope, list(scope.node.body), scopes, _COUNTERS)
    if scope.quiet:
        points = scope.points
        _visit(scope, scope.quiet, scopes, _COUNTERS)
        scope.points = points


def decisions(node: Function) -> list[Decision]:
    """What adds to the cyclomatic complexity of a function, in no particular order; closures are left out."""
    found: list[Decision] = []
    counters = {kind: _noting(count, found) for kind, count in _COUNTERS.items()}
    _visit(Scope(node, None, None), list(node.body), [], counters)
    return found


def _noting(count: Counter, found: list[Decision]) -> Counter:
    """A counter that also notes what it adds."""

    def counted(scope: Scope, node: ast.AST) -> None:
        points, asserts = scope.points, scope.asserts
        count(scope, node)
        if (scope.points, scope.asserts) != (points, asserts):
            found.append(Decision(node, scope.points - points, scope.asserts - asserts))

    return counted


def _visit(  # antipasta: allow cognitive=21 hot loop
    scope: Scope, stack: list[Any], scopes: list[Scope], counters: Mapping[type, Counter]
) -> None:
    """The hot loop, in one piece because a call costs as much as a node.

    Only the one node in ten that counts is worth a call; children are fetched by attrgetter.
    """
    pop, push = stack.pop, stack.append
    one_child, children, opens, leaves = _ONE_CHILD, _CHILDREN, _SCOPES, _LEAVES
    while stack:
        node = pop()
        kind = type(node)
        if kind in leaves:
            continue
        if kind in counters:
            counters[kind](scope, node)
        if kind in children:
            for child in children[kind](node):
                if type(child) is list:
                    stack += child
                else:
                    push(child)
        elif kind in one_child:
            child = one_child[kind](node)
            if type(child) is list:
                stack += child
            else:
                push(child)
        elif kind in opens:
            scopes.append(opens[kind](scope, node))


def _function(scope: Scope, node: Function) -> Scope:
    return Scope(node, scope, node.name)


def _class(scope: Scope, node: ast.ClassDef) -> Scope:
    scope.quiet += node.bases
    scope.quiet += node.keywords
    scope.quiet += node.decorator_list
    scope.quiet += getattr(node, "type_params", ())
    return Scope(node, scope, scope.context)


def _branch(scope: Scope, _node: ast.AST) -> None:
    scope.points += 1


def _loop(scope: Scope, node: ast.For | ast.AsyncFor | ast.While) -> None:
    scope.points += 2 if node.orelse else 1


def _try(scope: Scope, node: ast.Try | ast.TryStar) -> None:
    scope.points += len(node.handlers) + bool(node.orelse)


def _comprehension(scope: Scope, node: ast.comprehension) -> None:
    scope.points += len(node.ifs) + 1


def _match(scope: Scope, node: ast.Match) -> None:
    """A case that takes anything is the way out, not a branch; radon looks at the pattern alone, not at its guard."""
    catch_all = any(getattr(case.pattern, "pattern", False) is None for case in node.cases)
    scope.points += len(node.cases) - catch_all


def _assert(scope: Scope, node: ast.Assert) -> None:
    scope.asserts += 1
    scope.quiet.append(node.test)
    scope.quiet.append(node.msg)


def _global(scope: Scope, node: ast.Global) -> None:
    scope.global_names.update(node.names)


def _operate(scope: Scope, operator: object, operands: Sequence[ast.expr]) -> None:
    scope.operator_count += 1
    scope.operator_bits |= _OPERATOR_BITS[type(operator)]
    scope.operand_count += len(operands)
    for operand in operands:
        kind = type(operand)
        if kind in _OPERAND_NAMES:
            scope.names.add(_OPERAND_NAMES[kind](operand))
        else:
            scope.others += 1


def _constant(node: ast.Constant) -> object:
    """The value, by which radon tells constants apart. Large whole numbers can be made to share one hash value."""
    value = node.value
    if type(value) is int and (value >= _HASH_MODULUS or value <= -_HASH_MODULUS):
        return "int", hex(value)
    if type(value) is float and abs(value) >= _HASH_MODULUS and value.is_integer():
        return "int", hex(int(value))
    return value


def _bool_op(scope: Scope, node: ast.BoolOp) -> None:
    scope.points += len(node.values) - 1
    _operate(scope, node.op, node.values)


def _bin_op(scope: Scope, node: ast.BinOp) -> None:
    _operate(scope, node.op, (node.left, node.right))


def _unary_op(scope: Scope, node: ast.UnaryOp) -> None:
    _operate(scope, node.op, (node.operand,))


def _aug_assign(scope: Scope, node: ast.AugAssign) -> None:
    _operate(scope, node.op, (node.target, node.value))


def _compare(scope: Scope, node: ast.Compare) -> None:
    _operate(scope, node.ops[0], [node.left, *node.comparators])
    scope.operator_count += len(node.ops) - 1
    for operator in node.ops[1:]:
        scope.operator_bits |= _OPERATOR_BITS[type(operator)]


_COUNTERS: Final[dict[type, Counter]] = {
    ast.If: _branch,
    ast.IfExp: _branch,
    ast.For: _loop,
    ast.AsyncFor: _loop,
    ast.While: _loop,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.comprehension: _comprehension,
    ast.Match: _match,
    ast.Assert: _assert,
    ast.Global: _global,
    ast.BoolOp: _bool_op,
    ast.BinOp: _bin_op,
    ast.UnaryOp: _unary_op,
    ast.AugAssign: _aug_assign,
    ast.Compare: _compare,
}
_LEAVES: Final = frozenset((ast.Name, ast.Constant, type(None)))
_SCOPES: Final[dict[type, Callable[[Scope, Any], Scope]]] = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}
_OPERAND_NAMES: Final[dict[type, Callable[[Any], object]]] = {
    ast.Name: attrgetter("id"),
    ast.Attribute: attrgetter("attr"),
    ast.Constant: _constant,
}
_OPERATOR_BITS: Final[dict[type, int]] = {
    kind: 1 << bit
    for bit, kind in enumerate(
        kind for family in (ast.boolop, ast.operator, ast.unaryop, ast.cmpop) for kind in family.__subclasses__()
    )
}


def _child_fields() -> dict[type, tuple[str, ...]]:
    """For each kind of node that is walked through, the fields that can hold nodes; some hold None or lists of them."""
    leaves: set[type] = {*_SCOPES, ast.Assert, ast.Name, ast.Constant, ast.Import, ast.ImportFrom, ast.Global}
    plain = {"arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "lineno", "name", "names", "op"}
    plain |= {"ops", "rest", "simple", "str", "tag", "type_comment", "type_ignores"}
    families = (ast.stmt, ast.expr, ast.pattern, ast.excepthandler, getattr(ast, "type_param", ast.pattern))
    kinds: set[type[ast.AST]] = {ast.arguments, ast.arg, ast.comprehension, ast.keyword, ast.match_case, ast.withitem}
    for family in families:
        kinds.update(family.__subclasses__())
    fields = {kind: tuple(name for name in kind._fields if name not in plain) for kind in kinds - leaves}
    return {kind: names for kind, names in fields.items() if names}


_CHILDREN: Final[dict[type, Callable[[Any], tuple[Any, ...]]]] = {
    kind: attrgetter(*names) for kind, names in _child_fields().items() if len(names) > 1
}
_ONE_CHILD: Final[dict[type, Callable[[Any], Any]]] = {
    kind: attrgetter(*names) for kind, names in _child_fields().items() if len(names) == 1
}

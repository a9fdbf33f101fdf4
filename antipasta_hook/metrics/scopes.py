"""What is counted in one module, class body or function body, and how nested counts add up, by radon's rules."""

import ast

from antipasta_hook.model import Halstead

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


class Scope:
    """A module, a class body or a function body, and what was counted directly in it.

    Halstead's operands are radon's: a name, an attribute's name or a constant counts once for each context (the bare
    name of the innermost function), any other expression counts each time.
    """

    __slots__ = (
        "asserts",
        "context",
        "global_names",
        "inner",
        "is_class",
        "name",
        "names",
        "node",
        "operand_count",
        "operator_bits",
        "operator_count",
        "others",
        "parent",
        "points",
        "qualname",
        "quiet",
    )

    def __init__(self, node: ast.Module | Definition, parent: "Scope | None", context: str | None) -> None:
        self.node = node
        self.parent = parent
        self.context = context
        self.name = "" if isinstance(node, ast.Module) else node.name
        self.is_class = isinstance(node, ast.ClassDef)
        self.points = 0
        self.asserts = 0
        self.operator_count = 0
        self.operand_count = 0
        self.operator_bits = 0
        self.names: set[object] = set()
        self.others = 0
        self.quiet: list[ast.AST | None] = []
        self.inner: dict[str | None, list[set[object]]] = {}
        self.global_names: set[str] = set()
        self.qualname = ""

    @property
    def inside_function(self) -> bool:
        """Whether the scope is defined somewhere inside a function; its name may not tell (``global``)."""
        scope = self.parent
        while scope is not None and scope.is_class:
            scope = scope.parent
        return scope is not None and scope.parent is not None

    @property
    def branches(self) -> int:
        """Decision points and asserts: what radon adds up with its default settings."""
        return self.points + self.asserts

    def halstead(self) -> Halstead:
        """The counts of this scope and of all that was absorbed into it."""
        distinct = self.others
        for context, sets in self.inner.items():
            distinct += _distinct([*sets, self.names] if context == self.context else sets)
        if self.context not in self.inner:
            distinct += len(self.names)
        return Halstead(self.operator_bits.bit_count(), distinct, self.operator_count, self.operand_count)

    def absorb(self, child: "Scope") -> None:
        """Add the Halstead counts of a finished nested scope."""
        self.operator_count += child.operator_count
        self.operand_count += child.operand_count
        self.operator_bits |= child.operator_bits
        self.others += child.others
        for context, sets in child.inner.items():
            self.inner.setdefault(context, []).extend(sets)
        if child.is_class:
            self.names |= child.names
        elif child.names:
            self.inner.setdefault(child.context, []).append(child.names)


def _distinct(sets: list[set[object]]) -> int:
    return len(sets[0]) if len(sets) == 1 else len(set().union(*sets))

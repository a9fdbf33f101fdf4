"""The roll-up of a tree: from the rows of the trees in it that are known, and from the measurements of the others."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from antipasta_hook.analyse.contexts import Contexts, Ground
from antipasta_hook.analyse.counting import Counting, Node
from antipasta_hook.analyse.reading import Means
from antipasta_hook.changes import ATTRIBUTES, TREE, Entry, python_files
from antipasta_hook.metrics import engine_fingerprint
from antipasta_hook.model import AsideKind, Blob, RollUp, Tally
from antipasta_hook.verdict.census import counted, total

if TYPE_CHECKING:
    from antipasta_hook.cache import Store
    from antipasta_hook.cache.rollup import Row

LARGEST_ROW: Final = 64 * 1024
"""Bytes of a row, unpacked and estimated; a tree of which there is more to be known leaves it to those in it."""


class RollUps:
    """Roll-ups of one target by its rules and settings. ``hits`` is how many files needed no counting.

    ``counting`` says what became of the others.
    """

    def __init__(self, ground: Ground, store: "Store | None", means: Means) -> None:
        self.hits = 0
        self.counting: Final = Counting(ground, means, store)
        self._ground = ground
        self._store = store
        self._contexts = Contexts(ground)

    def of(self, tree: str, before: str | None) -> RollUp:
        """The roll-up of the target's root, the tree of this id. What is not known yet is kept, if it is certain.

        ``before`` is the base's root: what is known of it need not be found out again where only a little differs.
        """
        from antipasta_hook.cache.rollup import joined

        root = Node("", tree, before)
        nodes = self._entered(root)
        self.counting.count([node for node in nodes if not node.is_kept])
        rows: dict[str, bytes] = {}
        for node in reversed(nodes):
            if not node.is_kept:
                node.rollup = RollUp(total(node.tallies), tuple(node.findings), tuple(node.asides))
                rows |= self._row(node)
            node.rollup = joined([node.rollup, *(inner.rollup for _, inner in node.inner)])
            node.is_certain = node.is_certain and all(inner.is_certain for _, inner in node.inner)
            node.inner = []
        if self._store is not None:
            self._store.write(rows)
        return root.rollup

    def _entered(self, root: Node) -> list[Node]:
        """All nodes that are looked into, each before those in it; of what is known only what it leaves to others."""
        nodes: list[Node] = []
        level = [root]
        while level:
            self._enter_all(level)
            nodes += level
            level = [inner for node in level for _, inner in node.inner]
        return nodes

    def _enter_all(self, nodes: Sequence[Node]) -> None:
        known = self._looked_up(self._key(node) for node in nodes)
        unknown = [node for node in nodes if self._key(node) not in known]
        former = self._looked_up(self._key_before(node) for node in unknown if node.before)
        for node in nodes:
            if (row := known.get(self._key(node))) is not None:
                self._take(node, row)
            else:
                self._enter(node, former.get(self._key_before(node)))

    def _enter(self, node: Node, former: "Row | None") -> None:
        """Look into a tree; where enough is ``former``ly known of what the base has there, only at what differs."""
        entries = self._ground.repository.entries(node.tree)
        before = dict(self._ground.repository.entries(node.before)) if node.before else {}
        kept = None if former is None else self._kept(node, former, dict(entries), before)
        if kept is not None:
            node.begin_with(*kept)
            self.hits += kept.rollup.tally.files
            entries = tuple(entry for entry in entries if before.get(entry.name) != entry.blob)
        node.files, node.is_certain = python_files(entries, self._ground.shebang_of)
        for name, blob in entries:
            if blob.mode == TREE:
                old = before.get(name)
                node.enter(name, blob.oid, old.oid if old is not None and old.mode == TREE else None)

    def _kept(self, node: Node, former: "Row", now: Mapping[str, Blob], before: Mapping[str, Blob]) -> "Row | None":
        """Of a former row what is still so; None where that cannot be told from what is known."""
        from antipasta_hook.cache.rollup import weight

        if now.get(ATTRIBUTES) != before.get(ATTRIBUTES) or weight(former.rollup) > LARGEST_ROW:
            return None
        gone = dict(before.items() - now.items())
        lost = self._lost(node, gone, former)
        return None if lost is None else _without(former, gone, lost, node.below(""))

    def _lost(self, node: Node, gone: Mapping[str, Blob], former: "Row") -> Tally | None:
        """What files and trees that are not there any more added to a former row; None where that is not known."""
        apart = dict(former.apart)
        entries = tuple(Entry(name, blob) for name, blob in gone.items() if name not in apart)
        trees = self._trees_lost(node, [entry for entry in entries if entry.blob.mode == TREE])
        files = self._files_lost(node, entries, former)
        return None if trees is None or files is None else total([*trees, *files])

    def _trees_lost(self, node: Node, trees: Sequence[Entry]) -> list[Tally] | None:
        from antipasta_hook.cache.rollup import roll_up_key

        keys = [roll_up_key(tree.blob.oid, self._contexts.of(node.below(tree.name))) for tree in trees]
        rows = self._looked_up(keys)
        if len(rows) < len(keys) or any(row.apart for row in rows.values()):
            return None
        return [rows[key].rollup.tally for key in keys]

    def _files_lost(self, node: Node, entries: Sequence[Entry], former: "Row") -> list[Tally] | None:
        from antipasta_hook.cache import cache_key

        files, certain = python_files(entries, self._ground.shebang_of)
        if self._store is None or not certain:
            return None
        aside = {each.path for each in former.rollup.asides}
        files = [entry for entry in files if node.below(entry.name) not in aside]
        keys = [cache_key(entry.blob.oid, engine_fingerprint()) for entry in files]
        found = self._store.get_many(dict.fromkeys(keys))
        return None if any(key not in found for key in keys) else [counted(found[key]) for key in keys]

    def _take(self, node: Node, row: "Row") -> None:
        node.is_kept = True
        node.rollup = row.rollup
        for name, tree in row.apart:
            node.enter(name, tree)
        self.hits += row.rollup.tally.files

    def _looked_up(self, keys: Iterable[str]) -> "Mapping[str, Row]":
        from antipasta_hook.cache.rollup import decode_row

        return {} if self._store is None else self._store.read(keys, decode_row)

    def _key(self, node: Node) -> str:
        from antipasta_hook.cache.rollup import roll_up_key

        return roll_up_key(node.tree, self._contexts.of(node.path))

    def _key_before(self, node: Node) -> str:
        from antipasta_hook.cache.rollup import roll_up_key

        return roll_up_key(node.before or node.tree, self._contexts.of(node.path))

    def _row(self, node: Node) -> dict[str, bytes]:
        """The row of a node whose own files are counted and whose trees are put together; none if it is uncertain."""
        from antipasta_hook.cache.encoding import LARGEST
        from antipasta_hook.cache.rollup import encode_row, spilled

        inner = [(name, each.tree, each.rollup) for name, each in node.inner]
        certain = node.is_certain and all(each.is_certain for _, each in node.inner)
        node.is_certain = certain and all(aside.kind != AsideKind.UNSETTLED for aside in node.asides)
        if self._store is None or not node.is_certain:
            return {}
        key = self._key(node)
        try:
            data = encode_row(spilled(node.rollup, inner, LARGEST_ROW), key)
        except ValueError:
            return {}  # not what any verdict says of a file that is as it was: the tests' business, not a run's
        return {key: data} if len(data) <= LARGEST else {}


def _without(former: "Row", gone: Collection[str], lost: Tally, prefix: str) -> "Row":
    """A row without what stands under some names; ``prefix`` is its path, with a slash unless it is the root."""
    tally, findings, asides = former.rollup
    start = len(prefix)

    def stays(path: str) -> bool:
        return path[start:].partition("/")[0] not in gone

    return former._replace(
        rollup=RollUp(
            tally.less(lost),
            tuple(finding for finding in findings if stays(finding.path)),
            tuple(aside for aside in asides if stays(aside.path)),
        ),
        apart=tuple((name, tree) for name, tree in former.apart if name not in gone),
    )

"""The layout of a tree: from the rows of the trees in it that are known, and from the entries of the others."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from antipasta_hook.changes import TREE, Entry, Layout, layout_of, python_files

if TYPE_CHECKING:
    from antipasta_hook.cache import Store
    from antipasta_hook.changes import Repository

ShebangOf = Callable[[str], bool | None]


class _Place:
    """A tree, and what is known of it; ``certain``: that it cannot be otherwise tomorrow."""

    def __init__(self, tree: str) -> None:
        self.tree = tree
        self.layout = Layout()
        self.certain = True
        self.python = False
        self.entries: tuple[Entry, ...] = ()
        self.inner: list[tuple[str, _Place]] = []

    def enter(self, entries: tuple[Entry, ...], shebang_of: ShebangOf) -> "list[_Place]":
        """Read what stands in it; gives the trees."""
        self.entries = tuple(entry for entry in entries if entry.blob.mode != TREE)
        named = any(python_files((entry,), lambda _: False)[0] for entry in self.entries)
        found, self.certain = ([], True) if named else python_files(self.entries, shebang_of)
        self.python = named or bool(found)
        self.inner = [(entry.name, _Place(entry.blob.oid)) for entry in entries if entry.blob.mode == TREE]
        return [place for _, place in self.inner]

    def settle(self) -> None:
        """All the trees in it are known."""
        self.layout = layout_of(self.python, self.entries, ((name, place.layout) for name, place in self.inner))
        self.certain = self.certain and all(place.certain for _, place in self.inner)
        self.entries, self.inner = (), []


def layout(repository: "Repository", tree: str, shebang_of: ShebangOf, store: "Store | None") -> Layout:
    """The layout of a tree. What is not known yet is kept, unless it may be otherwise in another clone."""
    from antipasta_hook.cache.rollup import encode_layout, layout_key

    root = _Place(tree)
    unknown: list[_Place] = []
    level = [root]
    while level:
        missing = _looked_up(level, store)
        unknown += missing
        level = [inner for place in missing for inner in place.enter(repository.entries(place.tree), shebang_of)]
    for place in reversed(unknown):
        place.settle()
    if store is not None:
        keys = {layout_key(place.tree): place.layout for place in unknown if place.certain}
        store.write({key: encode_layout(each.files, key, python=each.python) for key, each in keys.items()})
    return root.layout


def _looked_up(places: list[_Place], store: "Store | None") -> list[_Place]:
    """Those of the places that are not known."""
    from antipasta_hook.cache.rollup import decode_layout, layout_key

    if store is None:
        return places
    known = store.read(dict.fromkeys(layout_key(place.tree) for place in places), decode_layout)
    missing = []
    for place in places:
        found = known.get(layout_key(place.tree))
        if found is None:
            missing.append(place)
        else:
            place.layout = Layout(*found)
    return missing

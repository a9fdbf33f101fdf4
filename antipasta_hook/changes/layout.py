"""Where in a tree the files stand that say how the others are judged: it depends on the tree's id alone.

As everywhere, settings and attribute files count that have a Python file in their directory, or below it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from antipasta_hook.changes.attributes import FILE_NAME
from antipasta_hook.changes.pairing import has_python_name
from antipasta_hook.changes.reader import EXECUTABLE, FILE_MODES, TREE, Entry
from antipasta_hook.config.settings import PROJECT_FILE, SETTINGS_FILE
from antipasta_hook.model import Blob

_NAMES: Final = frozenset({FILE_NAME, PROJECT_FILE, SETTINGS_FILE})


class Layout(NamedTuple):
    """Whether there is a Python file at all, and the files that count, by their paths from here."""

    python: bool = False
    files: tuple[tuple[str, Blob], ...] = ()


def layout_of(python: bool, entries: Iterable[Entry], inner: Iterable[tuple[str, Layout]]) -> Layout:  # noqa: FBT001 - the one thing that is said of all of it
    """The layout of a tree from its entries and those of the trees in it; ``python``: a file of its own is Python."""
    own = [(entry.name, entry.blob) for entry in entries if entry.name in _NAMES and entry.blob.mode != TREE]
    below = [(name, layout) for name, layout in inner if layout.python]
    if not (python or below):
        return Layout()
    return Layout(python=True, files=(*own, *_deeper(below)))


def _deeper(below: Iterable[tuple[str, Layout]]) -> Iterator[tuple[str, Blob]]:
    """A project file counts at the root alone."""
    for name, layout in below:
        for path, blob in layout.files:
            if path != PROJECT_FILE:
                yield f"{name}/{path}", blob


def python_files(entries: Iterable[Entry], shebang_of: Callable[[str], bool | None]) -> tuple[list[Entry], bool]:
    """The Python files among these entries, and whether that is certain: a script may not be in this clone."""
    found, certain = [], True
    for entry in entries:
        if entry.blob.mode not in FILE_MODES:
            continue
        if has_python_name(entry.name):
            found.append(entry)
        elif entry.blob.mode == EXECUTABLE:
            is_script = shebang_of(entry.blob.oid)
            certain = certain and is_script is not None
            if is_script:
                found.append(entry)
    return found, certain

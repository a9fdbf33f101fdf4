"""Which of the paths that differ are Python files, and which of them are one file that moved. Pure."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable

from antipasta_hook.changes.reader import EMPTY_BLOBS, EXECUTABLE, FILE_MODES, RawChange
from antipasta_hook.model import Blob, Change

ShebangOf = Callable[[str], bool | None]
"""Whether the blob of this id has a Python shebang; None where it cannot be known (not in this clone)."""


def python_changes(raw: Iterable[RawChange], shebang_of: ShebangOf) -> list[Change]:
    """The changes of Python files, equal blobs paired as renames, in the order of the paths."""
    changes = [change for each in raw if (change := _python_change(each, shebang_of)) is not None]
    return sorted(pair_renames(changes), key=lambda change: (change.path, change.old_path or ""))


def has_python_name(path: str) -> bool:
    """Whether the name alone says Python."""
    return path.endswith((".py", ".pyi"))


def is_python(path: str, blob: Blob, shebang_of: ShebangOf) -> bool:
    """Whether a file is Python by its name, or by its shebang where it is executable."""
    if _file(blob) is None:
        return False
    return has_python_name(path) or (_is_executable(blob) and shebang_of(blob.oid) is True)


def _python_change(raw: RawChange, shebang_of: ShebangOf) -> Change | None:
    """A changed path as a change of its Python side or sides; None where there is none or only the mode changed."""
    path, before, after, _ = raw
    if has_python_name(path):
        before, after = _file(before), _file(after)
    else:
        before, after = _scripts(_file(before), _file(after), shebang_of)
    if before == after or (before and after and before.oid == after.oid):
        return None
    if before is None and after is not None and after.oid in EMPTY_BLOBS:
        return None  # an intent-to-add entry, or a file with nothing to measure
    return Change(path, before, after)


def _file(blob: Blob | None) -> Blob | None:
    """Regular files only: a symlink's blob is its target's name, a submodule has none."""
    return blob if blob is not None and blob.mode in FILE_MODES else None


def _scripts(before: Blob | None, after: Blob | None, shebang_of: ShebangOf) -> tuple[Blob | None, Blob | None]:
    """The Python sides of a path whose name does not say Python: an executable with a Python shebang.

    A script that becomes executable keeps its old text as its old side: making it executable adds no complexity.
    A side whose blob is not in this clone is what the other side is.
    """
    if not (_is_executable(before) or _is_executable(after)):
        return None, None
    was, now = _shebang(before, shebang_of), _shebang(after, shebang_of)
    becomes = was if now is None else now
    script = after if becomes and _is_executable(after) else None
    comes = script is not None if was is None else was
    return (before if comes and (script or _is_executable(before)) else None), script


def _is_executable(blob: Blob | None) -> bool:
    return blob is not None and blob.mode == EXECUTABLE


def _shebang(blob: Blob | None, shebang_of: ShebangOf) -> bool | None:
    return False if blob is None else shebang_of(blob.oid)


def pair_renames(changes: list[Change]) -> list[Change]:
    """A deletion and an addition of one blob are a rename: same base name first, then in the order of the paths."""
    ordered = sorted(changes, key=lambda change: change.path)
    gone = _by_blob((change.before, change) for change in ordered if change.after is None)
    come = _by_blob((change.after, change) for change in ordered if change.before is None)
    renames = [pair for oid in gone.keys() & come.keys() for pair in _pairs(gone[oid], come[oid])]
    return _without(renames, changes) + [new._replace(before=old.before, old_path=old.path) for old, new in renames]


def _without(renames: list[tuple[Change, Change]], changes: list[Change]) -> list[Change]:
    paired = {id(change) for pair in renames for change in pair}
    return [change for change in changes if id(change) not in paired]


def _by_blob(sides: Iterable[tuple[Blob | None, Change]]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = defaultdict(list)
    for blob, change in sides:
        if blob is not None:
            found[blob.oid].append(change)
    return found


def _pairs(gone: list[Change], come: list[Change]) -> list[tuple[Change, Change]]:
    by_name: dict[str, deque[Change]] = defaultdict(deque)
    for old in gone:
        by_name[_base_name(old)].append(old)
    pairs, others = [], []
    for new in come:
        if same_name := by_name[_base_name(new)]:
            pairs.append((same_name.popleft(), new))
        else:
            others.append(new)
    taken = {id(old) for old, _ in pairs}
    return pairs + list(zip((old for old in gone if id(old) not in taken), others, strict=False))


def _base_name(change: Change) -> str:
    return change.path.rpartition("/")[2]

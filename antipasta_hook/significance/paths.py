"""The first tier: what can be told of a change before anything of it is read."""

from collections.abc import Iterator
from typing import Final

from antipasta_hook.config.settings import Settings
from antipasta_hook.model import Change, ChangeKind, Significance
from antipasta_hook.significance.critical import critical_path
from antipasta_hook.significance.scale import Part, counted, rated, saturated, unchanged

DELETED: Final = Part(0.02, "the file is deleted")
_UNREAD: Final = 0.12  # a file may hold anything: more than an edit that is known to be harmless
_TEST: Final = 0.08
_STUB: Final = 0.01
_GROWTH: Final = 0.5
_TEST_DIRECTORIES: Final = frozenset({"test", "tests", "testing"})


def by_path(change: Change, settings: Settings, size_before: int | None, size_after: int | None) -> Significance:
    """How much a change may matter, from its path and the sizes of its sides in bytes (None: not known)."""
    return unchanged(change) or rated([*_sized(change, size_before, size_after), *critical_path(change.path, settings)])


def _sized(change: Change, before: int | None, after: int | None) -> Iterator[Part]:
    if change.after is None:
        yield DELETED
        return
    yield Part(_prior(change.path))
    if change.kind == ChangeKind.ADDED:
        yield _grown(after or 0, 8_000, f"a new file of {counted(after, 'byte')}" if after else "a new file")
    elif before is None or after is None:
        yield Part(0.05, "changed, and not read")
    elif after > before:
        yield _grown(after - before, 4_000, f"grows by {counted(after - before, 'byte')}")
    else:
        yield Part(
            0.01, f"shrinks by {counted(before - after, 'byte')}" if after < before else "changed, in the same size"
        )


def _prior(path: str) -> float:
    """What a file of this name is likely to hold: a stub no branches, a test few of them."""
    *directories, name = path.split("/")
    if name.endswith(".pyi"):
        return _STUB
    is_test = name.startswith("test_") or name in {"conftest.py", "tests.py"} or name.endswith("_test.py")
    return _TEST if is_test or not _TEST_DIRECTORIES.isdisjoint(directories) else _UNREAD


def _grown(size: int, half: float, reason: str) -> Part:
    return Part(max(0.01, _GROWTH * saturated(size, half)), reason)

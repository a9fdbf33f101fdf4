"""Changes to score: of one file, by its two texts."""

from antipasta_hook.model import Blob, Change
from tests.unit.verdict.golden import oid_of


def change(before: bytes | None, after: bytes | None, path: str = "a.py") -> Change:
    """The change that leads from one source to another; None where there is no such side."""
    old, new = (None if side is None else Blob(oid_of(side.decode("latin-1")), 0o100644) for side in (before, after))
    return Change(path, old, new)

"""Roll-ups to keep, and what they are made of."""

from typing import Any

from antipasta_hook.cache.rollup import Row
from antipasta_hook.model import (
    COGNITIVE,
    CYCLOMATIC,
    MAINTAINABILITY,
    Ancestor,
    Aside,
    AsideKind,
    Finding,
    Level,
    RollUp,
    Status,
    Tally,
)

OID = "a" * 40
TREE = "b" * 64


def existing(path: str = "a/b/c.py", line: int = 3, **changes: Any) -> Finding:
    """A function of a file that is as it was."""
    found = Finding(
        path=path,
        line=line,
        end_line=line + 4,
        symbol="C.f",
        metric=CYCLOMATIC,
        value=12,
        before=12,
        limit=10,
        level=Level.ERROR,
        status=Status.EXISTING,
        blocking=False,
        why_not="as it was before",
        limit_origin=".antipasta.yaml:2",
        ancestor=Ancestor(OID, line, line + 4),
    )
    return found._replace(**changes)


ROLL_UP = RollUp(
    Tally(3, 7, 120, (5, 1, 1, 0, 0, 0), (6, 1, 0, 0, 0, 0)),
    (
        existing(),
        existing(line=20, metric=COGNITIVE, value=30, before=30, blocking=True, why_not=None, limit_origin=None),
        existing("a/b/\udcff.py", symbol=None, metric=MAINTAINABILITY, value=9.25, before=9.25, ancestor=None),
        existing(value=None, before=None, limit=None, level=Level.WARNING, status=Status.UNJUDGED, ancestor=None),
    ),
    (
        Aside("a/b/v.py", OID, AsideKind.RULED, "vendored: in b/"),
        Aside("a/b/x.py", OID, AsideKind.BROKEN, "invalid syntax", 3),
        Aside("a/b/y.py", TREE, AsideKind.INCLUDED),
        Aside("a/b/z.py", OID, AsideKind.HIDDEN, "a git LFS pointer"),
    ),
)
ROW = Row(ROLL_UP, (("inner", TREE), ("\udcfe", OID)))

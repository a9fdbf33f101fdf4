"""What ``git ls-files -v --stage --debug -z`` prints."""

import pytest

from antipasta_hook.changes.listing import Entry, Stat, _entries
from antipasta_hook.model import Blob

OID = "1" * 40
KNOWN = (
    b"  ctime: 11:12\n  mtime: 13:14\n  dev: 15\tino: 16\n  uid: 17\tgid: 18\n  size: 19\tflags: 0\n",
    Stat((11, 12), (13, 14), 16, 17, 18, 19),
)
UNKNOWN = (b"  ctime: 11.12\n  born: 1\n", None)
NOTHING = (b"", None)


def line(path: bytes, tag: str = "H", mode: int = 100644, stage: int = 0) -> bytes:
    return f"{tag} {mode} {OID} {stage}\t".encode() + path + b"\0"


@pytest.mark.parametrize(("told", "stat"), [KNOWN, UNKNOWN, NOTHING])
def test_each_entry_with_what_is_remembered_of_its_file(told: bytes, stat: Stat | None) -> None:
    out = line(b"a.py") + told + line(b"  dev: 1\n\t\xff H.py", mode=100755) + told
    assert dict(_entries(out)) == {
        "a.py": Entry(Blob(OID, 0o100644), stat, may_lack=False, unwatched=False),
        "  dev: 1\n\t\udcff H.py": Entry(Blob(OID, 0o100755), stat, may_lack=False, unwatched=False),
    }


@pytest.mark.parametrize(
    ("tag", "may_lack", "unwatched"), [("H", False, False), ("S", True, False), ("h", False, True), ("s", True, True)]
)
def test_what_git_was_told_of_a_file(tag: str, *, may_lack: bool, unwatched: bool) -> None:
    ((_, entry),) = _entries(line(b"a.py", tag) + KNOWN[0])
    assert (entry.may_lack, entry.unwatched) == (may_lack, unwatched)


def test_an_unmerged_path_has_no_blob() -> None:
    out = b"".join(line(b"a.py", "M", stage=stage) + KNOWN[0] for stage in (1, 2, 3))
    assert dict(_entries(out)) == {"a.py": Entry(None, None, may_lack=False, unwatched=False)}


def test_nothing_tracked() -> None:
    assert list(_entries(b"")) == []

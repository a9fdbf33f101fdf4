import struct
from pathlib import Path

import pytest

from antipasta_hook.changes.cachetree import states_too_many, tree_of_index

ROOT = bytes(range(20))


def index(*extensions: tuple[bytes, bytes], count: int = 3, entries: bytes = b"entries") -> bytes:
    body = b"".join(name + struct.pack(">I", len(data)) + data for name, data in extensions)
    return b"DIRC" + struct.pack(">II", 2, count) + entries + body + bytes(20)


def record(count: int = 3) -> bytes:
    return b"\0%d 0\n" % count + (ROOT if count >= 0 else b"")


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (index((b"TREE", record())), True),
        (index((b"TREE", record()), (b"UNTR", b"TREE\0\0\0\1x"), (b"EOIE", bytes(24))), True),
        (index((b"TREE", record(-1))), False),
        (index((b"TREE", record(2))), False),
        (index((b"TREE", record()), (b"zzzz", b"unknown")), False),
        (index((b"UNTR", b"")), False),
        (index((b"TREE", record()), entries=b"TREE\0\0\0\x05..."), True),
        (index((b"TREE", b"")), False),
        (index(count=0), False),
        (index((b"TREE", record()))[:-21], False),
        (b"", False),
        (b"XXXX" + index((b"TREE", record()))[4:], False),
    ],
)
def test_the_root_is_believed_only_where_the_whole_index_is_covered(
    tmp_path: Path,
    content: bytes,
    known: bool,  # noqa: FBT001 - a table
) -> None:
    file = tmp_path / "index"
    file.write_bytes(content)
    assert tree_of_index(str(file)) == (ROOT.hex() if known else None)


def test_an_index_that_is_not_there(tmp_path: Path) -> None:
    assert tree_of_index(str(tmp_path / "nowhere")) is None
    assert tree_of_index(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("content", "too_many"),
    [
        (index(count=3, entries=bytes(3 * 62)), False),
        (index(count=5, entries=bytes(3 * 62)), True),
        (index(count=0x7F00000D, entries=bytes(13 * 72)), True),
        (index(count=0), False),
        (b"DIRC", False),
        (b"", False),
    ],
)
def test_more_entries_than_there_is_room_for(tmp_path: Path, content: bytes, too_many: bool) -> None:  # noqa: FBT001 - a column of the table
    file = tmp_path / "index"
    file.write_bytes(content)
    assert states_too_many(str(file)) == too_many


def test_no_index_states_too_many(tmp_path: Path) -> None:
    assert not states_too_many(str(tmp_path / "nowhere"))

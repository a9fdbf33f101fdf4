"""Tree objects as they are read: what git did not write is refused, so that git itself is asked."""

import pytest

from antipasta_hook.changes.treediff import entries

ONE, OTHER = b"\x01" * 20, b"\x02" * 20


def tree(*held: tuple[bytes, bytes, bytes]) -> bytes:
    """The bytes of a tree."""
    return b"".join(b"%s %s\0%s" % each for each in held)


def test_a_tree_is_its_entries_whatever_stands_in_the_ids() -> None:
    held = {(b"100644", b"a b", b"\0" * 20), (b"40000", b"c", b"100644 x\0" + b"0" * 11)}
    assert entries(tree(*sorted(held)), "1" * 40) == held
    assert entries(b"", "1" * 40) == frozenset()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(tree((b"040000", b"pkg", ONE)), id="zeros before a mode"),
        pytest.param(tree((b"100644", b"a.py", ONE), (b"100644", b"a.py", OTHER)), id="a name twice"),
        pytest.param(tree((b"100644", b"a.py", ONE))[:-1], id="cut short"),
        pytest.param(tree((b"100644", b"a.py", ONE)) + b"x", id="something more"),
    ],
)
def test_what_git_did_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"tree 1+ is damaged"):
        entries(data, "1" * 40)

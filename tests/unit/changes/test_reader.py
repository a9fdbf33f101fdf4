import pytest

from antipasta_hook.changes.reader import blob, decode_path, shown
from antipasta_hook.model import Blob


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a.py", "a.py"),
        ("\u00e9\u4e2d.py".encode(), "\u00e9\u4e2d.py"),
        (b"caf\xe9.py", "caf\\xe9.py"),
        (b"a\nb\t\x1b[31m.py", "a\\nb\\t\\x1b[31m.py"),
        ("\u202egnp.py".encode(), "\\u202egnp.py"),
    ],
)
def test_a_path_in_a_message_cannot_forge_a_line(raw: bytes, text: str) -> None:
    assert shown(decode_path(raw)) == text


def test_modes_are_canonical() -> None:
    assert blob("1", 0o100664) == Blob("1", 0o100644)
    assert blob("1", 0o100775) == Blob("1", 0o100755)
    assert blob("1", 0o120000) == Blob("1", 0o120000)

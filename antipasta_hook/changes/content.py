"""What the first bytes of a blob say about it."""

import re
from typing import Final

LFS_POINTER: Final = "git LFS pointer"
_LFS_VERSION: Final = b"version https://git-lfs.github.com/spec/v1"
_LFS_LIMIT: Final = 1024
_PYTHON: Final = rb"(?:python|pypy)[0-9.]*[a-z]?(?:\.exe)?\Z"  # compiled where they are wanted: rarely
_ASSIGNMENT: Final = rb"[A-Za-z_][A-Za-z0-9_]*="
_RUNNERS: Final = frozenset({b"uv", b"uvx", b"pipx", b"hatch", b"pdm", b"poetry", b"pixi", b"rye"})


def is_lfs_pointer(source: bytes) -> bool:
    """Whether a blob only says where git LFS keeps the file."""
    return len(source) <= _LFS_LIMIT and source.startswith(_LFS_VERSION)


def has_python_shebang(source: bytes) -> bool:
    """Whether the first line starts a Python interpreter: directly, through env, or through a runner's ``run``."""
    if not source.startswith(b"#!"):
        return False
    words = source[2:512].partition(b"\n")[0].split()
    if words and _name(words[0]) == b"env":
        words = _after_env(words[1:])
    if not words:
        return False
    program = _name(words[0])
    if program in _RUNNERS:
        return b"run" in words[1:]
    return re.match(_PYTHON, program) is not None


def _after_env(words: list[bytes]) -> list[bytes]:
    """What env starts: its options and assignments left out."""
    for place, word in enumerate(words):
        if word.startswith(b"-S") and word != b"-S":
            return [word[2:], *words[place + 1 :]]
        if word.startswith(b"--split-string="):
            return [word.partition(b"=")[2], *words[place + 1 :]]
        if not word.startswith(b"-") and not re.match(_ASSIGNMENT, word):
            return words[place:]
    return []


def _name(path: bytes) -> bytes:
    return path.rpartition(b"/")[2]

"""Which installed files are compared: all of them, or a fixed spread that is the same on every machine."""

import hashlib
import os
import sysconfig
from collections.abc import Iterator

_LEFT_OUT = ("__pycache__", "antipasta_hook", "site-packages", "dist-packages")


def default_roots() -> list[str]:
    """The running Python's standard library and its installed packages."""
    paths = sysconfig.get_paths()
    return [paths["stdlib"], paths["purelib"]]


def python_files(root: str) -> list[str]:
    """Every .py file below a root, sorted; installed packages below another root are left to that root."""
    return sorted(_walk(root))


def _walk(root: str) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        yield from (os.path.join(folder, name) for name in names if name.endswith(".py"))


def spread(roots: list[str], count: int) -> list[str]:
    """``count`` files in equal shares from each root, in the order of a hash of their path below the root."""
    chosen: list[str] = []
    share = -(-count // len(roots))
    for root in roots:
        ranked = sorted((_rank(os.path.relpath(path, root)), path) for path in python_files(root))
        chosen += [path for _, path in ranked[:share]]
    return chosen


def _rank(relative: str) -> str:
    return hashlib.sha256(relative.replace(os.sep, "/").encode()).hexdigest()

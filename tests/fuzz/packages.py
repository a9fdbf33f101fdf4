"""The real files that are damaged: the running Python's standard library, and packages that pip brings."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from typing import Final

from tests.differential.corpus import python_files

STANDARD_LIBRARY: Final = sysconfig.get_paths()["stdlib"]
LARGE: Final = ("django", "sympy", "networkx")
PLACE: Final = os.path.join("build", "fuzz", f"packages-{sys.version_info[0]}.{sys.version_info[1]}")
"""Below a checkout; nothing of it is committed."""


def real_files(packages: Sequence[str] = LARGE) -> list[str]:
    """Every Python file of the standard library and of these packages, in an order that is the same everywhere."""
    return [path for root in _roots(packages) for path in python_files(root)]


def _roots(packages: Sequence[str]) -> Iterator[str]:
    yield STANDARD_LIBRARY
    for package in packages:
        place = os.path.join(PLACE, package)
        if not os.path.isdir(place):
            command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
            subprocess.run([*command, "--no-compile", "--target", place, package], check=True)
        yield place


def content(path: str) -> bytes:
    """The bytes of a file."""
    with open(path, "rb") as stream:
        return stream.read()

"""The number that stands for how settings files are compiled: part of the key under which the result is kept."""

from typing import Final

COMPILER_VERSION: Final = 6
"""Raised whenever any file may compile to something else than before."""

COMPILER_DIGEST: Final = "68104f8e5141d5dd"
"""Over the code that decides it, without comments and docstrings; kept true by a test, which says what to do."""

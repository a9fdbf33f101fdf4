"""What a child may take of the machine for one source: where it takes more the system ends it. POSIX only."""

import os
import sys
import time
from collections.abc import Callable
from typing import Final

MOST_MEMORY: Final = 2 * 1024 * 1024 * 1024
"""Bytes of address space, besides what it begins with; the largest source that is parsed at all takes a third."""
MOST_SECONDS: Final = 60
"""Of processor time; the slowest source that is measured at all takes three."""


def set_guards() -> Callable[[], None]:
    """Limit this process; gives what is to be called before each source, to wind its clock up.

    Where the platform has no limits nothing is limited: whoever waits for this process has a clock of its own.
    """
    if sys.platform == "win32":
        return lambda: None
    try:
        import resource
    except ImportError:
        return lambda: None
    _lower(resource.RLIMIT_AS, reserved() + MOST_MEMORY)
    _lower(resource.RLIMIT_FSIZE, 0)  # it answers on a pipe, which is no file
    _lower(resource.RLIMIT_CORE, 0)

    def wind_up() -> None:
        _lower(resource.RLIMIT_CPU, int(time.process_time()) + 1 + MOST_SECONDS)

    return wind_up


def _lower(what: int, most: int) -> None:
    """Set a limit, unless a lower one is set for good; some systems know a limit and do not let it be set."""
    if sys.platform == "win32":
        return
    import resource

    try:
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    except (OSError, ValueError):
        return


def reserved() -> int:
    """Bytes of address space that this process has, where Linux says so: Pythons differ widely in what they reserve."""
    return _pages("self", 0)


def held(process: int) -> int:
    """Bytes of memory that a process holds, where Linux says so; else 0."""
    return _pages(str(process), 1)


def _pages(process: str, column: int) -> int:
    if sys.platform == "win32":
        return 0
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as file:
            return int(file.read(100).split()[column]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0

"""Whether there is memory for what a source may take: what cannot be borne is not begun, and is named."""

import sys
from typing import Final

from antipasta_hook.metrics import memory

_NEVER_LARGE: Final = 24_000
"""Bytes of source; fewer take less than SMALL, whatever stands in them."""
SMALL: Final = 32 * 1024 * 1024
"""Bytes of memory that nobody is asked for: this process already holds as much."""
KEPT_FREE: Final = 64 * 1024 * 1024
"""Bytes that are to be left: for the verdict, the report and everybody else."""


def too_large_for_now(source: bytes, root: str = "/") -> str | None:
    """Why a source is not measured now: it may take more memory than is free. None where it is."""
    if len(source) < _NEVER_LARGE:
        return None
    wanted = memory(source)
    if wanted < SMALL:
        return None
    free = free_memory(root)
    if free is None or wanted + KEPT_FREE <= free:
        return None
    return f"too little memory is free: to measure it may take {wanted // (1024 * 1024):,} MB"


def free_memory(root: str = "/") -> int | None:
    """Bytes that this process may still take: of the machine, of its control groups and of its own limit."""
    from antipasta_hook.analyse import machine  # few commits hold anything so large

    known = [each for each in (machine.free_memory(root), _left_to_this_process()) if each is not None]
    return min(known, default=None)


def _left_to_this_process() -> int | None:
    if sys.platform == "win32":
        return None
    try:
        import resource

        from antipasta_hook.analyse import guards

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
    except (ImportError, OSError, ValueError):
        return None
    return None if most == resource.RLIM_INFINITY else max(0, most - guards.reserved())

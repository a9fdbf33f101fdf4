"""A run that is over, in a line: what is kept of it, for whoever asks weeks later whether the tool helps."""

from typing import NamedTuple

NOT_JUDGED = "error"
"""The outcome of a run that something stopped."""


class Run(NamedTuple):
    """``run_id`` names it in every export; ``when`` it ended is a time in seconds since 1970.

    ``scope`` is what was judged (``staged``, ``push``, ``ci``, ...), ``outcome`` the word of the verdict or ``error``,
    ``code`` the exit code. ``took_ms`` counts from the process's start, ``limit_ms`` is 0 where there was none.
    ``files`` were looked at, ``unread`` of them could not be, for ``deferred`` there was no time. ``hits`` and
    ``misses`` are of the cache, the bytes what it gave and was given.
    """

    run_id: str
    when: float
    scope: str
    outcome: str
    code: int
    took_ms: float = 0
    limit_ms: float = 0
    files: int = 0
    unread: int = 0
    deferred: int = 0
    blocking: int = 0
    hits: int = 0
    misses: int = 0
    bytes_read: int = 0
    bytes_written: int = 0

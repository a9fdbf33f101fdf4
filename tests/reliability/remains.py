"""What a run leaves behind: its report, a store that is sound and free, and nothing else."""

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from antipasta_hook.cache.database import FILES
from antipasta_hook.cache.lock import Occupancy

KEPT: Final = frozenset({"lock", "warming", "kept", "runs", "settings", "CACHEDIR.TAG", ".gitignore", *FILES})
"""All that belongs into a store's directory."""


def verdict(report: Path) -> dict[str, Any]:
    """What a report says, without what depends on the clock and on the cache."""
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    for name in ("timings_ms", "cache", "budget"):
        del found[name]
    for file in found["files"]:
        file["status"] = file["status"].replace("cached", "analysed")
    return found


def wrong_with(cache: Path) -> Iterator[str]:
    """What should not be so in a cache directory that nobody uses any more."""
    store = cache / "v1"
    if not store.exists():
        return
    unfinished = {path for path in store.rglob("*") if path.suffix == ".tmp"}
    foreign = {store / name for name in set(os.listdir(store)) - KEPT}
    yield from (f"left behind: {path}" for path in unfinished | foreign)
    if (store / "lock").exists():
        with closing(Occupancy(str(store / "lock"))) as occupancy:
            if not occupancy.seize():
                yield "somebody still holds the store's lock"
    if (store / "cache.db").exists():
        with closing(sqlite3.connect(store / "cache.db")) as connection:
            ((line,), *_) = connection.execute("PRAGMA integrity_check").fetchall()
        if line != "ok":
            yield f"the database is damaged: {line}"


def members(session: int) -> dict[int, str]:
    """The processes of a session that still run, and how they were called."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, of = (place / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(of) == session and state != "Z":
                found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
    return found


def outlived(session: int, patience: float) -> tuple[float, list[str]]:
    """How long a session's processes outlived its first one, and those that did not end in so many seconds: killed."""
    begun = time.monotonic()
    while left := members(session):
        if time.monotonic() - begun > patience:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            return patience, list(left.values())
        time.sleep(0.01)
    return time.monotonic() - begun, []

"""What the next commits will need, measured beforehand: every Python file of HEAD, into the user's cache."""

import os
from collections.abc import Mapping
from contextlib import closing

from antipasta_hook.analyse.crew import Crew
from antipasta_hook.cache import Store, wanted_store
from antipasta_hook.cache.directory import store_directory
from antipasta_hook.cache.lock import Occupancy
from antipasta_hook.changes import open_repository
from antipasta_hook.model import Failure
from antipasta_hook.model.backtest import Blobs
from antipasta_hook.replay.archive import Archive
from antipasta_hook.replay.heads import of_head
from antipasta_hook.replay.measuring import Measuring, foreseen

LOCK = "warming"
_AT_ONCE = 400


def warm(cwd: str, environ: Mapping[str, str]) -> Blobs | None:
    """Measure what is not known yet, in this process alone; None where another process is at it already.

    Raises Failure: no repository, settings or a cache that cannot be used.
    """
    with open_repository(cwd, environ) as repository:
        difference, settings = of_head(repository, environ)
        changeset = difference.changeset(settings)
        where = settings.run()
        with wanted_store(where, environ) as store:
            if store.trouble is not None:
                raise Failure(
                    store.trouble.message, kind="no-cache", recovery="nothing was measured: it could not be kept"
                )
            with closing(Occupancy(os.path.join(store_directory(where.cache_directory, environ), LOCK))) as lock:
                if not lock.seize():
                    return None
                measuring = Measuring(repository, Archive(store), Crew(0))
                try:
                    wants = foreseen(changeset, settings)
                    for first in range(0, len(wants), _AT_ONCE):
                        for _ in measuring.prepare(want.oid for want in wants[first : first + _AT_ONCE]):
                            continue
                        _require_kept(store)
                finally:
                    measuring.keep()
                _require_kept(store)
                return measuring.blobs()


def _require_kept(store: Store) -> None:
    """Raises Failure where what was measured could not be kept: it was for nothing else."""
    if store.trouble is not None:
        raise Failure(
            store.trouble.message, kind="no-cache", recovery="what could not be kept will be measured when it is needed"
        )

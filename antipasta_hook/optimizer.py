"""The story: scope -> changes -> analyse -> verdict, each a stage that hands its nouns to the next."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from antipasta_hook.analyse import analyse
from antipasta_hook.cache import open_store
from antipasta_hook.changes import open_repository, staged_changes
from antipasta_hook.config.settings import DEFAULTS, Settings
from antipasta_hook.model import Cost, Report
from antipasta_hook.verdict import judge, limited_to


class PreCommitOptimizer:
    """Judge what is staged in the repository around ``cwd`` against HEAD.

    ``environ`` is the environment that git gave the hook (GIT_INDEX_FILE, GIT_DIR, ...); ``files`` limit what is
    reported, never what is read; ``started`` is the process's start on ``time.perf_counter``'s clock.
    """

    def __init__(
        self,
        cwd: str = ".",
        *,
        environ: Mapping[str, str] | None = None,
        settings: Settings = DEFAULTS,
        files: Sequence[str] = (),
        use_cache: bool = True,
        started: float | None = None,
    ) -> None:
        self._cwd = cwd
        self._environ = os.environ if environ is None else environ
        self._settings = settings
        self._files = files
        self._use_cache = use_cache
        self._started = time.perf_counter() if started is None else started
        self._timings: dict[str, float] = {}

    def run(self) -> Report:
        """Read, measure and judge. Raises Failure for what stops it: no repository, unmerged paths, ..."""
        with self._timed("changes"):
            repository = open_repository(self._cwd, self._environ, reader=self._settings.run().reader)
        with repository:
            with self._timed("changes"):
                changeset = staged_changes(repository, self._settings)
            with self._timed("analyse"):
                store = (lambda: open_store(None, self._environ)) if self._use_cache else None
                analysis = analyse(changeset, repository, self._settings, store)
            with self._timed("verdict"):
                verdict = judge(changeset, analysis.measured, self._settings)
                if self._files:
                    verdict = limited_to(verdict, [repository.relative(path) for path in self._files])
        spent = (time.perf_counter() - self._started) * 1000
        timings = (("total", spent), *self._timings.items())
        cost = Cost(None, spent, analysis.hits, analysis.misses, timings, analysis.cache_problem)
        return Report(verdict, cost)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - begun) * 1000
            self._timings[stage] = self._timings.get(stage, 0.0) + spent

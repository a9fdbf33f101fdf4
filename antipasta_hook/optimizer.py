"""The story: scope -> changes -> analyse -> verdict, each a stage that hands its nouns to the next."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from antipasta_hook.analyse import Analysis, analyse
from antipasta_hook.cache import Store, open_memory, open_store
from antipasta_hook.changes import Repository, Span, open_repository, read_difference, spans
from antipasta_hook.config.settings import Settings, Told
from antipasta_hook.model import Ask, Asked, Cost, Outcome, Report, Scope, ScopeKind, Verdict
from antipasta_hook.policy import manager_remarks, policy_of
from antipasta_hook.verdict import joined, judge, limited_to

STAGED: Final = Asked(Ask.STAGED)
NOTHING_TOLD: Final = Told()
NOTHING: Final = Verdict(Scope(ScopeKind.RANGE, None), Outcome.PASS, (), (), ())


class PreCommitOptimizer:
    """Judge what is asked for in the repository around ``cwd``: by default what is staged, against HEAD.

    ``environ`` is the environment that git gave the hook (GIT_INDEX_FILE, GIT_DIR, ...); ``told`` is what beats the
    settings of the repository; ``files`` limit what is reported, never what is read; ``started`` is the process's
    start on ``time.perf_counter``'s clock.

    While it runs it keeps what others want to know even if it fails: ``settings`` (None until they are read),
    ``reader`` and ``git_dir`` (empty until the repository is open).
    """

    def __init__(
        self,
        cwd: str = ".",
        *,
        asked: Asked = STAGED,
        environ: Mapping[str, str] | None = None,
        told: Told = NOTHING_TOLD,
        files: Sequence[str] = (),
        use_cache: bool = True,
        started: float | None = None,
    ) -> None:
        self.settings: Settings | None = None
        self.reader = ""
        self.git_dir = ""
        self._cwd = cwd
        self._asked = asked
        self._environ = os.environ if environ is None else environ
        self._told = told
        self._files = files
        self._use_cache = use_cache
        self._started = time.perf_counter() if started is None else started
        self._timings: dict[str, float] = {}
        self._analyses: list[Analysis] = []
        self._remarks: list[str] = []

    def run(self) -> Report:
        """Read, measure and judge. Raises Failure for what stops it: no repository, unmerged paths, ..."""
        with self._timed("changes"):
            repository = open_repository(self._cwd, self._environ, reader=self._told.reader)
        with repository:
            self.git_dir = repository.git_dir
            with self._timed("changes"):
                found = spans(repository, self._asked)
            verdict = joined([self._judged(repository, span) for span in found] or [NOTHING])
            if self._files:
                verdict = limited_to(verdict, [repository.relative(path) for path in self._files])
            self.reader = repository.reader
        return Report(verdict, self._cost())

    def _judged(self, repository: Repository, span: Span) -> Verdict:
        """One span through all stages."""
        with self._timed("changes"):
            difference = read_difference(repository, span)
        with self._timed("settings"):
            memory = open_memory(None, self._environ) if self._use_cache else None
            policy = policy_of(difference, self._told, memory, strict=self._asked.strict)
            self._remarks += manager_remarks(difference, repository.here(), self._environ, memory)
            self.settings = settings = policy.settings
        with self._timed("changes"):
            if repository.use(settings.run().reader):
                difference = read_difference(repository, span)
            changeset = difference.changeset(settings, policy.before)
        with self._timed("analyse"):
            analysis = analyse(changeset, difference.source, settings, self._open_store(settings))
            self._analyses.append(analysis)
        with self._timed("verdict"):
            verdict = judge(changeset, analysis.measured, settings)
            verdict = verdict._replace(problems=(*policy.problems, *verdict.problems))
        if verdict.outcome != Outcome.FAIL:
            return verdict
        with self._timed("blame"):
            from antipasta_hook.analyse.blame import blamed

            return blamed(verdict, difference.source, settings)

    def _open_store(self, settings: Settings) -> Callable[[], Store] | None:
        where = settings.run()
        return (lambda: open_store(where.cache_directory, self._environ, where.cache_size)) if self._use_cache else None

    def _cost(self) -> Cost:
        spent = (time.perf_counter() - self._started) * 1000
        hits, misses = (sum(getattr(each, name) for each in self._analyses) for name in ("hits", "misses"))
        problems = (each.cache_problem for each in self._analyses)
        remarks = [*self._remarks, *(f"{problem.message}; {problem.recovery}" for problem in problems if problem)]
        timings = (("total", spent), *self._timings.items())
        return Cost(None, spent, hits, misses, timings, tuple(dict.fromkeys(remarks)))

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - begun) * 1000
            self._timings[stage] = self._timings.get(stage, 0.0) + spent

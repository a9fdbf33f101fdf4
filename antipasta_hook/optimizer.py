"""The story: scope -> changes -> significance -> plan -> analyse -> verdict, each a stage that hands its nouns on."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook.analyse.bench import Bench
from antipasta_hook.analyse.candidates import candidates, used_of_grant
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.deadline import Deadline
from antipasta_hook.analyse.ledger import Ledger
from antipasta_hook.analyse.reading import Means
from antipasta_hook.analyse.run import Analysis, analyse
from antipasta_hook.analyse.shelf import Shelf
from antipasta_hook.cache import Store, open_memory, wanted_store
from antipasta_hook.changes import Difference, Repository, Span, open_repository, read_difference, spans
from antipasta_hook.config.settings import BUDGET, RunSettings, Settings, Told
from antipasta_hook.model import Ask, Asked, ChangeSet, Outcome, Report, Scope, ScopeKind, Verdict
from antipasta_hook.plan import ALWAYS_MEASURED, plan
from antipasta_hook.policy import Policy, budget_of, manager_remarks, policy_of
from antipasta_hook.verdict import joined, judge, limited_to

if TYPE_CHECKING:
    from antipasta_hook.analyse.census import Census
    from antipasta_hook.analyse.course import Tell
    from antipasta_hook.analyse.ranking import Ranked
    from antipasta_hook.changes import BlobSource
    from antipasta_hook.verdict.standing import Standing

STAGED: Final = Asked(Ask.STAGED)
NOTHING_TOLD: Final = Told()
NOTHING: Final = Verdict(Scope(ScopeKind.RANGE, None), Outcome.PASS, (), (), ())


class _Found(NamedTuple):
    """What a verdict is explained by; ``order`` is that of the files where time is short."""

    changeset: ChangeSet
    blobs: "BlobSource"
    settings: Settings
    order: "tuple[Ranked, ...] | None"
    deadline: Deadline


class PreCommitOptimizer:
    """Judge what is asked for in the repository around ``cwd``: by default what is staged, against HEAD.

    ``environ`` is the environment that git gave the hook (GIT_INDEX_FILE, GIT_DIR, ...); ``told`` is what beats the
    settings of the repository; ``files`` limit what is reported, never what is read; ``started`` is the process's
    start, from which the budget counts, on ``time.perf_counter``'s clock.

    While it runs it keeps what others want to know even if it fails: ``settings`` (None until they are read),
    ``reader`` and ``git_dir`` (empty until the repository is open), ``reader_reason``, ``compared`` (for people: which
    commits, and why), ``ledger`` (what it costs).
    ``rolls_up`` may be set to false before: every file is listed and looked at then, even where all is known of its
    directory.
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
        self.reader_reason = ""
        self.compared: tuple[str, ...] = ()
        self.ledger = Ledger(time.perf_counter() if started is None else started)
        self.rolls_up = True
        self._cwd = cwd
        self._asked = asked
        self._environ = os.environ if environ is None else environ
        self._told = told
        self._files = files
        self._use_cache = use_cache
        self._tell: Tell | None = None
        self._rated = True
        self._crew = Crew(told.jobs, told.executor)
        self._open = ExitStack()
        self._granted = ALWAYS_MEASURED
        self._stops_late: list[str] = []

    @property
    def stops_late(self) -> str | None:
        """Where it is set that files left out for lack of time stop it; None where none were, or it does not."""
        return next(iter(self._stops_late), None)

    @property
    def executor(self) -> str:
        """Who measured, and why, for people."""
        return self._crew.account

    def run(self, *, rated: bool = True, tell: "Tell | None" = None) -> Report:
        """Read, measure and judge. Raises Failure for what stops it: no repository, unmerged paths, ...

        ``rated``: say of each file how much its change matters, too, which takes some milliseconds. ``tell`` is called
        as measuring goes on.
        """
        self._rated, self._tell = rated, tell
        with self.ledger.timed("changes"):
            repository = open_repository(self._cwd, self._environ, reader=self._told.reader)
        with self._open, repository, self._crew:
            self.git_dir = repository.git_dir
            with self.ledger.timed("changes"):
                found = spans(repository, self._asked)
                self.compared = tuple(span.label for span in found if span.label)
            verdicts = [self._judged(repository, span, parts=len(found) - done) for done, span in enumerate(found)]
            verdict = joined(verdicts or [NOTHING])
            if self._files:
                paths = [repository.relative(path) for path in self._files]
                verdict = limited_to(verdict, paths, missing=[path for path in paths if repository.lacks(path)])
            self.reader, self.reader_reason = repository.reader, repository.reader_reason
        return Report(verdict, self.ledger.cost(self._crew))

    def _judged(self, repository: Repository, span: Span, *, parts: int) -> Verdict:
        """One span through all stages, within its part of the time that is left."""
        with self.ledger.timed("changes"):
            census = self._census(repository, span)
            layout = census.layout if census else None
            difference = read_difference(repository, span, layout)
        with self.ledger.timed("settings"):
            policy = self._policy(difference, repository.here())
            self.settings = settings = policy.settings
            self.ledger.limit_ms = budget_of(self._asked, self._told, settings, whole=span.whole)
            deadline = Deadline(self.ledger.limit_ms, self.ledger.started).share(parts, self._granted)
        with self.ledger.timed("changes"):
            if repository.use(settings.run().reader):
                difference = read_difference(repository, span, layout)
            marks = difference.marks(settings, policy.before)
            changeset = difference.marked(marks)
            blobs = Shelf(difference.source)
        standing = None
        if census is not None:
            with self.ledger.timed("analyse"):
                standing = census.standing(difference, marks, settings, Means(deadline, self._crew, tell=self._tell))
                changeset = standing.within(changeset)
                self.ledger.analysed(census.analysis)
        with self._bench(blobs, settings, census, standing) as bench:
            with self.ledger.timed("significance"):
                order = candidates(changeset, bench, settings, deadline=deadline, crew=self._crew)
                self._granted -= used_of_grant(changeset, bench, deadline) if order is None else 0
            with self.ledger.timed("plan"):
                planned = plan(order, deadline.left_ms, deadline.reason, self._crew.pace) if order else None
                self.ledger.planned(order, planned)
            with self.ledger.timed("analyse"):
                means = Means(deadline, self._crew, in_detail=self._rated, tell=self._tell)
                analysis = analyse(changeset, settings, bench, planned=planned, means=means)
        self._note(analysis, settings)
        with self.ledger.timed("verdict"):
            verdict = judge(changeset, analysis.measured, settings, analysis.cleared)
            if standing is not None:
                verdict = standing.completed(verdict)
            verdict = verdict._replace(problems=(*policy.problems, *verdict.problems))
        return self._explained(verdict, _Found(changeset, blobs, settings, order, deadline))

    def _explained(self, verdict: Verdict, found: "_Found") -> Verdict:
        """The verdict with how much each change matters, and with the lines that are to blame."""
        changeset, blobs, settings, order, deadline = found
        if order or self._rated:
            from antipasta_hook.analyse.rating import ranked_files, rated_files

            with self.ledger.timed("significance"):
                verdict = ranked_files(verdict, order or ())
                if self._rated:
                    verdict = rated_files(verdict, changeset, settings, blobs, deadline=deadline)
        if verdict.outcome != Outcome.FAIL:
            return verdict
        with self.ledger.timed("blame"):
            from antipasta_hook.analyse.blame import blamed

            return blamed(verdict, blobs, settings, deadline)

    def _note(self, analysis: Analysis, settings: Settings) -> None:
        """What the cost is made of, and whether it stops that there was no time for something."""
        self.ledger.analysed(analysis)
        if analysis.was_late and settings.run().on_deferred == "fail":
            self._stops_late.append(settings.values("")["on_deferred"].origin or "")

    def _policy(self, difference: Difference, place: str) -> Policy:
        """By which settings the difference is judged; what is to be said of the hook manager's is kept besides."""
        memory = open_memory(None, self._environ) if self._use_cache else None
        policy = policy_of(difference, self._told, memory, strict=self._asked.strict)
        self.ledger.remarks += manager_remarks(difference, place, self._environ, memory)
        return policy

    def _census(self, repository: Repository, span: Span) -> "Census | None":
        """Where all of a commit is looked at, what did not change in it need not be listed: unless time is short."""
        commit = span.target.oid
        bounded = self._told.flags.values.get(BUDGET)
        if not (self.rolls_up and self._asked.what == Ask.CI and commit) or self._files:
            return None
        if (bounded is not None and bounded.value is not None) or len(span.bases) > 1:
            return None
        from antipasta_hook.analyse.census import Census

        found = Census(repository, commit, self._store_of if self._use_cache else None)
        self._open.callback(found.close)
        return found

    def _bench(
        self, blobs: "BlobSource", settings: Settings, census: "Census | None", standing: "Standing | None"
    ) -> Bench:
        if census is None or standing is None:
            return Bench(blobs, self._open_store(settings))
        return Bench(blobs, self._open_store(settings), lent=census.store, known=standing.known)

    def _store_of(self, run: RunSettings | None) -> Store:
        """The store that the settings want; None: the user's own."""
        return self.ledger.opened(wanted_store(run, self._environ))

    def _open_store(self, settings: Settings) -> Callable[[], Store] | None:
        where = settings.run()
        return (lambda: self._store_of(where)) if self._use_cache else None

"""The story of a replay: history -> cases -> measurements -> verdicts, the newest commit first."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain
from typing import Final, NamedTuple

from antipasta_hook.analyse.bench import Want
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.cache import open_memory, wanted_store
from antipasta_hook.changes import Difference, Repository, open_repository, read_difference, whole_tree
from antipasta_hook.changes.history import History
from antipasta_hook.config.load import KIND as SETTINGS_KIND
from antipasta_hook.config.settings import Settings, Told
from antipasta_hook.model import ChangeSet, Failure, FileStatus, Outcome, Status, Verdict
from antipasta_hook.model.backtest import Backtest, Question, Replayed
from antipasta_hook.policy import Policy, policy_of
from antipasta_hook.replay.archive import Archive
from antipasta_hook.replay.cases import Case, cases
from antipasta_hook.replay.grid import Grid
from antipasta_hook.replay.measuring import Known, Measuring, foreseen, unsettled
from antipasta_hook.replay.tally import Terms, tally
from antipasta_hook.replay.touched import touched
from antipasta_hook.verdict import SMALL_CHANGE, judge

NOTHING_TOLD: Final = Told()
_BLOBS_AT_ONCE: Final = 400
_CASES_AT_ONCE: Final = 100
_LAYERS_WITHOUT_FILES: Final = 2  # the defaults and the command line's


class Step(NamedTuple):
    """How far a replay has come: commits that are no merges, those of them that were stopped, blobs measured."""

    judged: int
    stopped: int
    measured: int


class Ready(NamedTuple):
    """A case with the settings that judge it, and what will have to be measured for that in any case."""

    case: Case
    changeset: ChangeSet
    settings: Settings
    wants: tuple[Want, ...]


class Replay:
    """Judge the commits of a history as if each were being made.

    ``told`` is what beats the settings of the repository, ``tell`` is called at every step. ``run`` may be cut short:
    ``answer`` is about what was done until then. ``question`` says when it runs what git makes of a date.
    """

    def __init__(
        self,
        cwd: str = ".",
        *,
        question: Question,
        environ: Mapping[str, str] | None = None,
        told: Told = NOTHING_TOLD,
        use_cache: bool = True,
        tell: Callable[[Step], None] = lambda _: None,
    ) -> None:
        self._cwd = cwd
        self.question = question
        self._environ = os.environ if environ is None else environ
        self._told = told
        self._memory = open_memory(None, self._environ) if use_cache else None
        self._tell = tell
        self._crew = Crew(told.jobs, told.executor)
        self._started = time.perf_counter()
        self._done: list[Replayed] = []
        self._terms: Terms | None = None
        self._measuring: Measuring | None = None
        self._judged = self._stopped = 0
        self._complete = False

    def run(self) -> None:
        """Replay; raises Failure for what stops it."""
        with ExitStack() as opened:
            repository = opened.enter_context(open_repository(self._cwd, self._environ, reader=self._told.reader))
            history = opened.enter_context(History(repository))
            head = _head(repository)
            if self.question.since is not None:
                self.question = self.question._replace(moment=history.moment(self.question.since))
            policy = self._policy(read_difference(repository, whole_tree(repository)))
            where = policy.settings.run()
            repository.use(where.reader)
            archive = Archive(
                opened.enter_context(wanted_store(where, self._environ)) if self._memory is not None else None
            )
            self._measuring = Measuring(repository, archive, opened.enter_context(self._crew))
            opened.callback(self._measuring.keep)
            first = _first_commits(history, head)
            self._terms = Terms(
                self.question, head, self._settings_in_words(policy), Grid(policy.settings), first, _said(policy)
            )
            self._replay(cases(repository, history, head, self.question), self._measuring, self._terms)
        self._complete = True

    def answer(self) -> Backtest | None:
        """What came of it so far; None where nothing did yet."""
        if self._terms is None or self._measuring is None or not self._done:
            return None
        seconds = time.perf_counter() - self._started
        return tally(self._done, self._terms, self._measuring.blobs(), complete=self._complete, seconds=seconds)

    @property
    def executor(self) -> str:
        """Who measured, and why, for people."""
        return self._crew.account

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person has to be told of what became of them."""
        return tuple(remark.sentence for remark in self._crew.remarks)

    def _replay(self, found: Iterable[Case], measuring: Measuring, terms: Terms) -> None:
        """Judge some commits while the blobs of the next are measured."""
        waiting: deque[Ready | Replayed] = deque()
        for few in chain(self._few_at_a_time(found, terms), [[]]):
            wants = (want for each in few if isinstance(each, Ready) for want in each.wants)
            for _ in measuring.prepare(want.oid for want in wants):
                self._judge_next(waiting, measuring, terms)
            while waiting:
                self._judge_next(waiting, measuring, terms)
            waiting.extend(few)

    def _judge_next(self, waiting: "deque[Ready | Replayed]", measuring: Measuring, terms: Terms) -> None:
        if waiting:
            each = waiting.popleft()
            done = _judged(each, measuring, terms) if isinstance(each, Ready) else each
            self._done.append(done)
            self._judged += not done.is_merge and done.outcome is not None
            self._stopped += not done.is_merge and bool(done.stops)
        self._tell(Step(self._judged, self._stopped, measuring.measured))

    def _few_at_a_time(self, found: Iterable[Case], terms: Terms) -> Iterator[list[Ready | Replayed]]:
        """Enough to keep several processes busy."""
        few: list[Ready | Replayed] = []
        blobs = 0
        for case in found:
            ready = self._ready(case, terms)
            few.append(ready)
            blobs += len(ready.wants) if isinstance(ready, Ready) else 0
            if blobs >= _BLOBS_AT_ONCE or len(few) >= _CASES_AT_ONCE:
                yield few
                few, blobs = [], 0
        if few:
            yield few

    def _ready(self, case: Case, terms: Terms) -> Ready | Replayed:
        """A case with what judges it, or why nothing can."""
        if case.difference is None:
            return _left_out(case, case.reason, terms)
        settings = before = terms.grid.settings
        if self.question.own:
            try:
                settings, before, _ = self._policy(case.difference)
            except Failure:
                return _left_out(case, "its settings cannot be used", terms)
        changeset = case.difference.changeset(settings, before)
        return Ready(case._replace(difference=None), changeset, settings, tuple(foreseen(changeset, settings)))

    def _settings_in_words(self, policy: Policy) -> str:
        gate = self._told.flags.values.get("gate")
        return self._whose(policy) + (f", gate {gate.value}" if gate else "")

    def _whose(self, policy: Policy) -> str:
        if self._told.config is not None:
            return f"the settings in {self._told.config}"
        if self.question.own:
            return "the settings of each commit"
        return "today's settings" if len(policy.settings.layers) > _LAYERS_WITHOUT_FILES else "the default settings"

    def _policy(self, difference: Difference) -> Policy:
        return policy_of(difference, self._told, self._memory, strict=False)


def _head(repository: Repository) -> str:
    head = repository.head()
    if head is None:
        raise Failure("there is no commit here yet", kind="no-commits", recovery="commit something first")
    return head


def _first_commits(history: History, head: str) -> dict[str, str] | None:
    """Each author's first commit; None where that cannot be told: the history is cut off, or damaged."""
    try:
        return None if history.is_shallow() else history.first_commits(head)
    except Failure:
        return None


def _said(policy: Policy) -> tuple[str, ...]:
    """What is to be said of the settings themselves, not of what the index changes in them."""
    return tuple(problem.message for problem in policy.problems if problem.kind == SETTINGS_KIND)


def _judged(ready: Ready, measuring: Measuring, terms: Terms) -> Replayed:
    """One commit, by the stages that judge a commit that is being made."""
    changeset, settings = ready.changeset, ready.settings
    grid = terms.grid.of(settings)
    first = changeset._replace(comparisons=changeset.comparisons[:1])
    known = measuring.measurements(first, settings, ready.wants)
    part = touched(first, known, settings, grid.lowest)
    verdict = judge(*part, settings)
    if ready.case.is_merge and not _is_harmless(verdict):  # held against the other parents it may be
        verdict = judge(changeset, measuring.measurements(changeset, settings, known=known), settings)
    stops = tuple(finding for finding in verdict.findings if finding.blocking)
    reason = _why_in_part(verdict) if verdict.outcome == Outcome.INCOMPLETE else ""
    found = _left_out(ready.case, reason, terms)._replace(outcome=verdict.outcome, stops=stops)
    if ready.case.is_merge:
        return found
    if _may_need_more(first, known):
        known = measuring.measurements(first, grid.under(grid.lowest), known=unsettled(known))
        part = touched(first, known, settings, grid.lowest)
    return found._replace(stopped_by=grid.stopping(part, stopped=bool(stops)))


def _why_in_part(verdict: Verdict) -> str:
    """The first reason why not all of a commit could be judged."""
    for file in verdict.files:
        if file.status in {FileStatus.UNREADABLE, FileStatus.DEFERRED}:
            return "a file that cannot be parsed" if file.metrics is not None else f"a file: {file.reason}"
    unjudged = (finding.why_not for finding in verdict.findings if finding.status == Status.UNJUDGED)
    return f"a function: {next(filter(None, unjudged), 'not all is known of it')}"


def _is_harmless(verdict: Verdict) -> bool:
    """Whether no other parent can make it milder: of two judgements of a function, the milder one counts."""
    return verdict.outcome == Outcome.PASS and not any(
        finding.status in {Status.INTRODUCED, Status.WORSENED} for finding in verdict.findings
    )


def _may_need_more(changeset: ChangeSet, known: Known) -> bool:
    """Whether a stricter limit may need more: old sides of a large change, a look at what nobody can read."""
    if len(changeset.comparisons[0].changes) > SMALL_CHANGE:
        return True
    return any(each.metrics is not None and each.metrics.error is not None for each in known.values())


def _left_out(case: Case, reason: str, terms: Terms) -> Replayed:
    """A commit that is not judged."""
    commit = case.commit
    is_first = None if terms.first is None else terms.first.get(commit.email) == commit.oid
    return Replayed(commit.oid, commit.subject, commit.time, case.is_merge, is_first, None, reason)

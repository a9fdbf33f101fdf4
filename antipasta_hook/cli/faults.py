"""What becomes of a fault of ours: at a commit and at a push git goes on, unless the settings want it to stop."""

import argparse
import contextlib
import os
import time
from collections.abc import Mapping
from typing import Final

from antipasta_hook.cli.modes import is_commit, is_push
from antipasta_hook.cli.notes import add_run, is_hidden, keep
from antipasta_hook.model import NOT_JUDGED, Ask, Asked, Cost, Failure, Outcome, Report, Run, Scope, ScopeKind, Verdict
from antipasta_hook.report.words import printable

_OURS: Final = "this is a fault of antipasta-hook, not of your code; --debug shows where it happened"
_RELIEF: Final = "leave it more memory, or fewer --jobs; --debug shows where it happened"
_WHERE: Final = "mend what it names; --debug shows where it happened"


def failure_of(bug: BaseException) -> Failure:
    """What nobody expected, as a Failure: what the system refuses is no fault of ours, all else is."""
    import traceback

    place = traceback.extract_tb(bug.__traceback__)[-1]
    where = f"({os.path.basename(place.filename)}:{place.lineno})"
    detail = "".join(traceback.format_exception(bug))
    if isinstance(bug, MemoryError):
        return Failure(f"out of memory {where}", kind="out-of-memory", recovery=_RELIEF, detail=detail)
    if isinstance(bug, OSError):
        what = ": ".join(printable(str(each)) for each in (bug.filename, bug.strerror or bug) if each is not None)
        return Failure(f"the system refuses something: {what} {where}", kind="system", recovery=_WHERE, detail=detail)
    what = f"internal error: {type(bug).__name__}: {printable(str(bug))}"
    return Failure(f"{what} {where}", kind="internal", recovery=_OURS, detail=detail)


def tell_machines(arguments: argparse.Namespace, failure: Failure) -> None:
    """Write the JSON report that was asked for: nothing was judged, and why.

    Other formats have no word for that: an empty report would say that all is well.
    """
    asked: Asked | None = getattr(arguments, "asked", None)
    wanted = [output.file for output in getattr(arguments, "outputs", None) or () if output.name == "json"]
    if asked is None or not wanted or failure.kind == "output":
        return
    from antipasta_hook.cli.outputs import save
    from antipasta_hook.cli.streams import put
    from antipasta_hook.report import renderer

    verdict = Verdict(Scope(_SCOPES[asked.what], None), Outcome.INCOMPLETE, (), (), (failure.problem,))
    spent = (time.perf_counter() - arguments.started) * 1000
    text = renderer("json")(Report(verdict, Cost(None, spent, 0, 0, (("total", spent),))))
    for file in wanted:
        with contextlib.suppress(Failure):  # one thing that goes wrong is enough to be told
            put(text) if file is None else save(text, file)


_SCOPES: Final = {
    Ask.STAGED: ScopeKind.INDEX,
    Ask.WORKTREE: ScopeKind.WORKTREE,
    Ask.TREE: ScopeKind.TREE,
    Ask.RANGE: ScopeKind.RANGE,
    Ask.PUSH: ScopeKind.RANGE,
    Ask.CI: ScopeKind.RANGE,
}


def faulted(arguments: argparse.Namespace, environ: Mapping[str, str]) -> str | None:
    """``commit`` or ``push`` where it is to go on; None where the fault is to be the answer.

    It goes on only where git waits for a verdict, and never where the policy is strict (CI). ``on_error: fail`` counts
    from the moment the settings are known.
    """
    asked: Asked | None = getattr(arguments, "asked", None)
    if asked is None or asked.strict:
        return None
    optimizer = getattr(arguments, "optimizer", None)
    settings = optimizer.settings if optimizer is not None else None
    if settings is not None and settings.run().on_error == "fail":
        return None
    if is_push(asked, environ):
        return "push"
    return "commit" if asked.what == Ask.STAGED and is_commit(environ) else None


def keep_failed_run(arguments: argparse.Namespace, failure: Failure, code: int) -> None:
    """Keep that a run was stopped, and tell it to whoever asked to be told of the run."""
    took = (time.perf_counter() - arguments.started) * 1000
    if not arguments.no_cache:
        run = Run(arguments.run_id, time.time(), str(arguments.asked.what), NOT_JUDGED, code, took_ms=took)
        add_run(run, arguments.optimizer.git_dir, os.environ)
    if arguments.observer is not None:
        arguments.observer.failed(failure, code)


def keep_fault(arguments: argparse.Namespace, what: str, lines: list[str], environ: Mapping[str, str]) -> None:
    """Keep what was said, where it is known of which repository; a fault of that must not be another one."""
    optimizer = getattr(arguments, "optimizer", None)
    if optimizer is not None:
        keep(optimizer.git_dir, what, lines, environ, urgent=is_hidden(environ))

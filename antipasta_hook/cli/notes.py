"""What a passing hook had to say: which of it is kept, and when it is said again."""

import argparse
import os
import sys
import time
from collections.abc import Mapping
from typing import Final

from antipasta_hook.cli.streams import say
from antipasta_hook.model import FileStatus, Level, Outcome, Report, Run, Severity, Status
from antipasta_hook.report.screen import PLAIN
from antipasta_hook.report.words import UNCHECKED

_REPEATED: Final = 5


_NEWS: Final = frozenset({Status.INTRODUCED, Status.WORSENED, Status.UNJUDGED})


def is_well(report: Report) -> bool:
    """Whether there is nothing that a person has to know: no problem, nothing new, nothing that was not judged."""
    verdict = report.verdict
    return (
        verdict.outcome == Outcome.PASS
        and not (verdict.problems or report.cost.remarks)
        and not any(finding.status in _NEWS for finding in verdict.findings)
        and not any(file.status in UNCHECKED for file in verdict.files)
    )


def keep_report(report: Report, git_dir: str, at: str, environ: Mapping[str, str]) -> None:
    """Keep what a report for people says, but for the summary; it is repeated where a hook manager hid it."""
    from antipasta_hook.report.text import render

    screen = PLAIN._replace(committing=at == "commit")
    said = [line for line in render(report, screen=screen).splitlines()[:-1] if line]
    said += [remark.sentence for remark in report.cost.remarks]
    keep(git_dir, at, said, environ, urgent=_is_urgent(report) and is_hidden(environ))


def keep_run(arguments: argparse.Namespace, report: Report, code: int, environ: Mapping[str, str]) -> None:
    """Keep of a run what it cost and how it ended, for ``doctor --history``."""
    verdict, cost = report
    statuses = [file.status for file in verdict.files]
    run = Run(
        arguments.run_id,
        time.time(),
        str(arguments.asked.what),
        str(verdict.outcome),
        code,
        took_ms=(time.perf_counter() - arguments.started) * 1000,
        limit_ms=cost.limit_ms or 0,
        files=verdict.census.files if verdict.census else len(statuses),
        unread=statuses.count(FileStatus.UNREADABLE),
        deferred=statuses.count(FileStatus.DEFERRED),
        blocking=sum(finding.blocking for finding in verdict.findings),
        hits=cost.hits,
        misses=cost.misses,
        bytes_read=cost.effort.bytes_read,
        bytes_written=cost.effort.bytes_written,
    )
    add_run(run, arguments.optimizer.git_dir, environ)


def add_run(run: Run, git_dir: str, environ: Mapping[str, str]) -> None:
    """Add to the runs of a repository, where it is known which one."""
    if git_dir:
        from antipasta_hook.cache.runs import Runs

        Runs(git_dir, environ).add(run)


def _is_urgent(report: Report) -> bool:
    """Whether it must be heard before the next push: warnings, and what was not judged. Notices are for reviewers."""
    verdict = report.verdict
    return (
        verdict.outcome != Outcome.PASS
        or bool(report.cost.remarks)
        or any(problem.severity != Severity.NOTICE for problem in verdict.problems)
        or any(finding.level == Level.WARNING and finding.status in _NEWS for finding in verdict.findings)
    )


def is_hidden(environ: Mapping[str, str]) -> bool:
    """Whether a hook manager runs this, which shows nothing of a hook that passes."""
    return "PRE_COMMIT" in environ


def keep(git_dir: str, at: str, lines: list[str], environ: Mapping[str, str], *, urgent: bool) -> None:
    """Keep some lines, to be looked up or, if ``urgent``, to be said again."""
    from antipasta_hook.cache.kept import Kept, Said

    if git_dir and lines:
        Kept(git_dir, environ).keep(Said(time.time(), at, tuple(lines), urgent))


def repeat(git_dir: str, environ: Mapping[str, str], *, seen: bool) -> None:
    """Say again what was kept; once it was surely seen it is not repeated any more."""
    from antipasta_hook.cache.kept import Kept
    from antipasta_hook.cli.screen import program_of

    kept = Kept(git_dir, environ)
    lines = list(dict.fromkeys(line for said in kept.untold() for line in said.lines))
    if not lines:
        return
    say("said before, where it could not be seen:")
    for line in lines[:_REPEATED]:
        say(f"  {line}")
    if len(lines) > _REPEATED:
        say(f"  ... and {len(lines) - _REPEATED} more lines: {program_of(sys.argv[0], environ, os.path.isfile)} last")
    if seen:
        kept.mark_told()

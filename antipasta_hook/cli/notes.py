"""What a passing hook had to say: which of it is kept, and when it is said again."""

import time
from collections.abc import Mapping
from typing import Final

from antipasta_hook.cli.streams import say
from antipasta_hook.model import Level, Outcome, Report, Severity, Status

_REPEATED: Final = 5


_NEWS: Final = frozenset({Status.INTRODUCED, Status.WORSENED, Status.UNJUDGED})


def is_well(report: Report) -> bool:
    """Whether there is nothing that a person has to know: no problem, nothing new, nothing that was not judged."""
    verdict = report.verdict
    return (
        verdict.outcome == Outcome.PASS
        and not (verdict.problems or report.cost.remarks)
        and not any(finding.status in _NEWS for finding in verdict.findings)
    )


def noteworthy(report: Report) -> list[str]:
    """What was said that should not be lost with a hidden output: a line each, as editors read it."""
    from antipasta_hook.report.concise import render

    verdict = report.verdict
    kept = verdict._replace(
        findings=tuple(
            f for f in verdict.findings if f.blocking or f.status == Status.UNJUDGED or f.level == Level.WARNING
        ),
        problems=tuple(p for p in verdict.problems if p.severity != Severity.NOTICE),
    )
    return [*render(Report(kept, report.cost)).splitlines(), *report.cost.remarks]


def keep(git_dir: str, at: str, lines: list[str], environ: Mapping[str, str]) -> None:
    """Keep some lines for the next message that will be seen."""
    from antipasta_hook.cache.kept import Kept, Said

    if git_dir:
        Kept(git_dir, environ).keep(Said(time.time(), at, tuple(lines)))


def repeat(git_dir: str, environ: Mapping[str, str], *, seen: bool) -> None:
    """Say again what was kept; once it was surely seen it is not repeated any more."""
    from antipasta_hook.cache.kept import Kept

    kept = Kept(git_dir, environ)
    lines = list(dict.fromkeys(line for said in kept.untold() for line in said.lines))
    if not lines:
        return
    say("said before, when a commit went through:")
    for line in lines[-_REPEATED:]:
        say(f"  {line}")
    if len(lines) > _REPEATED:
        say(f"  ... and {len(lines) - _REPEATED} more: antipasta-hook last")
    if seen:
        kept.mark_told()

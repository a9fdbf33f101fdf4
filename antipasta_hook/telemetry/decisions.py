"""What a run decided and why, for ``--debug`` and the log: one sentence a decision, in the order of the story."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from antipasta_hook.model import FileOutcome, FileStatus, Report
from antipasta_hook.report.words import count
from antipasta_hook.telemetry.record import Circumstances

MOST: Final = 20
"""Files whose significance is told, those that matter most."""


class Decision(NamedTuple):
    """``topic`` is the stage or the part that it belongs to."""

    topic: str
    text: str


class Grounds(NamedTuple):
    """What was decided before there was a report; empty where it did not come to that.

    ``compared`` says which commits, ``reader`` who read them and ``reader_reason`` why, ``settings`` has what does not
    stand at its default: the value as text, and where it is set. ``fingerprint`` is that of the engine, ``executor``
    says who measured.
    """

    compared: tuple[str, ...] = ()
    reader: str = ""
    reader_reason: str = ""
    settings: Mapping[str, tuple[str, str]] = {}
    fingerprint: str = ""
    uses_cache: bool = True
    executor: str = ""


def decisions(circumstances: Circumstances, grounds: Grounds, report: Report | None) -> Iterator[Decision]:
    """All of them; ``report`` None: it came to none."""
    yield Decision("scope", f"{circumstances.scope}: {circumstances.why}")
    yield from (Decision("base", text) for text in _bases(grounds, report))
    if grounds.reader:
        yield Decision("reader", f"{grounds.reader}: {grounds.reader_reason}")
    yield from (Decision("settings", f"{key} is {text} ({origin})") for key, (text, origin) in grounds.settings.items())
    if report is None:
        return
    yield Decision("significance", _order(report))
    yield from _weights(report)
    yield Decision("plan", _plan(report))
    yield Decision("cache", _cache(grounds, report))
    yield Decision("executor", grounds.executor)
    yield Decision("verdict", _verdict(report))


def _bases(grounds: Grounds, report: Report | None) -> tuple[str, ...]:
    if grounds.compared or report is None:
        return grounds.compared
    base = report.verdict.scope.base
    return (f"HEAD, {base[:12]}" if base else "nothing: there is no commit yet",)


def _order(report: Report) -> str:
    ranked = report.cost.effort.ranked
    return f"time is short: {count(ranked, 'file')} put in order" if ranked else "time enough for all: no order needed"


def _weights(report: Report) -> Iterator[Decision]:
    rated = [(file.significance.score, file) for file in report.verdict.files if file.significance is not None]
    rated.sort(key=lambda each: (-each[0], each[1].path))
    for score, file in rated[:MOST]:
        yield Decision("significance", f"{score:.2f} {file.path}: {_reasons(file)}")
    if rated[MOST:]:
        yield Decision("significance", f"and {count(len(rated) - MOST, 'more file')}")


def _reasons(file: FileOutcome) -> str:
    reasons = file.significance.reasons if file.significance is not None else ()
    return ", ".join(reasons) or "no reason given"


def _plan(report: Report) -> str:
    cost = report.cost
    limit = "no limit of time" if cost.limit_ms is None else f"{cost.limit_ms:,.0f} ms from the process's start"
    deferred = sum(file.status == FileStatus.DEFERRED for file in report.verdict.files)
    chosen = f", {cost.effort.selected:,} of {cost.effort.ranked:,} files selected" if cost.effort.ranked else ""
    return f"{limit}{chosen}; {count(deferred, 'file')} deferred"


def _cache(grounds: Grounds, report: Report) -> str:
    cost = report.cost
    if not grounds.uses_cache:
        return "not used: --no-cache"
    known = f"knew {count(cost.hits, 'file')}, did not know {cost.misses:,}"
    return f"{known}; a key is a blob's id and {grounds.fingerprint}"


def _verdict(report: Report) -> str:
    blocking = sum(finding.blocking for finding in report.verdict.findings)
    return f"{report.verdict.outcome}: {count(len(report.verdict.findings), 'finding')}, {blocking:,} blocking"

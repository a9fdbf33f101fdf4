"""Workflow commands of GitHub Actions: annotations of a change, the worst first, as many as GitHub shows."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from antipasta_hook.model import FileOutcome, Finding, Outcome, Problem, Report, Status, Verdict
from antipasta_hook.report.layout import cut, cut_middle
from antipasta_hook.report.remarks import WORTH_A_LINE, unlooked
from antipasta_hook.report.screen import PLAIN, Screen
from antipasta_hook.report.sentence import reasons_of, sentence
from antipasta_hook.report.standing import urgent_first
from antipasta_hook.report.words import count, placed, printable

_MOST_OF_A_KIND: Final = 10  # that GitHub shows of one step; three kinds of 10 keep within the 50 of a job as well
_KINDS: Final = ("error", "warning", "notice")
_URGENCY: Final = _KINDS[::-1]
_TOOL: Final = "antipasta-hook"
_LONGEST_TITLE: Final = 200
_LONGEST_LINE: Final = 1_000


class Annotation(NamedTuple):
    """One workflow command; without a ``path`` it is about the whole run. Its texts are not escaped yet."""

    kind: str
    title: str
    message: str
    path: str | None = None
    line: int | None = None
    end_line: int | None = None


def render(report: Report, *, full: bool = False, screen: Screen = PLAIN) -> str:  # noqa: ARG001 - every format's
    """Write what blocks or is new, ``full`` all that was found, what was not checked, and the problems."""
    return "".join(f"{_command(each)}\n" for each in _shown(list(_annotations(report.verdict, full=full))))


def _annotations(verdict: Verdict, *, full: bool) -> Iterator[Annotation]:
    told = [f for f in verdict.findings if full or f.blocking or f.status in WORTH_A_LINE]
    reasons = reasons_of(verdict)
    unjudged = "error" if verdict.outcome == Outcome.INCOMPLETE else "warning"  # what makes the job red
    for group in urgent_first(told):
        yield _function(group, [sentence(finding._replace(symbol=None), reasons) for finding in group], unjudged)
    yield from (_unchecked(file, unjudged) for file in unlooked(verdict))
    yield from map(_problem, verdict.problems)


def _function(group: Sequence[Finding], sentences: Sequence[str], unjudged: str) -> Annotation:
    """``unjudged`` is the kind of what could not be judged."""
    first = group[0]
    kind = max((_kind(finding, unjudged) for finding in group), key=_URGENCY.index)
    title = cut_middle(printable(first.symbol or "the whole file"), _LONGEST_TITLE, PLAIN)
    message = "\n".join(cut(each, _LONGEST_LINE, PLAIN) for each in sentences)
    end_line = max(first.line, first.end_line)
    return Annotation(kind, f"{_TOOL}: {title}", message, printable(first.path), first.line, end_line)


def _kind(finding: Finding, unjudged: str) -> str:
    if finding.blocking:
        return "error"
    if finding.status == Status.UNJUDGED:
        return unjudged
    return "warning" if finding.status in WORTH_A_LINE else "notice"


def _unchecked(file: FileOutcome, kind: str) -> Annotation:
    message = cut(printable(file.reason or file.status), _LONGEST_LINE, PLAIN)
    return Annotation(kind, f"{_TOOL}: not checked", message, printable(file.path), 1, 1)


def _problem(problem: Problem) -> Annotation:
    path, line, message = placed(problem)
    recovery = f"\n{printable(problem.recovery)}" if problem.recovery else ""
    place = (path, line or 1, line or 1) if path else (None, None, None)
    message = cut(message, _LONGEST_LINE, PLAIN) + cut(recovery, _LONGEST_LINE, PLAIN)
    return Annotation(str(problem.severity), f"{_TOOL}: {printable(problem.kind)}", message, *place)


def _shown(annotations: Sequence[Annotation]) -> Iterator[Annotation]:
    """As many of each kind as GitHub shows, and how many there are besides."""
    of_kind = {kind: [each for each in annotations if each.kind == kind] for kind in _KINDS}
    too_many = any(len(found) > _MOST_OF_A_KIND for found in of_kind.values())
    rest = []
    for kind, found in of_kind.items():
        most = _MOST_OF_A_KIND - (kind == "notice" and too_many)
        yield from found[:most]
        if len(found) > most:
            rest.append(f"{count(len(found) - most, f'more {kind}')}")
    if rest:
        shows = f"GitHub shows {_MOST_OF_A_KIND} of a kind; left out here"
        yield Annotation("notice", _TOOL, f"{shows}: {', '.join(rest)}")


def _command(annotation: Annotation) -> str:
    properties = {
        "file": annotation.path and _named(annotation.path),
        "line": annotation.line,
        "endLine": annotation.end_line,
        "title": annotation.title,
    }
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    return f"::{annotation.kind} {written}::{_data(annotation.message)}"


def _named(path: str) -> str:
    """A path as a value: the runner drops each ``=`` that a value begins with, and there is no escape for it."""
    return f"./{path}" if path.startswith("=") else path


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

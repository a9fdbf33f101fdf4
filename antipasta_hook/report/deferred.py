"""What is said of the files for which there was no time: the most significant by name, and how to judge them all."""

from collections.abc import Iterator, Sequence
from typing import Final

from antipasta_hook.model import FileOutcome, Scope, ScopeKind
from antipasta_hook.report.commands import only_once
from antipasta_hook.report.entry import HANG, INDENT, listed
from antipasta_hook.report.layout import Line, columns, cut_middle, filled, line, shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.wording import wording
from antipasta_hook.report.words import count

_MOST_IN_A_LINE: Final = 5
_MOST_LISTED: Final = 3


def deferred(
    files: Sequence[FileOutcome], scope: Scope, screen: Screen, *, full: bool, stopped: bool
) -> Iterator[Line]:
    """Name them in a line if there is room for all, else the first few in one each; in full every one of them.

    ``stopped``: whether findings stop what was judged.
    """
    if not files:
        return
    ordered = sorted(files, key=_rank)
    title = f"Not checked, {shown(_shared_reason(ordered), screen)}: {count(len(ordered), 'file')}:"
    in_short = f"{title} {', '.join(shown(file.path, screen) for file in ordered[:_MOST_IN_A_LINE])}"
    if not full and len(ordered) <= _MOST_IN_A_LINE and columns(in_short) <= screen.width:
        yield line(in_short)
    else:
        entries = (_entry(file, screen) for file in ordered)
        yield from listed(title, entries, len(ordered) if full else _MOST_LISTED)
    yield from map(line, _advice(scope, screen, stopped=stopped))


def _rank(file: FileOutcome) -> tuple[float, str]:
    return -(file.significance.score if file.significance else 0), file.path


def _shared_reason(files: Sequence[FileOutcome]) -> str:
    """What the reasons begin with; some go on to say more."""
    return (files[0].reason or "no time left").partition(":")[0]


def _entry(file: FileOutcome, screen: Screen) -> str:
    path = cut_middle(shown(file.path, screen), screen.width - len(INDENT), screen)
    more = (file.reason or "").partition(": ")[2]
    return "\n".join(filled(f"{INDENT}{path}", (f" ({shown(more, screen)})",) if more else (), screen, HANG))


def _advice(scope: Scope, screen: Screen, *, stopped: bool) -> Iterator[str]:
    """When they are judged, or that they have to be now; a command that has no room on the line stands on its own."""
    if screen.stops_late is None:
        later = "a push and CI judge them" if scope.kind == ScopeKind.INDEX else "CI judges them"
        yield from _with_command(
            later, "now", _command(scope, screen, committed=screen.committing and not stopped), screen
        )
        return
    where = f" ({shown(screen.stops_late, screen)})" if screen.stops_late else ""
    yield f"{INDENT}they stop {wording(scope, screen).by}: on_deferred is fail{where}"
    if command := _command(scope, screen, committed=False):
        yield from _with_command("what is judged once is known the next time", "judge them", command, screen)
    if once := only_once(scope, screen):
        yield f"{INDENT}this once: {once}"


def _with_command(text: str, lead: str, command: str | None, screen: Screen) -> Iterator[str]:
    if command is None:
        yield f"{INDENT}{text}"
    elif columns(f"{INDENT}{text}; {lead}: {command}") <= screen.width:
        yield f"{INDENT}{text}; {lead}: {command}"
    else:
        yield f"{INDENT}{text}; {lead}:"
        yield f"{HANG}{command}"


def _command(scope: Scope, screen: Screen, *, committed: bool) -> str | None:
    """The command that judges the same without a limit; None where it cannot be given again."""
    if scope.kind == ScopeKind.WORKTREE:
        return f"{screen.program} check --budget none"
    if committed:
        return f"{screen.program} run --from-ref HEAD~ --budget none" if scope.base else None
    if scope.kind == ScopeKind.INDEX:
        return f"{screen.program} run --budget none" if screen.staged else None
    if scope.base is None or scope.target is None:
        return None
    return f"{screen.program} run --from-ref {scope.base[:12]} --to-ref {scope.target[:12]} --budget none"

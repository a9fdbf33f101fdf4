"""What is said of the files for which there was no time: the most significant by name, and how to judge them all."""

from collections.abc import Iterator, Sequence
from typing import Final

from antipasta_hook.model import FileOutcome, Scope, ScopeKind
from antipasta_hook.report.entry import HANG, INDENT, listed
from antipasta_hook.report.layout import Line, columns, cut_middle, filled, line, shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.words import count

_MOST_IN_A_LINE: Final = 5
_MOST_LISTED: Final = 3


def deferred(files: Sequence[FileOutcome], scope: Scope, screen: Screen, *, full: bool) -> Iterator[Line]:
    """Name them in a line if there is room for all, else the first few in one each; in full every one of them."""
    if not files:
        return
    ordered = sorted(files, key=_rank)
    title = f"Not checked, {_shared_reason(ordered)}: {count(len(ordered), 'file')}:"
    in_short = f"{title} {', '.join(shown(file.path, screen) for file in ordered[:_MOST_IN_A_LINE])}"
    if not full and len(ordered) <= _MOST_IN_A_LINE and columns(in_short) <= screen.width:
        yield line(in_short)
    else:
        entries = (_entry(file, screen) for file in ordered)
        yield from listed(title, entries, len(ordered) if full else _MOST_LISTED)
    yield from map(line, _advice(scope, screen))


def _rank(file: FileOutcome) -> tuple[float, str]:
    return -(file.significance.score if file.significance else 0), file.path


def _shared_reason(files: Sequence[FileOutcome]) -> str:
    """What the reasons begin with; some go on to say more."""
    return (files[0].reason or "no time left").partition(":")[0]


def _entry(file: FileOutcome, screen: Screen) -> str:
    path = cut_middle(shown(file.path, screen), screen.width - len(INDENT), screen)
    more = (file.reason or "").partition(": ")[2]
    return "\n".join(filled(f"{INDENT}{path}", (f" ({shown(more, screen)})",) if more else (), screen, HANG))


def _advice(scope: Scope, screen: Screen) -> list[str]:
    """When they are judged; a command that has no room on the line stands on one of its own, unbroken."""
    later = "a push and CI judge them" if scope.kind == ScopeKind.INDEX else "CI judges them"
    command = _command(scope, screen)
    if command is None:
        return [f"{INDENT}{later}"]
    text = f"{INDENT}{later}; now: {command}"
    return [text] if columns(text) <= screen.width else [f"{INDENT}{later}; now:", f"{HANG}{command}"]


def _command(scope: Scope, screen: Screen) -> str | None:
    """The command that judges the same without a limit; None where it cannot be given again."""
    if scope.kind == ScopeKind.WORKTREE:
        return f"{screen.program} check --budget none"
    if scope.kind == ScopeKind.INDEX:
        return f"{screen.program} run --budget none" if screen.staged else None
    if scope.base is None or scope.target is None:
        return None
    return f"{screen.program} run --from-ref {scope.base[:12]} --to-ref {scope.target[:12]} --budget none"

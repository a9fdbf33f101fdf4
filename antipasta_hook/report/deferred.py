"""What is said of the files for which there was no time: the most significant by name, and how to judge them all."""

from collections.abc import Iterator, Sequence

from antipasta_hook.model import FileOutcome, Scope, ScopeKind
from antipasta_hook.report.entry import HANG, INDENT
from antipasta_hook.report.layout import Line, columns, cut_middle, filled, folded, line, shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.words import count

_MOST_NAMED = 20


def deferred(files: Sequence[FileOutcome], scope: Scope, screen: Screen, *, full: bool) -> Iterator[Line]:
    """Name the first few files and count the others; in full each has its line and its reason."""
    if not files:
        return
    ordered = sorted(files, key=_rank)
    title = f"Not checked, {_shared_reason(ordered)}: {count(len(ordered), 'file')}:"
    yield from map(line, [title, *_in_full(ordered, screen)] if full else _named(title, ordered, screen))
    yield from map(line, folded(_advice(scope, screen), screen, INDENT, HANG))


def _rank(file: FileOutcome) -> tuple[float, str]:
    return -(file.significance.score if file.significance else 0), file.path


def _shared_reason(files: Sequence[FileOutcome]) -> str:
    """What the reasons begin with; some go on to say more."""
    return (files[0].reason or "no time left").partition(":")[0]


def _in_full(files: Sequence[FileOutcome], screen: Screen) -> Iterator[str]:
    for file in files:
        path = cut_middle(shown(file.path, screen), screen.width - len(INDENT), screen)
        more = (file.reason or "").partition(": ")[2]
        yield from filled(f"{INDENT}{path}", (f" ({shown(more, screen)})",) if more else (), screen, HANG)


def _named(title: str, files: Sequence[FileOutcome], screen: Screen) -> list[str]:
    """As many names as a line has room for, and how many more there are; one at least."""
    names = [shown(file.path, screen) for file in files[:_MOST_NAMED]]
    for named in range(len(names), 0, -1):
        rest = f" and {len(files) - named:,} more" if named < len(files) else ""
        text = f"{title} {', '.join(names[:named])}{rest}"
        if columns(text) <= screen.width:
            return [text]
    return filled(title, (f" {cut_middle(names[0], screen.width - len(INDENT), screen)}", rest), screen, INDENT)


def _advice(scope: Scope, screen: Screen) -> str:
    later = "a push and CI judge them" if scope.kind == ScopeKind.INDEX else "CI judges them"
    command = _command(scope, screen)
    return f"{later}; now: {command}" if command else later


def _command(scope: Scope, screen: Screen) -> str | None:
    """The command that judges the same without a limit; None where it cannot be given again."""
    if scope.kind == ScopeKind.WORKTREE:
        return f"{screen.program} check --budget none"
    if scope.kind == ScopeKind.INDEX:
        return f"{screen.program} run --budget none" if screen.staged else None
    if scope.base is None or scope.target is None:
        return None
    return f"{screen.program} run --from-ref {scope.base[:12]} --to-ref {scope.target[:12]} --budget none"

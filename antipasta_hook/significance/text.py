"""The second tier: the lines that a change adds and takes away, read one by one and never parsed.

What depends on a line depends on its own text: a string that spans lines is read as if it were code. So a branch in a
docstring may count; none that is code is missed, and one more that stands nowhere else never lowers a score.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from antipasta_hook.config.settings import Settings
from antipasta_hook.model import Change, Significance
from antipasta_hook.significance.critical import critical_functions, critical_path, is_named
from antipasta_hook.significance.lines import Lines, changed_lines
from antipasta_hook.significance.marks import Marks, marks_of, symbols_with
from antipasta_hook.significance.paths import by_path
from antipasta_hook.significance.scale import (
    CRITICAL_FUNCTION,
    Part,
    counted,
    named,
    rated,
    same_bytes,
    saturated,
    unchanged,
)

_FREE_IN_A_FUNCTION: Final = 2.5
"""Weight of branches that a new function may bring and that count half: they are not all in one place."""
_NO_LINE_CHANGED: Final = "only comments, layout or the order of lines changed"
_INLINE: Final = ("comprehension or inline condition", "comprehensions and inline conditions")


def by_text(change: Change, settings: Settings, before: bytes | None, after: bytes | None) -> Significance:
    """How much a change matters by its lines. Never raises, whatever the bytes.

    A side is None where it does not exist, or could not be read: then the path has to do.
    """
    if after is None or change.after is None or unchanged(change) or (before is None and change.before is not None):
        return by_path(change, settings, _size(before), _size(after))
    old = before or b""
    if old == after and before is not None:
        return same_bytes(change)
    lines = changed_lines(old, after)
    names = critical_functions(change.path, settings)
    return rated(
        [
            *_parts(lines, is_new=before is None),
            *(_critical(lines, old, after, names) if names else ()),
            *critical_path(change.path, settings),
        ]
    )


def _size(source: bytes | None) -> int | None:
    return None if source is None else len(source)


def _parts(lines: Lines, *, is_new: bool) -> Iterator[Part]:
    added, removed = marks_of(lines.added), marks_of(lines.removed)
    yield from _branches(added, removed)
    yield from _operators(added, removed)
    if added.functions or removed.functions:
        yield from _functions(added.functions, removed.functions)
    yield from _lines(added, removed, is_new=is_new)
    if deeper := marks_of(lines.deeper).branches:
        yield Part(0.8 * saturated(deeper, 8), f"{_branch(deeper)} moved deeper")
    if not (added.code or removed.code or lines.deeper):
        yield Part(0.001, "a new file without code" if is_new else _NO_LINE_CHANGED)


def _branches(added: Marks, removed: Marks) -> Iterator[Part]:
    """New branches: indented ones count more, those that new functions bring along or that replace others less."""
    if added.weight:
        weight = _net(added.weight, removed.weight)
        new_functions = max(0, len(added.functions) - len(removed.functions))
        weight -= min(weight, _FREE_IN_A_FUNCTION * new_functions) / 2
        more = added.branches - removed.branches
        deep = f", up to {added.deepest} levels deep" if added.deepest > 1 else ""
        reason = f"{_branch(more)} added{deep}" if more > 0 else f"{_branch(added.branches)} changed{deep}"
        yield Part(0.95 * saturated(weight, 6), reason if added.branches else "")
    if removed.branches:  # whatever came in their place: else one that is added could lower the score
        fewer = removed.branches - added.branches
        yield Part(0.1 * saturated(removed.weight, 8), f"{_branch(fewer)} removed" if fewer > 0 else "")


def _branch(number: int) -> str:
    return counted(number, "branch", "branches")


def _net(added: float, removed: float) -> float:
    """What was added, less most of what it replaces; never less for more that was added."""
    return added - 0.6 * min(added, removed)


def _operators(added: Marks, removed: Marks) -> Iterator[Part]:
    if added.booleans:
        reason = f"{counted(added.booleans, 'boolean operator')} in new lines"
        yield Part(0.5 * saturated(_net(added.booleans, removed.booleans), 8), reason)
    if added.inline:
        reason = f"{counted(added.inline, *_INLINE)} in new lines"
        yield Part(0.4 * saturated(_net(added.inline, removed.inline), 5), reason)


def _functions(come: tuple[bytes, ...], gone: tuple[bytes, ...]) -> Iterator[Part]:
    """Functions by their ``def`` lines: those on both sides of the change keep their name and change the rest."""
    added, removed = Counter(come), Counter(gone)
    if new := list((added - removed).elements()):
        yield Part(0.35 * saturated(len(new), 4), f"adds {counted(len(new), 'function')}: {_listed(new)}")
    if both := list((added & removed).elements()):
        yield Part(0.2 * saturated(len(both), 3), f"changes the def line of {_listed(both)}")
    if old := list((removed - added).elements()):
        yield Part(0.1 * saturated(len(old), 4), f"removes {counted(len(old), 'function')}: {_listed(old)}")


def _listed(names: list[bytes]) -> str:
    return named(name.decode("utf-8", "surrogateescape") for name in names)


def _lines(added: Marks, removed: Marks, *, is_new: bool) -> Iterator[Part]:
    """How much code there is more, and how much went or gave way to other code."""
    changed, more = min(added.code, removed.code), added.code - removed.code
    reason = f"{counted(changed, 'line')} changed" if changed else ""
    if more:
        number = f"{abs(more):,}" if changed else counted(abs(more), "line")
        reason += f"{', ' if changed else ''}{number} {'added' if more > 0 else 'removed'}"
    if added.code:
        yield Part(
            0.2 * saturated(added.code, 60), f"a new file of {reason.removesuffix(' added')}" if is_new else reason
        )
    if removed.code:
        yield Part(0.05 * saturated(removed.code, 100), reason)


def _critical(lines: Lines, before: bytes, after: bytes, names: tuple[str, ...]) -> Iterator[Part]:
    """Critical functions that hold a line of which there are more, or fewer, than before."""
    sides = ((lines.added, after), (lines.deeper, after), (lines.removed, before))
    found = (symbol for changed, source in sides for symbol in symbols_with(frozenset(changed), source))
    touched = dict.fromkeys(symbol for symbol in found if is_named(symbol, names))
    yield Part(CRITICAL_FUNCTION if touched else 0, f"critical function {named(touched)}, by its lines")

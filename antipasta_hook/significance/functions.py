"""The third tier: what was measured on both sides, function by function, and how near to a limit that comes."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final

from antipasta_hook.config.settings import Criteria, Settings
from antipasta_hook.model import CYCLOMATIC, Blob, Change, FileMetrics, FunctionMetrics, Reading, Significance
from antipasta_hook.significance.critical import critical_functions, critical_path, is_named
from antipasta_hook.significance.nearness import Pair, nearness
from antipasta_hook.significance.paths import by_path
from antipasta_hook.significance.scale import CRITICAL_FUNCTION, Part, counted, named, rated, saturated, unchanged

_UNREADABLE: Final = frozenset({Reading.BROKEN, Reading.DEEP})
_LOST: Final = 0.8
_NONE_CHANGED: Final = "no function changed"
_OF_THE_TEXT: Final = 0.4
"""What is left of the lines' score where functions were measured: they know better what the lines did."""


def by_metrics(  # noqa: PLR0917 - two sides, and what is known of them
    change: Change,
    settings: Settings,
    before: FileMetrics | None,
    after: FileMetrics | None,
    text: Significance | None,
) -> Significance:
    """How much a change matters by what was measured; ``text`` is what its lines, or a proof, said of it.

    A side is None where it does not exist or was not measured; without one that exists the text has to do.
    """
    if text is not None and text.score == 0:
        return text
    if change.after is None or unchanged(change):
        return by_path(change, settings, None, None)
    known = text or by_path(change, settings, None, None)
    if after is None or _is_unmeasured(change.before, before):
        return known
    if _is_unreadable(after) or _is_unreadable(before):
        return _unreadable(change, settings, before, after, known=known)
    return _rated(change, settings, _Sides(before, after), text)


def _is_unmeasured(side: Blob | None, metrics: FileMetrics | None) -> bool:
    return side is not None and metrics is None


def _is_unreadable(side: FileMetrics | None) -> bool:
    return side is not None and side.reading in _UNREADABLE


def _unreadable(
    change: Change, settings: Settings, before: FileMetrics | None, after: FileMetrics, *, known: Significance
) -> Significance:
    """A file of which a side cannot be read: news only where it could be read before."""
    if _is_unreadable(before):
        return known
    words = "cannot be read" if before is None else "can no longer be read"
    why = f": {after.error.message}" if after.error else ""
    return rated([Part(_LOST, words + why), Part(known.score), *critical_path(change.path, settings)])


class _Sides:
    """Two versions of a file: its functions, each new one with the one that it was, and its lines of code."""

    def __init__(self, before: FileMetrics | None, after: FileMetrics) -> None:
        old, new = before.functions if before else (), after.functions
        successors = _successors(old, new)
        kept = set(successors.values())
        pairs = [Pair(function, old[successors[n]] if n in successors else None) for n, function in enumerate(new)]
        self.total: Final = len(new)
        self.touched: Final = [pair for pair in pairs if pair.is_touched]
        self.gone: Final = [function.symbol for o, function in enumerate(old) if o not in kept]
        self.lines: Final = _code_lines(after) - (_code_lines(before) if before else 0)

    @property
    def changed(self) -> int:
        """How many were there before and have other code now."""
        return sum(pair.old is not None for pair in self.touched)

    @property
    def new(self) -> list[str]:
        """The names of those that were not."""
        return [pair.new.symbol for pair in self.touched if pair.old is None]


def _code_lines(side: FileMetrics) -> int:
    return side.raw.sloc if side.raw else 0


def _rated(change: Change, settings: Settings, sides: _Sides, text: Significance | None) -> Significance:
    if text is not None and not (sides.touched or sides.gone):
        return text._replace(reasons=(*text.reasons[:3], _NONE_CHANGED)) if sides.total else text
    parts = [
        *_nearest(sides.touched, settings.criteria(change.path)),
        *_counts(sides),
        *_growth(sides.touched),
        *_critical(sides, critical_functions(change.path, settings)),
        *critical_path(change.path, settings),
    ]
    return rated([*parts, Part(_OF_THE_TEXT * text.score) if text else _size(sides.lines)])


def _size(lines: int) -> Part:
    """What the text would have said better."""
    if lines < 0:
        return Part(0.05 * saturated(-lines, 100), f"{counted(-lines, 'line')} of code fewer")
    return Part(0.2 * saturated(lines, 60), f"{counted(lines, 'line')} of code more")


def _critical(sides: _Sides, names: tuple[str, ...]) -> Iterator[Part]:
    symbols = (*(pair.new.symbol for pair in sides.touched), *sides.gone)
    if found := list(dict.fromkeys(symbol for symbol in symbols if is_named(symbol, names))):
        yield Part(CRITICAL_FUNCTION, f"critical function {named(found)}")


def _nearest(touched: list[Pair], criteria: Criteria) -> Iterator[Part]:
    """The function nearest to a limit, and less of the next one."""
    parts = sorted((nearness(pair, criteria) for pair in touched), key=lambda part: -part.weight)
    yield from parts[:1]
    yield from (part._replace(weight=0.3 * part.weight) for part in parts[1:2])


def _counts(sides: _Sides) -> Iterator[Part]:
    new, gone, changed = sides.new, sides.gone, sides.changed
    if not (new or gone or changed):
        yield Part(0.001, _NONE_CHANGED)
    if new:
        yield Part(0.2 * saturated(len(new), 4), f"adds {counted(len(new), 'function')}: {named(new)}")
    if changed:
        weight = 0.1 * changed / sides.total + 0.1 * saturated(changed, 5)
        yield Part(weight, f"{changed:,} of {sides.total:,} functions changed")
    if gone:
        yield Part(0.1 * saturated(len(gone), 4), f"removes {counted(len(gone), 'function')}: {named(gone)}")


def _growth(touched: list[Pair]) -> Iterator[Part]:
    """All branches together: those of one function are said with its name."""
    growing = [growth for pair in touched if (growth := pair.growth(CYCLOMATIC)) > 0]
    branches = f"{counted(int(sum(growing)), 'branch', 'branches')} added in {counted(len(growing), 'function')}"
    yield Part(0.4 * saturated(sum(growing), 12), branches if len(growing) > 1 else "")


def _successors(old: Sequence[FunctionMetrics], new: Sequence[FunctionMetrics]) -> dict[int, int]:
    """Who continues whom, index in ``new`` -> index in ``old``: the same under its name, its name, its body."""
    pairs: dict[int, int] = {}
    for key in _KEYS:
        taken = set(pairs.values())
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for o, function in enumerate(old):
            if o not in taken:
                waiting[key(function)].append(o)
        waiting.pop(b"", None)
        for n, function in enumerate(new):
            if n not in pairs and (queue := waiting.get(key(function))):
                pairs[n] = queue.popleft()
    return pairs


_KEYS: Final[tuple[Callable[[FunctionMetrics], Hashable], ...]] = (
    lambda function: (function.symbol, function.code_hash),
    lambda function: function.symbol,
    lambda function: function.body,
)

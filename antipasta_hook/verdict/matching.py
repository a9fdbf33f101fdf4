"""Who is who: which old function a new one continues, by qualified name, then by likeness of their bodies."""

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from heapq import heapify, heappop, heapreplace
from typing import Final, NamedTuple

from antipasta_hook.model import FunctionMetrics
from antipasta_hook.verdict.overlap import LineIndex, by, numbers

LIKENESS: Final = 0.6
"""Two bodies at least this alike are one function that moved; below, they are two."""

MOST_COMPARED: Final = 2_000
"""Pairs of namesakes whose bodies are compared; nobody wrote more of one name by hand."""

_LINE: Final = "I"  # array code of one 32-bit line hash


class Place(NamedTuple):
    """One function where it stands: the path of its file on its own side, and its metrics."""

    path: str
    function: FunctionMetrics

    @property
    def bare_name(self) -> str:
        """The last part of the qualified name."""
        return self.function.symbol.rpartition(".")[2]

    @property
    def lines(self) -> "Counter[int]":
        """The multiset of the body's line hashes."""
        return Counter(memoryview(self.function.body).cast(_LINE))


def likeness(old: FunctionMetrics, new: FunctionMetrics) -> float:
    """2 |common| / (|a| + |b|) over the multisets of body lines, 0 to 1; two empty bodies are alike."""
    if old.body == new.body:
        return 1.0
    a = Counter(memoryview(old.body).cast(_LINE))
    b = Counter(memoryview(new.body).cast(_LINE))
    return 2 * (a & b).total() / (a.total() + b.total())


def match_by_name(old: Sequence[FunctionMetrics], new: Sequence[FunctionMetrics]) -> dict[int, int]:
    """Pair the functions of two versions of one file: index in ``new`` -> index in ``old``.

    Several of one name (overloads, property accessors, definitions under ``if``) pair by likeness, then by nearness in
    size, then in order, so that one that is added in between shifts nobody.
    """
    if (unique := _unique(old)) is not None and _unique(new) is not None:
        return {n: unique[function.symbol] for n, function in enumerate(new) if function.symbol in unique}
    old_by_symbol = _by_symbol(old)
    pairs: dict[int, int] = {}
    for symbol, successors in _by_symbol(new).items():
        predecessors = old_by_symbol.get(symbol, [])
        if len(predecessors) == len(successors) == 1:
            pairs[successors[0]] = predecessors[0]
        elif predecessors:
            pairs.update(_pair_namesakes(old, new, predecessors, successors))
    return pairs


def _unique(functions: Sequence[FunctionMetrics]) -> dict[str, int] | None:
    """Where each name stands; None where one stands twice."""
    found = {function.symbol: index for index, function in enumerate(functions)}
    return found if len(found) == len(functions) else None


def _by_symbol(functions: Sequence[FunctionMetrics]) -> dict[str, list[int]]:
    indices: dict[str, list[int]] = defaultdict(list)
    for index, function in enumerate(functions):
        indices[function.symbol].append(index)
    return indices


def _pair_namesakes(
    old: Sequence[FunctionMetrics], new: Sequence[FunctionMetrics], predecessors: list[int], successors: list[int]
) -> dict[int, int]:
    """Equal bodies first, in order; of the others the most alike, or, where they are very many, simply in order."""
    pairs = _equal_first([old[o].body for o in predecessors], [new[n].body for n in successors])
    kept = {successors[n]: predecessors[o] for n, o in pairs.items()}
    olds = _others(predecessors, kept.values())
    news = _others(successors, kept)
    if len(olds) * len(news) > MOST_COMPARED:
        return kept | dict(zip(news, olds, strict=False))
    ranked = sorted(
        (-likeness(old[o], new[n]), abs(len(old[o].body) - len(new[n].body)), abs(i - j), n, o)
        for i, o in enumerate(olds)
        for j, n in enumerate(news)
    )
    return kept | one_to_one((n, o) for *_, n, o in ranked)


def _others(numbers: Iterable[int], taken: Iterable[int]) -> list[int]:
    gone = set(taken)
    return [number for number in numbers if number not in gone]


def _equal_first(old: Sequence[Hashable], new: Sequence[Hashable]) -> dict[int, int]:
    """Pair equal keys in the order in which they stand: index in ``new`` -> index in ``old``."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for index, key in enumerate(old):
        waiting[key].append(index)
    return {index: waiting[key].popleft() for index, key in enumerate(new) if waiting[key]}


def one_to_one(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Keep each pair whose two sides are both still free, in the order given."""
    kept: dict[int, int] = {}
    taken: set[int] = set()
    for left, right in pairs:
        if left not in kept and right not in taken:
            kept[left] = right
            taken.add(right)
    return kept


def match_by_likeness(gone: Sequence[Place], homeless: Sequence[Place]) -> dict[int, int]:
    """Pair new functions without a namesake with old ones that are gone: index in ``homeless`` -> index in ``gone``.

    One to one, the most alike first; ties go to the same bare name, then the same file, path and line.
    """
    equal = _pair_equal(gone, homeless)
    olds = _others(range(len(gone)), equal.values())
    news = _others(range(len(homeless)), equal)
    alike = _most_alike_first([gone[o] for o in olds], [homeless[n] for n in news])
    return equal | {news[n]: olds[o] for n, o in alike.items()}


def _pair_equal(gone: Sequence[Place], homeless: Sequence[Place]) -> dict[int, int]:
    """Equal bodies need no comparing: paired by bare name and file, by name, by file, and then as they stand."""
    pairs: dict[int, int] = {}
    olds = [o for o, place in enumerate(gone) if place.function.body]
    olds.sort(key=lambda o: (gone[o].path, gone[o].function.line))
    news = [n for n, place in enumerate(homeless) if place.function.body]
    for key in (_name_and_path, _name, _path, _nothing):
        olds, news = _others(olds, pairs.values()), _others(news, pairs)
        found = _equal_first([key(gone[o]) for o in olds], [key(homeless[n]) for n in news])
        pairs |= {news[n]: olds[o] for n, o in found.items()}
    return pairs


def _name_and_path(place: Place) -> Hashable:
    return place.function.body, place.bare_name, place.path


def _name(place: Place) -> Hashable:
    return place.function.body, place.bare_name, ""


def _path(place: Place) -> Hashable:
    return place.function.body, "", place.path


def _nothing(place: Place) -> Hashable:
    return place.function.body, "", ""


def _most_alike_first(gone: Sequence[Place], homeless: Sequence[Place]) -> dict[int, int]:
    """Pair those that are alike enough: index in ``homeless`` -> index in ``gone``.

    What each old function would be paired with waits in a heap: the least of all is the next pair, and whose choice is
    taken by then chooses again.
    """
    free = _Free(homeless)
    waiting = [found for o, old in enumerate(gone) if (found := free.most_alike(o, old)) is not None]
    heapify(waiting)
    pairs: dict[int, int] = {}
    while waiting:
        *_, n, o = waiting[0]
        again = None
        if n in pairs:
            again = free.most_alike(o, gone[o])
        else:
            pairs[n] = o
            free.take(n)
        if again is None:
            heappop(waiting)
        else:
            heapreplace(waiting, again)
    return pairs


_Choice = tuple[float, bool, bool, str, int, int, int]
"""A pair, the better the less it is: by likeness, bare name, file, path and line, and then as they stand (new, old)."""


class _Free:
    """The new functions that continue nothing yet, a bit for each."""

    def __init__(self, homeless: Sequence[Place]) -> None:
        self._index = LineIndex(place.lines for place in homeless)
        self._sizes = by(len(place.function.body) // 4 for place in homeless)
        self._names = by(place.bare_name for place in homeless)
        self._paths = by(place.path for place in homeless)
        self._free = (1 << len(homeless)) - 1

    def take(self, number: int) -> None:
        """One of them is free no more."""
        self._free ^= 1 << number

    def most_alike(self, number: int, old: Place) -> _Choice | None:
        """The best pair of an old function, the one of this number, with any of them; None where none is alike."""
        likeness, found = self._alike(old)
        if not found:
            return None
        same_name = found & self._names.get(old.bare_name, 0)
        found = same_name or found
        same_path = found & self._paths.get(old.path, 0)
        first = next(numbers(same_path or found))
        return -likeness, not same_name, not same_path, old.path, old.function.line, first, number

    def _alike(self, old: Place) -> tuple[float, int]:
        """The highest likeness, at least LIKENESS, and all that are so much alike."""
        size = len(old.function.body) // 4
        overlap = self._index.overlap(old.lines)
        best, found = LIKENESS, 0
        for other, those in self._sizes.items():
            if 2 * min(size, other) < best * (size + other) - 1:
                continue  # not even if all of the smaller one were in both
            common, having = overlap.most(those & self._free)
            alike = 2 * common / (size + other) if common else 0
            if alike > best:
                best, found = alike, having
            elif alike == best:
                found |= having
        return best, found

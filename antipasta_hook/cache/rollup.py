"""Roll-ups and layouts of trees: their keys, and their bytes, checked to the last field like those of a measurement.

A row holds what is to be known of a whole tree, free of any base. Where that is much, the largest of the trees in it
are left to rows of their own, so that a row stays small.
"""

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from antipasta_hook.cache.sealing import Json, opened, sealed
from antipasta_hook.cache.version import ROLL_UP_VERSION
from antipasta_hook.model import (
    COGNITIVE_STEPS,
    CYCLOMATIC_STEPS,
    FILE_METRICS,
    Ancestor,
    Aside,
    AsideKind,
    Blob,
    Finding,
    Level,
    RollUp,
    Status,
    Tally,
)

_HEX: Final = frozenset("0123456789abcdef")
_LARGEST_COUNT: Final = 2**40

_KEPT: Final = {str(kind): kind for kind in AsideKind if kind != AsideKind.UNSETTLED}
_LEVELS: Final = {str(level): level for level in Level}
_STATUSES: Final = {str(status): status for status in Status}

Files = tuple[tuple[str, Blob], ...]


class Row(NamedTuple):
    """What is kept for a tree: its roll-up, but for the trees in it (name and id) that have rows of their own."""

    rollup: RollUp
    apart: tuple[tuple[str, str], ...] = ()


class Context(NamedTuple):
    """What a roll-up depends on besides the bytes of its tree: where it is, how it is judged and by which engine.

    ``settings`` and ``attributes`` are texts that stand for those that reach the tree from wherever they are set.
    """

    path: str
    settings: str
    attributes: str
    engine: str


def layout_key(tree: str) -> str:
    """The key of a layout, which depends on the bytes of the tree alone."""
    return f"{tree}:layout{ROLL_UP_VERSION}"


def roll_up_key(tree: str, context: Context) -> str:
    """The key of a roll-up."""
    from hashlib import blake2b

    text = json.dumps(context, separators=(",", ":"))
    return f"{tree}:rollup{ROLL_UP_VERSION}-{blake2b(text.encode('ascii'), digest_size=20).hexdigest()}"


def encode_layout(files: Files, key: str, *, python: bool) -> bytes:
    """A layout: whether there are Python files, and the files that say how they are judged."""
    return sealed([int(python), [[path, blob.oid, blob.mode] for path, blob in files]], key)


def decode_layout(data: bytes, key: str) -> tuple[bool, Files] | None:
    """What was encoded under this key; None for anything else. Never raises."""
    try:
        python, files = opened(data, key)
        _require(python in (0, 1) and type(python) is int and type(files) is list)
        return bool(python), tuple(_file(*each) for each in files)
    except (ValueError, TypeError):
        return None


def _file(path: Json, oid: Json, mode: Json) -> tuple[str, Blob]:
    _require(type(path) is str and _is_oid(oid) and type(mode) is int and 0 < mode <= 0o177777)
    return path, Blob(oid, mode)


def encode_row(row: Row, key: str) -> bytes:
    """A row as bytes. ValueError for a roll-up that must not be kept, or is none of unchanged files."""
    tally, findings, asides = row.rollup
    terms: dict[tuple[Any, ...], int] = {}
    places: dict[tuple[str, str | None], int] = {}
    columns: list[list[Any]] = [[], [], [], [], [], []]
    for finding in findings:
        term = terms.setdefault(_term(finding), len(terms))
        blob = finding.ancestor.blob if finding.ancestor else None
        place = places.setdefault((finding.path, blob), len(places))
        row_of_it = (place, term, finding.line, finding.end_line, finding.symbol, finding.value)
        for column, value in zip(columns, row_of_it, strict=True):
            column.append(value)
    if any(aside.kind == AsideKind.UNSETTLED for aside in asides):
        raise ValueError("what may be otherwise tomorrow is not kept")
    facts = [[*tally], [*terms], [*places], columns, [[*aside] for aside in asides], [[*each] for each in row.apart]]
    return sealed(facts, key)


def _term(finding: Finding) -> tuple[Any, ...]:
    """What many findings have in common."""
    as_it_was = finding.before is not None
    own = Ancestor(finding.ancestor.blob, finding.line, finding.end_line) if finding.ancestor else None
    if (as_it_was and finding.before != finding.value) or finding.ancestor != own or finding.lines:
        raise ValueError("not a finding in a file that is as it was")
    return (
        finding.metric,
        finding.limit,
        str(finding.level),
        str(finding.status),
        int(finding.blocking),
        finding.why_not,
        finding.limit_origin,
        int(as_it_was),
    )


def decode_row(data: bytes, key: str) -> Row | None:
    """What was encoded under this key; None for anything else. Never raises."""
    try:
        tally, terms, places, columns, asides, apart = opened(data, key)
        return Row(
            RollUp(_tally(tally), _findings(terms, places, columns), tuple(map(_aside, asides))),
            tuple(_apart(*each) for each in apart),
        )
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _tally(found: Json) -> Tally:
    files, functions, lines, cyclomatic, cognitive = found
    _counts([files, functions, lines], 3)
    return Tally(
        files,
        functions,
        lines,
        tuple(_counts(cyclomatic, len(CYCLOMATIC_STEPS) + 1)),
        tuple(_counts(cognitive, len(COGNITIVE_STEPS) + 1)),
    )


def _findings(terms: Json, places: Json, columns: Json) -> tuple[Finding, ...]:
    numbers, kinds, lines, end_lines, symbols, values = columns
    count = len(_counts(numbers))
    _require(all(type(each) is list for each in (terms, places, symbols, values)))
    _counts(kinds, count)
    _counts(lines, count)
    _counts(end_lines, count)
    _require(len(symbols) == len(values) == count)
    _require({str, type(None)}.issuperset(map(type, symbols)))
    _require(all(map(_is_number_or_none, values)))
    known_terms = [_known_term(*each) for each in terms]
    known_places = [_place(*each) for each in places]
    return tuple(
        _finding(known_places[place], known_terms[kind], line, end_line, symbol=symbol, value=value)
        for place, kind, line, end_line, symbol, value in zip(
            numbers, kinds, lines, end_lines, symbols, values, strict=True
        )
    )


class _Term(NamedTuple):
    metric: str
    limit: float | None
    level: Level
    status: Status
    blocking: bool
    why_not: str | None
    origin: str | None
    as_it_was: bool


def _finding(
    place: tuple[str, str | None], term: _Term, line: int, end_line: int, *, symbol: str | None, value: float | None
) -> Finding:
    path, blob = place
    return Finding(
        path,
        line,
        end_line,
        symbol,
        term.metric,
        value,
        value if term.as_it_was else None,
        term.limit,
        term.level,
        term.status,
        term.blocking,
        term.why_not,
        term.origin,
        Ancestor(blob, line, end_line) if blob else None,
    )


def _known_term(*term: Json) -> _Term:
    metric, limit, level, status, blocking, why_not, origin, as_it_was = term
    _require(metric in FILE_METRICS and _is_number_or_none(limit))
    _require({int} == {type(blocking), type(as_it_was)} and {blocking, as_it_was} <= {0, 1})
    _require(all(text is None or type(text) is str for text in (why_not, origin)))
    _require(level in _LEVELS and status in _STATUSES)
    return _Term(metric, limit, _LEVELS[level], _STATUSES[status], bool(blocking), why_not, origin, bool(as_it_was))


def _place(path: Json, blob: Json) -> tuple[str, str | None]:
    _require(type(path) is str and (blob is None or _is_oid(blob)))
    return path, blob


def _aside(found: Json) -> Aside:
    path, oid, kind, reason, line, lines = found
    _require(type(path) is str and type(reason) is str and _is_oid(oid) and kind in _KEPT)
    _counts([number for number in (line, lines) if number is not None])
    return Aside(path, oid, _KEPT[kind], reason, line, lines)


def _apart(name: Json, tree: Json) -> tuple[str, str]:
    _require(type(name) is str and name not in {"", ".", ".."} and "/" not in name and _is_oid(tree))
    return name, tree


def _counts(values: Json, length: int | None = None) -> Sequence[int]:
    """The values themselves, if they are a list (of that length) of whole numbers that can be counted."""
    _require(type(values) is list and (length is None or len(values) == length))
    _require({int}.issuperset(map(type, values)))
    _require(not values or (min(values) >= 0 and max(values) < _LARGEST_COUNT))
    return values  # type: ignore[no-any-return] # checked above


def _is_number_or_none(value: Json) -> bool:
    return value is None or type(value) is int or (type(value) is float and math.isfinite(value))


def _is_oid(value: Json) -> bool:
    return type(value) is str and len(value) in (40, 64) and _HEX.issuperset(value)


def _require(condition: bool) -> None:  # noqa: FBT001 - it is the condition itself
    if not condition:
        raise ValueError


def weight(rollup: RollUp) -> int:
    """About how many bytes a roll-up takes in a row."""
    return 24 * len(rollup.findings) + 40 * len(rollup.asides)


def spilled(own: RollUp, inner: Iterable[tuple[str, str, RollUp]], most: int) -> Row:
    """A row of at most about so many bytes: the heaviest of the trees in it (name, id, roll-up) have their own rows."""
    within, apart = [own], []
    left = most - weight(own)
    for name, tree, rollup in sorted(inner, key=lambda each: weight(each[2])):
        left -= weight(rollup)
        if left >= 0 or not weight(rollup):
            within.append(rollup)
        else:
            apart.append((name, tree))
    return Row(joined(within), tuple(sorted(apart)))


def joined(rollups: Sequence[RollUp]) -> RollUp:
    """All of them together."""
    if len(rollups) == 1:
        return rollups[0]
    tally = Tally()
    for each in rollups:
        tally = tally.plus(each.tally)
    return RollUp(
        tally,
        tuple(finding for each in rollups for finding in each.findings),
        tuple(aside for each in rollups for aside in each.asides),
    )

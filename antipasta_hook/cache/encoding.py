"""FileMetrics as bytes, and back: data only, checked to the last field, because a cache is a file and files break.

A head of fixed size, then the facts in columns as JSON (packed with zlib where that is shorter), then what does not
compress: a 64-bit code hash for each function and the functions' body hashes end to end.
"""

import json
import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any, Final, NoReturn, TypeAlias

from antipasta_hook.model import FileMetrics, FunctionMetrics, Halstead, Raw, Reading, SourceError, Suppression

FORMAT: Final = 2
LARGEST: Final = 8 * 1024 * 1024
"""Bytes of an encoded or unpacked value; a larger one is not worth keeping and is not believed."""

_Json: TypeAlias = Any
"""What json.loads returned, before anybody has looked at it."""

_Functions: TypeAlias = tuple[FunctionMetrics, ...]

_MAGIC: Final = b"ah"
_PLAIN, _PACKED = 0, 1
_HEAD: Final = struct.Struct("<2sBBI")
"""Magic, format, packing, checksum of all that follows (and of the key)."""
_SIZES: Final = struct.Struct("<II")
"""Length of the JSON as stored, and unpacked."""
_PAYLOAD: Final = _HEAD.size + _SIZES.size
_SHORTEST_PACKED: Final = 200
_LARGEST_COUNT: Final = 2**40
_NONE: Final = -1
"""Stands for None among a function's numbers, so that one look covers them all."""
_NO_HALSTEAD: Final = Halstead(_NONE, _NONE, _NONE, _NONE)
_NUMBERS: Final = 10
"""Columns of numbers: line, end line, assertions, length of body; cyclomatic, cognitive and Halstead's four."""
_NEVER_NONE: Final = 4
_COUNTED: Final = frozenset({int})
_COUNTED_OR_NONE: Final = frozenset({int, type(None)})
_write: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


class _MalformedError(ValueError):
    pass


def encode(metrics: FileMetrics, key: str = "") -> bytes:
    """One blob's metrics as bytes that ``decode`` with the same key turns into an equal value.

    The key enters the checksum only: a value found under another key is not believed. ValueError where the metrics
    hold what no measurement yields (a hash wider than 64 bits, a body that is not a row of 32-bit hashes, NaN).
    """
    functions = metrics.functions
    text = _write(_facts(metrics)).encode("utf-8", "surrogatepass")
    packing, stored = _PLAIN, text
    if len(text) >= _SHORTEST_PACKED:
        packed = zlib.compress(text, 1)
        if len(packed) < len(text):
            packing, stored = _PACKED, packed
    try:
        hashes = struct.pack(f"<{len(functions)}Q", *(function.code_hash for function in functions))
    except struct.error as error:
        raise ValueError(f"not a 64-bit code hash: {error}") from None
    payload = b"".join((_SIZES.pack(len(stored), len(text)), stored, hashes, *(f.body for f in functions)))
    return _HEAD.pack(_MAGIC, FORMAT, packing, _checksum(packing, payload, key)) + payload


def decode(data: bytes, key: str = "", *, most: int = LARGEST) -> FileMetrics | None:
    """What ``encode`` was given; None for anything that it did not write under this key. Never raises.

    ``most``: bytes of the value, packed or not, that are looked at.
    """
    try:
        return _decode(data, key, most)
    except (ValueError, TypeError, OverflowError, RecursionError, zlib.error, struct.error):
        return None


def _checksum(packing: int, payload: bytes | memoryview, key: str) -> int:
    return zlib.crc32(payload, zlib.crc32(f"{FORMAT}:{packing}:{key}".encode("utf-8", "surrogatepass")))


def _facts(metrics: FileMetrics) -> list[Any]:
    functions = metrics.functions
    if metrics.raw is not None and metrics.lines is not None:
        raise ValueError("a source that has all line counts has no others")
    return [
        metrics.reading,
        metrics.error,
        metrics.generated,
        metrics.cyclomatic_total,
        metrics.cognitive_total,
        metrics.halstead,
        metrics.lines if metrics.raw is None else metrics.raw,
        [function.symbol for function in functions],
        list(chain.from_iterable(_number_columns(functions))),
        [[index, *found] for index, function in enumerate(functions) for found in function.suppressions],
    ]


def _number_columns(functions: _Functions) -> list[Sequence[int]]:
    """All that is one number a function, column by column, ``_NONE`` for what does not exist."""
    rows = [
        (
            function.line,
            function.end_line,
            function.assertions,
            _lines_of(function.body),
            _or_none(function.cyclomatic),
            _or_none(function.cognitive),
            *(function.halstead or _NO_HALSTEAD),
        )
        for function in functions
    ]
    return list(zip(*rows, strict=True))


def _lines_of(body: bytes) -> int:
    if len(body) % 4:
        raise ValueError("a body is not a row of 32-bit hashes")
    return len(body) // 4


def _or_none(count: int | None) -> int:
    return _NONE if count is None else count


def _decode(data: bytes, key: str, most: int) -> FileMetrics:
    if type(data) is not bytes or not _PAYLOAD < len(data) <= most:
        _refuse()
    magic, version, packing, checksum = _HEAD.unpack_from(data)
    if (magic, version) != (_MAGIC, FORMAT) or packing not in (_PLAIN, _PACKED):
        _refuse()
    if checksum != _checksum(packing, memoryview(data)[_HEAD.size :], key):
        _refuse()
    stored_size, size = _SIZES.unpack_from(data, _HEAD.size)
    end = _PAYLOAD + stored_size
    if end > len(data) or size > most:
        _refuse()
    text = _unpack(data[_PAYLOAD:end], size) if packing else data[_PAYLOAD:end]
    if len(text) != size:
        _refuse()
    return _file(json.loads(text.decode("utf-8", "surrogatepass")), data, end)


def _unpack(packed: bytes, size: int) -> bytes:
    """The text of the promised size: whatever grows beyond that is cut off before it exists."""
    stream = zlib.decompressobj()
    text = stream.decompress(packed, size + 1)
    if not stream.eof or stream.unused_data:
        _refuse()
    return text


def _file(facts: _Json, data: bytes, offset: int) -> FileMetrics:
    if type(facts) is not list or len(facts) != 10:
        _refuse()
    reading, error, generated, cyclomatic, cognitive, halstead, raw, symbols, numbers, suppressions = facts
    raw, lines = (raw, None) if type(raw) is list else (None, raw)
    _column([cyclomatic, cognitive, lines], 3, _COUNTED_OR_NONE)
    if type(generated) is not bool:
        _refuse()
    return FileMetrics(
        reading=Reading(reading),
        error=_error(error),
        generated=generated,
        cyclomatic_total=cyclomatic,
        cognitive_total=cognitive,
        halstead=None if halstead is None else Halstead(*_column(halstead, 4, _COUNTED)),
        raw=None if raw is None else Raw(*_column(raw, 7, _COUNTED)),
        functions=_functions(symbols, numbers, suppressions, data, offset=offset),
        lines=lines,
    )


def _error(error: _Json) -> SourceError | None:
    if error is None:
        return None
    message, line = error
    if type(error) is not list or type(message) is not str:
        _refuse()
    _column([line], 1, _COUNTED_OR_NONE)
    return SourceError(message, line)


def _functions(symbols: _Json, numbers: _Json, suppressions: _Json, data: bytes, *, offset: int) -> _Functions:
    if type(symbols) is not list or not {str}.issuperset(map(type, symbols)):
        _refuse()
    count = len(symbols)
    _column(numbers, _NUMBERS * count, _COUNTED, least=_NONE)
    if _NONE in numbers[: _NEVER_NONE * count]:
        _refuse()
    columns = [numbers[start * count : (start + 1) * count] for start in range(_NUMBERS)]
    lines, end_lines, assertions, bodies, cyclomatic, cognitive, *halsteads = columns
    start = offset + 8 * count
    if start + 4 * sum(bodies) != len(data):
        _refuse()
    return tuple(
        map(
            FunctionMetrics,
            symbols,
            lines,
            end_lines,
            _with_none(cyclomatic),
            assertions,
            _with_none(cognitive),
            _halsteads(halsteads),
            struct.unpack_from(f"<{count}Q", data, offset),
            _bodies(bodies, data, start),
            _suppressions(suppressions, count),
        )
    )


def _with_none(column: list[int]) -> Sequence[int | None]:
    return [None if value == _NONE else value for value in column] if _NONE in column else column


def _halsteads(columns: list[list[int]]) -> list[Halstead | None]:
    found: list[Halstead | None] = list(map(Halstead, *columns))
    if not any(_NONE in column for column in columns):
        return found
    if any(_NONE in four and four != _NO_HALSTEAD for four in found if four is not None):
        _refuse()
    return [None if four == _NO_HALSTEAD else four for four in found]


def _bodies(lengths: list[int], data: bytes, offset: int) -> list[bytes]:
    bodies = []
    for length in lengths:
        end = offset + 4 * length
        bodies.append(data[offset:end])
        offset = end
    return bodies


def _suppressions(rows: _Json, count: int) -> Iterable[tuple[Suppression, ...]]:
    """One tuple of suppressions for each function; nearly always all of them empty."""
    if type(rows) is not list:
        _refuse()
    if not rows:
        return repeat((), count)
    found: list[tuple[Suppression, ...]] = [()] * count
    for row in rows:
        index, suppression = _suppression(row)
        if not 0 <= index < count:
            _refuse()
        found[index] += (suppression,)
    return found


def _suppression(row: _Json) -> tuple[int, Suppression]:
    """A suppression and the number of its function."""
    index, metric, ceiling, text = row
    if type(row) is not list or type(index) is not int or type(text) is not str:
        _refuse()
    if type(metric) not in (str, type(None)) or type(ceiling) not in (int, float, type(None)):
        _refuse()
    if ceiling is not None and not math.isfinite(ceiling):
        _refuse()
    return index, Suppression(metric, ceiling, text)


def _column(values: _Json, length: int, kinds: frozenset[type], *, least: int = 0) -> list[int]:
    """The values themselves, if they are a list of that length, each a number in range (or None, where that may be)."""
    if type(values) is not list or len(values) != length or not kinds.issuperset(map(type, values)):
        _refuse()
    numbers = values if kinds is _COUNTED else [value for value in values if value is not None]
    if numbers and not (min(numbers) >= least and max(numbers) < _LARGEST_COUNT):
        _refuse()
    return values


def _refuse() -> NoReturn:
    raise _MalformedError

"""``antipasta-hook cache inspect``: what is kept of a file or a blob."""

import argparse
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from antipasta_hook.cli.cache.units import moment
from antipasta_hook.cli.codes import EXIT_PASS
from antipasta_hook.cli.streams import put
from antipasta_hook.report.words import count, printable

if TYPE_CHECKING:
    from antipasta_hook.model import FileMetrics
    from antipasta_hook.replay.holdings import Found, Sought

_ROW: Final = "  {:<10} {}\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of what."""
    parser.add_argument("target", metavar="BLOB|PATH", help="the id of a blob, or its first digits, or a file")
    parser.add_argument("--rev", metavar="REV", help="the file as it is in a commit, not in the index (else HEAD)")


def run(arguments: argparse.Namespace) -> int:
    """Print what is kept; that nothing is, is an answer too."""
    from antipasta_hook.replay.holdings import inspected

    sought, found = inspected(arguments.directory, os.environ, arguments.target, arguments.rev)
    put("".join(_lines(sought, found)))
    return EXIT_PASS


def _lines(sought: "Sought", found: list["Found"]) -> Iterator[str]:
    subject = f"{sought.oid} ({printable(sought.origin)})" if sought.origin else sought.oid
    yield f"{subject}: {'' if found else 'not '}kept\n"
    for each in found:
        yield "\n"
        yield from _entry(each)


def _entry(found: "Found") -> Iterator[str]:
    row = found.row
    yield _ROW.format("key", printable(row.key))
    yield _ROW.format("cache", printable(found.directory))
    yield _ROW.format("what", f"{row.kind}, {count(row.size, 'byte')}")
    yield _ROW.format("stored", moment(row.stored))
    if row.used != row.stored:
        yield _ROW.format("used", moment(row.used))
    if found.metrics is not None:
        yield from _measurement(found.metrics)
    elif row.kind == "measurement":
        yield _ROW.format("value", "broken: no run believes it; antipasta-hook cache verify --repair removes it")


def _measurement(metrics: "FileMetrics") -> Iterator[str]:
    error = f": {printable(metrics.error.message)}" if metrics.error else ""
    yield _ROW.format("reading", f"{metrics.reading}{error}")
    totals = [
        f"{name} {_value(total)}"
        for name, total in (("cyclomatic", metrics.cyclomatic_total), ("cognitive", metrics.cognitive_total))
    ]
    yield _ROW.format("file", ", ".join(totals))
    yield _ROW.format("functions", str(len(metrics.functions)))
    if metrics.functions:
        yield f"    {'cycl.':>5} {'cogn.':>5} {'line':>6}  function\n"
    for function in metrics.functions:
        numbers = " ".join(f"{_value(value):>5}" for value in (function.cyclomatic, function.cognitive))
        yield f"    {numbers} {function.line:>6}  {printable(function.symbol)}\n"


def _value(value: int | None) -> str:
    return "-" if value is None else str(value)

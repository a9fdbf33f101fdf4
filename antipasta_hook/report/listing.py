"""What ``explain`` prints: a function with what each line adds, or the functions of a file, the worst first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from antipasta_hook.model import FunctionMetrics
from antipasta_hook.report.layout import shown
from antipasta_hook.report.screen import Screen
from antipasta_hook.report.words import as_set, count, metric_name, number

_TAB: Final = 4
_NARROWEST: Final = 5  # columns for line numbers: the word "limit"


class Column(NamedTuple):
    """One metric of one function: what each line adds, the sum, and the limit with where it is set.

    A ``total`` of None: the function has no such number, and ``why_none``. A ``limit`` of None: it is not judged.
    """

    metric: str
    total: float | None
    limit: float | None
    origin: str | None = None
    adds: Mapping[int, int] = {}
    why_none: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the function is over the limit."""
        return self.total is not None and self.limit is not None and self.total > self.limit


class Explained(NamedTuple):
    """One function and its metrics, the same ones for each function of a file."""

    function: FunctionMetrics
    columns: tuple[Column, ...]


def listing(path: str, source: Sequence[str], explained: Explained, screen: Screen) -> str:
    """A function's source with a margin; ``source`` holds the lines of the whole file."""
    return _text(_listing(path, source, explained, screen))


def overview(path: str, functions: Sequence[Explained], screen: Screen) -> str:
    """The functions of a file with their numbers, those furthest over a limit first."""
    return _text(_overview(path, functions, screen))


def _text(lines: Iterator[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _listing(path: str, source: Sequence[str], explained: Explained, screen: Screen) -> Iterator[str]:
    function, metrics = explained
    yield f"{shown(path, screen)}:{function.line} {shown(function.symbol, screen)}"
    yield ""
    size = max(_NARROWEST, len(str(function.end_line)))
    yield f"{'line':>{size}} {_titles(metrics)}"
    for line in range(function.line, function.end_line + 1):
        adds = " ".join(f"{_signed(column.adds.get(line, 0)):>5}" for column in metrics)
        yield f"{line:>{size}} {adds}  {shown(source[line - 1].expandtabs(_TAB), screen)}"
    yield f"{'sum':>{size}} {_numbers(column.total for column in metrics)}  {_judgement(metrics)}"
    yield f"{'limit':>{size}} {_limits(metrics)}  {_origins(metrics, screen)}"


def _signed(adds: int) -> str:
    return f"+{adds}" if adds else ""


def _numbers(values: Iterator[float | None]) -> str:
    return " ".join(f"{_value(value):>5}" for value in values)


def _limits(metrics: Sequence[Column]) -> str:
    return " ".join(f"{'-' if column.limit is None else as_set(column.limit):>5}" for column in metrics)


def _value(value: float | None) -> str:
    return "-" if value is None else number(value)


def _titles(metrics: Sequence[Column]) -> str:
    return " ".join(f"{metric_name(column.metric)[:4]}." for column in metrics)


def _judgement(metrics: Sequence[Column]) -> str:
    over = ", ".join(metric_name(column.metric) for column in metrics if column.is_over)
    said = [f"over the limit: {over}"] if over else []
    said += [f"{metric_name(column.metric)}: {column.why_none}" for column in metrics if column.why_none]
    return "; ".join(said)


def _origins(metrics: Sequence[Column], screen: Screen) -> str:
    origins = dict.fromkeys(shown(column.origin, screen) for column in metrics if column.origin)
    return f"from {', '.join(origins)}" if origins else ""


def _overview(path: str, functions: Sequence[Explained], screen: Screen) -> Iterator[str]:
    yield f"{shown(path, screen)}: {count(len(functions), 'function')}"
    if not functions:
        return
    yield ""
    size = max(_NARROWEST, *(len(str(each.function.line)) for each in functions))
    yield f"{_titles(functions[0].columns)} {'line':>{size}}  function"
    for function, metrics in sorted(functions, key=_rank):
        numbers = " ".join(f"{_value(column.total) + '!' * column.is_over:>5}" for column in metrics)
        yield f"{numbers} {function.line:>{size}}  {shown(function.symbol, screen)}"
    limits = functions[0].columns
    any_over = "  (!: over it)" if any(column.is_over for each in functions for column in each.columns) else ""
    yield f"{_limits(limits)} {'limit':>{size}}{any_over}"


def _rank(explained: Explained) -> tuple[float, float, int]:
    shares = [(column.total or 0) / column.limit for column in explained.columns if column.limit]
    return -max(shares, default=0), -sum(column.total or 0 for column in explained.columns), explained.function.line

"""One source through every reader: a decision of how much of it can be read, and the assembly of what was found."""

import ast
import gc
import re
import warnings
from typing import Final

from antipasta_hook.metrics import cognitive, source
from antipasta_hook.metrics.headers import Headers
from antipasta_hook.metrics.identity import Fingerprinter, Span, span_of
from antipasta_hook.metrics.lines import physical_lines, read_lines
from antipasta_hook.metrics.scopes import Function
from antipasta_hook.metrics.tree import Tree
from antipasta_hook.model import FileMetrics, FunctionMetrics, Reading, SourceError, Suppression

_FILENAME: Final = "<antipasta-source>"
_STACK: Final = 16 << 20  # bytes
_TOO_DEEP: Final = "too many (?:nested|levels|statically)|too complex|too deeply|Exceeds the limit"


def measure(blob: bytes) -> FileMetrics:
    """All that one file measures; see the package."""
    generated = source.is_generated(blob)
    collecting = gc.isenabled()
    gc.disable()  # a tree holds no cycles, and the collector would walk it again and again
    try:
        return _measure(blob)._replace(generated=generated)
    except (RecursionError, MemoryError) as error:
        return _unread(Reading.DEEP, f"too deep or too large: {_reason(error)}")._replace(generated=generated)
    except Exception as error:  # noqa: BLE001 - a bug of ours costs one file, and must not look like a syntax error
        message = f"internal error: {type(error).__name__}: {error}"
        return _unread(Reading.DEEP, message)._replace(generated=generated)
    finally:
        if collecting:
            gc.enable()


def _measure(blob: bytes) -> FileMetrics:
    try:
        text = source.decode(blob)
    except source.UndecodableError as error:
        return _unread(Reading.BROKEN, str(error), error.line)
    found = _of_text(blob, text)
    return found if found.reading is Reading.FULL else found._replace(lines=physical_lines(text))


def _of_text(blob: bytes, text: str) -> FileMetrics:
    nodes = source.explodes(text.encode("utf-8", "surrogatepass"))  # some encodings hide what separates
    if nodes is not None:
        return _unread(Reading.DEEP, f"too large to parse: about {nodes:,} nodes, of {source.MOST_NODES:,} at most")
    try:
        scopes = Tree(parse(text))
    except (RecursionError, MemoryError) as error:
        return _without_tree(blob, text, _unread(Reading.DEEP, f"too deeply nested: {_reason(error)}"))
    except SyntaxError as error:
        reading = Reading.DEEP if re.search(_TOO_DEEP, error.msg) else Reading.NEWER
        return _without_tree(blob, text, _unread(reading, error.msg, error.lineno))
    except ValueError as error:  # lone surrogates, which some codecs decode to; a cut \N escape
        return _unread(Reading.BROKEN, str(error))
    return _with_tree(blob, text, scopes)


def _reason(error: Exception) -> str:
    return str(error) or "Python's parser gave up"


def _unread(reading: Reading, message: str, line: int | None = None) -> FileMetrics:
    return FileMetrics(
        reading=reading,
        error=SourceError(message, line),
        generated=False,
        cyclomatic_total=None,
        cognitive_total=None,
        halstead=None,
        raw=None,
        functions=(),
    )


def parse(text: str) -> ast.Module:
    """``ast.parse`` that warns nobody about the code that we read. Raises what ``ast.parse`` raises.

    How deep a tree Python makes depends on how many calls it is in: where that is too little here, it is asked once
    more from where it is in none, so that every source is as deep for all.
    """
    _silence()
    try:
        return ast.parse(text, _FILENAME)
    except RecursionError as error:
        return _parsed_afresh(text, error)


def _parsed_afresh(text: str, error: RecursionError) -> ast.Module:
    import threading

    found: list[ast.Module | Exception] = [error]

    def run() -> None:
        try:
            found.append(ast.parse(text, _FILENAME))
        except (RecursionError, MemoryError, SyntaxError, ValueError) as other:
            found.append(other)

    usual = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    except RuntimeError:  # no thread can be had
        raise error from None
    finally:
        threading.stack_size(usual)
    if isinstance(found[-1], Exception):
        raise found[-1]
    return found[-1]


def _silence() -> None:
    """Keep Python from printing, or raising, warnings about the code that we read.

    A filter for our own pseudo file name stays in place: every other thread would see what ``catch_warnings`` does.
    """
    first = warnings.filters[0] if warnings.filters else None
    if first is None or getattr(first[3], "pattern", first[3]) != _FILENAME:
        warnings.filterwarnings("ignore", module=_FILENAME)


class _Text:
    """What the lines of a source say about it, and about one function of it."""

    def __init__(self, blob: bytes, text: str) -> None:
        self.lines, scanned, self.raw = read_lines(text)
        self._scanned = scanned
        self._fingerprints = Fingerprinter(self.lines, scanned.code)
        self._headers = self.headers() if source.may_suppress(blob) else None

    def headers(self) -> Headers:
        """A reader of function headers; costs a second walk over the code."""
        return Headers(self._scanned.parts, self._scanned.code)

    def identity(self, span: Span) -> tuple[int, bytes, tuple[Suppression, ...]]:
        """The last three fields of FunctionMetrics."""
        hashes = self._fingerprints
        return hashes.code_hash(span), hashes.body(span), self._suppressions(span)

    def _suppressions(self, span: Span) -> tuple[Suppression, ...]:
        if self._headers is None:
            return ()
        from antipasta_hook.metrics.suppressions import read

        return tuple(found for text in self._headers.comments_of(span.start) for found in read(text))


def _with_tree(blob: bytes, text: str, scopes: Tree) -> FileMetrics:
    lines = _Text(blob, text)
    error = None
    try:
        total, scored = cognitive.score(text)
    except ValueError as failure:
        total, scored = None, []
        error = SourceError(f"no cognitive complexity: {failure}", None)
    scores = {found.line: found.score for found in scored}
    functions = []
    for scope, node, halstead in scopes.functions():
        score = None if scope.inside_function else scores.get(first_line(node, lines.lines))
        if score is None and total is not None and not scope.inside_function:
            error = SourceError(f"no cognitive complexity for {scope.qualname}", node.lineno)
        functions.append(
            FunctionMetrics(
                scope.qualname,
                node.lineno,
                node.end_lineno or node.lineno,
                scope.points + 1,
                scope.asserts,
                score,
                halstead,
                *lines.identity(span_of(node, lines.lines)),
            )
        )
    return FileMetrics(
        reading=Reading.FULL,
        error=error,
        generated=False,
        cyclomatic_total=scopes.cyclomatic_total(),
        cognitive_total=None if error else total,
        halstead=scopes.module.halstead(),
        raw=lines.raw,
        functions=_ordered(functions),
    )


def first_line(node: Function, lines: list[str]) -> int:
    """The line on which complexipy sees a function begin: that of its first ``@``, else of its ``def``."""
    if not node.decorator_list:
        return int(node.lineno)
    line = int(node.decorator_list[0].lineno)
    while line > 1 and not lines[line - 1].lstrip().startswith("@"):  # ``@(`` and ``@\`` stand alone on theirs
        line -= 1
    return line


def _without_tree(blob: bytes, text: str, failed: FileMetrics) -> FileMetrics:
    """What complexipy and the lines can tell of a source that Python's own parser refuses."""
    try:
        total, scored = cognitive.score(text)
    except cognitive.TooDeepError as error:
        return _unread(Reading.DEEP, str(error))
    except ValueError:
        return failed._replace(reading=Reading.BROKEN) if failed.reading is Reading.NEWER else failed
    lines = _Text(blob, text)
    headers = lines.headers()
    functions = []
    for found in scored:
        span = headers.span(found.line - 1, found.end_line)
        functions.append(
            FunctionMetrics(
                found.name.replace("::", "."),
                span.start + 1,
                span.end,
                None,
                0,
                found.score,
                None,
                *lines.identity(span),
            )
        )
    return failed._replace(cognitive_total=total, functions=_ordered(functions))


def _ordered(functions: list[FunctionMetrics]) -> tuple[FunctionMetrics, ...]:
    return tuple(sorted(functions, key=lambda function: (function.line, function.symbol)))

"""``python -m tests.benchmarks.engine``: how fast the metrics are, as ratios within one run.

The engine against bare ``ast.parse`` of the same bytes with the collector off (bar: at most 2.5), and against radon's
cc, hal, raw and mi plus complexipy, one after the other (bar: at most a seventh). Times are those of this process, so
that other work on the machine counts less.
"""

import argparse
import ast
import gc
import json
import platform
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import complexipy
import radon.complexity
import radon.metrics
import radon.raw

from antipasta_hook.metrics import measure
from antipasta_hook.model import Reading
from tests.benchmarks.measure import Sample, timed, turns
from tests.benchmarks.rows import Ground, Row, rows, shown
from tests.differential.corpus import default_roots, python_files, spread

ENGINE: Final = "the engine"
PARSE: Final = "ast.parse, collector off"
PEERS: Final = "radon's four and complexipy"
LITERAL: Final = "the engine, a dict of 4,000 lines"
_NOT_THE_LIBRARY = ("/test/", "/tests/", "/idle_test/", "/lib2to3/")


def library() -> list[bytes]:
    """The standard library without its tests, as bytes, only what this Python parses."""
    root = default_roots()[0]
    paths = [path for path in python_files(root) if not any(part in path for part in _NOT_THE_LIBRARY)]
    return [source for source in map(_read, paths) if _parses(source)]


def sample(count: int, largest: int) -> list[bytes]:
    """A fixed spread of the library: radon needs minutes for its largest literals, which would flatter us."""
    sources = map(_read, spread(default_roots()[:1], 4 * count))
    return [source for source in sources if 500 < len(source) < largest and _parses(source)][:count]


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


def _parses(source: bytes) -> bool:
    try:
        source.decode()
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _peers(source: bytes) -> None:
    text = source.decode()
    radon.complexity.cc_visit(text, no_assert=True)
    radon.metrics.h_visit(text)
    radon.raw.analyze(text)
    radon.metrics.mi_visit(text, multi=True)
    complexipy.code_complexity(text, check_script=False, no_ignore=True, with_plans=False)


def check(sources: Sequence[bytes]) -> None:
    """Refuse to time an engine that measures nothing: numbers must be there, and be radon's."""
    found = [measure(source) for source in sources]
    assert all(metrics.reading is Reading.FULL for metrics in found)
    assert sum(len(metrics.functions) for metrics in found) > 2 * len(sources)
    for source, metrics in zip(sources[:10], found, strict=False):
        assert metrics.raw == tuple(radon.raw.analyze(source.decode()))
        assert metrics.halstead == radon.metrics.h_visit(source.decode()).total[:4]


def measured(ground: Ground) -> Iterator[Row]:
    """The engine over bare parsing, and over radon's four metrics and complexipy; the collector is off."""
    warnings.simplefilter("ignore")
    few, literal = sample(30, 30_000), [long_literal()]
    sources = few if ground.quick else library()
    check(sources[:: 1 if ground.quick else 40])
    check(few)
    whole = [_take(ENGINE, measure, sources), _take(PARSE, ast.parse, sources)]
    beside = [_take(ENGINE, measure, few), _take(PEERS, _peers, few)]
    long = [_take(LITERAL, measure, literal), _take(PARSE, ast.parse, literal)]
    with collector_off():
        over_parsing, of_literal, over_peers = (turns(takes, ground.rounds) for takes in (whole, long, beside))
    yield from rows("engine", over_parsing, PARSE, units=["CPU s"], bars={ENGINE: 2.5})
    yield from rows("engine", of_literal, PARSE, units=["CPU s"])
    yield from rows("engine", over_peers, PEERS, units=["CPU s"], bars={ENGINE: 1 / 7})


def _take(name: str, work: Callable[[bytes], object], sources: Sequence[bytes]) -> Callable[[], dict[str, Sample]]:
    return lambda: {name: timed(work, sources)}


@contextmanager
def collector_off() -> Iterator[None]:
    """No garbage collection until the end of a block."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def long_literal() -> bytes:
    """A dict of 4,000 lines, for which radon's line counts take minutes."""
    source = b"x = {\n" + b"".join(b"    'key%d': [%d, 'value'],\n" % (i, i) for i in range(4000)) + b"}\n"
    assert measure(source).raw is not None
    return source


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a small table; with ``--json FILE`` also write the figures there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args(arguments)
    found = list(measured(Ground(Path(), options.rounds)))
    print(f"Python {platform.python_version()}, {options.rounds} rounds\n\n{shown(found)}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as stream:
            json.dump([each._asdict() for each in found], stream, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.benchmarks.engine``: how fast the metrics are, as ratios within one run.

Two figures: the engine against bare ``ast.parse`` of the same bytes with the collector off (bar: at most 2.5), and
radon's cc, hal, raw and mi plus complexipy, one after the other, against the engine (bar: at least 7).
"""

import argparse
import ast
import gc
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence

import complexipy
import radon.complexity
import radon.metrics
import radon.raw

from antipasta_hook.metrics import measure
from antipasta_hook.model import Reading
from tests.differential.corpus import default_roots, python_files, spread

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


def _seconds(work: Callable[[bytes], object], sources: Sequence[bytes]) -> float:
    """CPU time of this process, so that other work on the machine counts less."""
    started = time.process_time()
    for source in sources:
        work(source)
    return time.process_time() - started


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


def over_parse(rounds: int) -> list[float]:
    """Engine time over parse time, once a round."""
    sources = library()
    check(sources[::40])
    return [_seconds(measure, sources) / _seconds(ast.parse, sources) for _ in range(rounds)]


def over_peers(rounds: int) -> list[float]:
    """Time of radon's four metrics and complexipy over engine time, once a round."""
    sources = sample(30, 30_000)
    check(sources)
    ratios = []
    for _ in range(rounds):
        ours = statistics.median(_seconds(measure, sources) for _ in range(3))
        ratios.append(_seconds(_peers, sources) / ours)
    return ratios


def long_literal() -> float:
    """Milliseconds for a dict of 4,000 lines, for which radon's line counts take minutes."""
    source = b"x = {\n" + b"".join(b"    'key%d': [%d, 'value'],\n" % (i, i) for i in range(4000)) + b"}\n"
    assert measure(source).raw is not None
    return min(_seconds(measure, [source]) for _ in range(5)) * 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a small table; with ``--json FILE`` also write the figures there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    gc.disable()
    parse, peers, literal = over_parse(options.rounds), over_peers(3), long_literal()
    figures = {
        "python": sys.version.split()[0],
        "engine_over_parse": round(statistics.median(parse), 2),
        "engine_over_parse_rounds": [round(ratio, 2) for ratio in parse],
        "peers_over_engine": round(statistics.median(peers), 1),
        "peers_over_engine_rounds": [round(ratio, 1) for ratio in peers],
        "dict_of_4000_lines_ms": round(literal, 1),
    }
    write = sys.stdout.write
    write(f"Python {figures['python']}                          measured    bar\n")
    write(f"engine over bare ast.parse            {figures['engine_over_parse']:>8}   <= 2.5\n")
    write(f"radon's four and complexipy over it   {figures['peers_over_engine']:>8}   >= 7\n")
    write(f"dict of 4,000 lines, ms               {figures['dict_of_4000_lines_ms']:>8}   tens\n")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as stream:
            json.dump(figures, stream, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())

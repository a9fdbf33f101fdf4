"""``python -m tests.differential.run``: compare every number with radon's and complexipy's over installed code."""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.differential.compare import Comparison, Difference, compare_file
from tests.differential.corpus import default_roots, python_files, spread


def comparisons(paths: list[str], *, raw_limit: float, jobs: int) -> Iterator[Comparison]:
    """Each file compared, in order, by ``jobs`` processes."""
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(partial(compare_file, raw_limit=raw_limit), paths, chunksize=4)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 where a difference has no reason on the closed list."""
    options = _parser().parse_args(arguments)
    roots = options.roots or default_roots()
    paths = [path for root in roots for path in python_files(root)] if options.all else spread(roots, options.count)
    started = time.perf_counter()
    done = list(comparisons(paths, raw_limit=options.raw_limit, jobs=options.jobs))
    rows = [row for found in done for row in found.differences]
    sys.stdout.write("\n".join(_report(done, rows, time.perf_counter() - started)) + "\n")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as stream:
            json.dump(rows, stream, indent=1, default=str)
    return int(any(row.reason is None for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", nargs="*", metavar="ROOT", help="folders; default: standard library and site-packages")
    parser.add_argument("--all", action="store_true", help="every file instead of a fixed spread of --count")
    parser.add_argument("--count", type=int, default=640)
    parser.add_argument("--raw-limit", type=float, default=20.0, help="seconds a file for radon's line counts")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", metavar="FILE", help="write every difference there")
    return parser


def _report(done: list[Comparison], rows: list[Difference], seconds: float) -> Iterator[str]:
    readings = Counter(str(found.reading) for found in done)
    slow = [found.path for found in done if found.refusal == "TooSlowError"]
    yield f"Python {sys.version.split()[0]}: {len(done)} files in {seconds:.0f} s, by reading {dict(readings)}"
    yield f"  functions: {sum(found.functions for found in done)}, numbers: {sum(found.numbers for found in done)}"
    yield f"  files whose lines radon could not count in time: {len(slow)}"
    yield from (f"    {path}" for path in slow)
    for reason, count in Counter(row.reason for row in rows).most_common():
        files = len({row.path for row in rows if row.reason == reason})
        yield f"  {reason or 'UNEXPLAINED'}: {count} in {files} files"
    yield from [f"    {row}" for row in rows if row.reason is None][:50]


if __name__ == "__main__":
    sys.exit(main())

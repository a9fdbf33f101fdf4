"""``python -m tests.benchmarks.cache``: what it costs to look at a cache, to let go by use, and to compress.

Ratios of medians within one run. Looking and pruning are done to 100,000 entries; the policies are compared with the
default one over 10,000 typical rows and over a commit whose files are all cached.
"""

import argparse
import ast
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from antipasta_hook.cache import Store, encode
from antipasta_hook.cache.limits import DEFAULT_EVICTION, EVICTION_VARIABLE, Limits
from antipasta_hook.metrics import engine_fingerprint, measure
from antipasta_hook.model import FileMetrics
from tests.benchmarks import compression
from tests.benchmarks.baseline import PYTHON, python
from tests.benchmarks.commit import HOOK, checked
from tests.benchmarks.engine import PARSE, library
from tests.benchmarks.measure import (
    Sample,
    Work,
    WrongOutput,
    cpus,
    in_turns,
    run_once,
    spread,
    table,
    timed,
    turns,
    walls,
)
from tests.benchmarks.repositories import edited, environment, files, repository
from tests.benchmarks.rows import Ground, Row, rows

POLICIES: Final = (DEFAULT_EVICTION, "least-recently-used", "least-frequently-used", "none")
ENGINE: Final = engine_fingerprint()
SQLITE: Final = "sqlite3: connect, and read a row"
_AT_ONCE: Final = 20
"""Rows that are stored or read together, as in a commit."""
PRUNE: Final = (
    "import sys; from antipasta_hook.cache.pruning import Useless, prune\n"
    "print(prune(sys.argv[1], sys.argv[2], Useless(others=True)).entries)"
)


def keys(number: int) -> list[str]:
    """So many keys in no order, as ids have none; every third one of an older engine."""
    engines = (f"older-{ENGINE}", ENGINE, ENGINE)
    return [f"{zlib.crc32(b'%d' % index):08x}{index:032x}:{engines[index % 3]}" for index in range(number)]


def fill(directory: str, rows: Iterable[tuple[str, bytes]]) -> None:
    """Put rows into a new store past diskcache, which would take minutes for what this does in seconds."""
    os.makedirs(directory, mode=0o700)
    with Store(directory) as store:
        assert store.problem is None
    now = time.time()
    with closing(sqlite3.connect(os.path.join(directory, "cache.db"), isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO Cache (key, raw, store_time, access_time, mode, value) VALUES (?, 1, ?, ?, 1, ?)",
            ((key, now - number, now - number, value) for number, (key, value) in enumerate(rows)),
        )
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def looking(cache: Path, entries: int) -> list[Work]:
    """``cache info`` as a whole process, and the bare start of Python."""
    environ = environment(cache.parent) | {"ANTIPASTA_CACHE_DIR": str(cache)}

    def counted(code: int, out: str, err: str) -> None:
        if code or json.loads(out)["stores"][0]["contents"]["entries"] != entries:
            raise WrongOutput(out + err)

    info = [sys.executable, "-m", "antipasta_hook", "cache", "info", "--format", "json"]
    return [
        Work(f"cache info, {entries:,} entries", info, str(cache.parent), environ, counted),
        python("pass", PYTHON, cache.parent, environ),
    ]


def waits_for_pruning(directory: str) -> dict[str, float]:
    """Seconds of removing a third of a store, and the milliseconds that a writer waits meanwhile."""
    waits: list[float] = []
    begun = time.perf_counter()
    with (
        subprocess.Popen([sys.executable, "-c", PRUNE, directory, ENGINE], stdout=subprocess.PIPE) as child,
        closing(sqlite3.connect(os.path.join(directory, "cache.db"), timeout=30, isolation_level=None)) as connection,
    ):
        while child.poll() is None:
            asked = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            waits.append(1000 * (time.perf_counter() - asked))
            connection.execute("COMMIT")
            time.sleep(0.002)
        if child.stdout is None or int(child.stdout.read()) == 0:
            raise WrongOutput("nothing was removed")
    took = time.perf_counter() - begun
    return {"prune_s": took, "p95_wait_ms": spread(waits).p95, "longest_wait_ms": max(waits)}


class Times(NamedTuple):
    """Rows stored in an empty store, read, and as many more stored in one that is full."""

    store: Sample
    read: Sample
    evict: Sample


def measured(ground: Ground) -> Iterator[Row]:
    """Putting and getting over the bare parsing of the same files, opening over bare sqlite3, a look over Python."""
    warnings.simplefilter("ignore")
    sources = library()[:: ground.pick(3, 20)]
    facts = [measure(source) for source in sources]
    stores = (str(ground.root / f"store-{number}") for number in count())

    def moved() -> dict[str, Sample]:
        times = _moved(next(stores), DEFAULT_EVICTION, facts, len(facts))
        return {"put": times.store, "get": times.read, "put, where the store is full": times.evict}

    samples = turns([moved, lambda: {PARSE: timed(ast.parse, sources)}], ground.rounds)
    yield from rows("cache", samples, PARSE, units=["CPU s"])
    entries = ground.pick(100_000, 2_000)
    directory = filled(ground.root, facts, entries)
    yield from rows("cache", turns([*_opening(str(directory))], ground.rounds), SQLITE, units=["CPU s"])
    yield from rows("cache", in_turns(looking(directory.parent, entries), ground.rounds), PYTHON)


def _opening(directory: str) -> Iterator[Callable[[], dict[str, Sample]]]:
    database = os.path.join(directory, "cache.db")

    def bare(_: int) -> None:
        with closing(sqlite3.connect(database)) as connection:
            _require(connection.execute("SELECT 1 FROM Cache LIMIT 1").fetchone() == (1,))

    def ours(_: int) -> None:
        with Store(directory) as store:
            _require(store.problem is None)

    yield lambda: {SQLITE: timed(bare, range(_AT_ONCE))}
    yield lambda: {"open": timed(ours, range(_AT_ONCE))}


def times_by_policy(root: Path, facts: Sequence[FileMetrics], number: int, rounds: int) -> dict[str, list[float]]:
    """Medians of CPU seconds in the order of Times, the policies in turn."""
    stores = count()

    def take(policy: str) -> Callable[[], dict[str, Sample]]:
        def moved() -> dict[str, Sample]:
            times = _moved(str(root / f"{policy}-{next(stores)}"), policy, facts, number)
            return {f"{policy} {name}": sample for name, sample in times._asdict().items()}

        return moved

    samples = turns([take(policy) for policy in POLICIES], rounds)
    return {policy: [cpus(samples[f"{policy} {name}"]).median for name in Times._fields] for policy in POLICIES}


def _moved(directory: str, policy: str, facts: Sequence[FileMetrics], number: int) -> Times:
    os.makedirs(directory, mode=0o700)
    items = {f"{index:040x}:{ENGINE}": facts[index % len(facts)] for index in range(2 * number)}
    batches = [list(items)[first : first + _AT_ONCE] for first in range(0, 2 * number, _AT_ONCE)]
    half = len(batches) // 2
    with Store(directory, limits=Limits(eviction=policy)) as store:
        storing = timed(lambda batch: store.set_many({key: items[key] for key in batch}), batches[:half])
        reading = timed(lambda batch: _require(len(store.get_many(batch)) == len(batch)), batches[:half])
        _require(store.problem is None)
    with Store(directory, limits=Limits(os.path.getsize(f"{directory}/cache.db"), policy)) as store:
        evicting = timed(lambda batch: store.set_many({key: items[key] for key in batch}), batches[half:])
        _require(store.problem is None)
    return Times(storing, reading, evicting)


def _require(condition: bool) -> None:  # noqa: FBT001
    if not condition:
        raise WrongOutput("a store did not do its work")


def commits_by_policy(root: Path, runs: int) -> dict[str, float]:
    """CPU seconds of a commit of three files of 800 lines whose measurements are all cached."""
    base = {f"src/module_{number}.py": source for number, source in enumerate(files(3))}
    environ = environment(root)
    place = repository(root / "commit", environ, base, {path: edited(source) for path, source in base.items()})
    works = []
    for policy in POLICIES:
        own = environ | {"ANTIPASTA_CACHE_DIR": str(root / f"cache-{policy}"), EVICTION_VARIABLE: policy}
        work = Work(policy, [*HOOK, "--format", "json"], str(place), own, checked(list(base), "cached"))
        run_once(work._replace(check=checked(list(base), "analysed")))
        works.append(work)
    return {name: cpus(samples).median for name, samples in in_turns(works, runs).items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cache", description=main.__doc__)
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="counted rounds (default: %(default)s)")
    parser.add_argument("--entries", type=int, default=100_000, metavar="N", help="to look at (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=10_000, metavar="N", help="for each policy (default: %(default)s)")
    options = parser.parse_args(arguments)
    facts = [measure(source) for source in library()[::3]]
    print(f"Python {platform.python_version()}, {len(facts)} measured files, {options.runs} rounds\n")
    with tempfile.TemporaryDirectory(prefix="antipasta-benchmark-") as name:
        root = Path(os.path.realpath(name))
        try:
            print(_looking(root, facts, options.entries, options.runs), end="\n\n")
            print(_policies(root, facts, options.rows, options.runs), end="\n\n")
        except WrongOutput as wrong:
            print(f"not measured: {wrong}", file=sys.stderr)
            return 1
    print(compression.shown(facts))
    return 0


def filled(root: Path, facts: Sequence[FileMetrics], entries: int) -> Path:
    """A cache of so many entries; the result is where its store is."""
    directory = root / "cache" / "v1"
    directory.parent.mkdir(mode=0o700)
    fill(str(directory), ((key, encode(facts[n % len(facts)], key)) for n, key in enumerate(keys(entries))))
    return directory


def _looking(root: Path, facts: Sequence[FileMetrics], entries: int, runs: int) -> str:
    directory = filled(root, facts, entries)
    info, start = (walls(found).median for found in in_turns(looking(directory.parent, entries), runs).values())
    found = {"info_ms": 1000 * info, "info_over_python": info / start} | waits_for_pruning(str(directory))
    return table([f"{entries:,} entries", ""], [[name, f"{value:.1f}"] for name, value in found.items()])


def _policies(root: Path, facts: Sequence[FileMetrics], number: int, runs: int) -> str:
    times, commits = times_by_policy(root, facts, number, min(5, runs)), commits_by_policy(root, runs)
    first = times[DEFAULT_EVICTION]
    rows = [
        [
            policy,
            *(f"{value / unit:.2f}" for value, unit in zip(times[policy], first, strict=True)),
            f"{commits[policy] / commits[DEFAULT_EVICTION]:.2f}",
        ]
        for policy in POLICIES
    ]
    return table(
        [f"{number:,} rows, CPU time over that of the default", "store", "read", "store, full", "cached commit"], rows
    )


if __name__ == "__main__":
    sys.exit(main())

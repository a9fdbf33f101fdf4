"""What a backtest costs, against the bare parsing of what it measures: `python -m tests.benchmarks.backtest CLONE`.

Ratios of one run, whole processes: with an empty cache and again, over `ast.parse` of the same distinct blobs on one
core (as it comes, and with the garbage collector off). The clone is only read. Nothing asserts the figures; the exit
code is 1 only where a run did not do its work.
"""

import argparse
import ast
import contextlib
import gc
import json
import os
import platform
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, Final

from antipasta_hook.changes import open_repository
from antipasta_hook.model.backtest import Question
from antipasta_hook.replay.run import Replay
from tests.benchmarks.measure import MEGABYTE, Sample, Work, WrongOutput, run_once, table

COLD_BAR: Final = 1.8
AGAIN_BAR: Final = 0.2


def parsing(sources: list[bytes], *, collecting: bool) -> float:
    """Seconds of processor time to parse all of these, one after the other."""
    if not collecting:
        gc.disable()
    begun = time.process_time()
    for source in sources:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            ast.parse(source)
    spent = time.process_time() - begun
    gc.enable()
    return spent


def blobs(clone: Path, environ: dict[str, str], last: int) -> list[bytes]:
    """The distinct blobs that a backtest needs, found by running it once more with all of them known."""
    replay = Replay(str(clone), question=Question(last), environ=environ)
    replay.run()
    assert replay._measuring is not None
    archive = replay._measuring._archive
    with open_repository(str(clone), environ) as repository:
        return [repository.read(oid) for oid in sorted(archive.known | archive.measured)]


def sample(clone: Path, environ: dict[str, str], last: int, *, known: bool) -> tuple[Sample, dict[str, Any]]:
    """One whole process and its report; raises WrongOutput where it measured what it should have known."""
    reports: list[dict[str, Any]] = []

    def check(code: int, output: str, errors: str) -> None:
        if code or not output:
            raise WrongOutput(f"exit code {code}: {errors}")
        report = json.loads(output)
        if not report["complete"] or not report["commits"]["judged"]:
            raise WrongOutput("it judged nothing")
        if bool(report["blobs"]["measured"]) == known:
            raise WrongOutput(f"of {report['blobs']}, all were to be {'known' if known else 'measured'}")
        reports.append(report)

    command = [sys.executable, "-m", "antipasta_hook", "backtest", "--quiet", "--format", "json", "--last", str(last)]
    return run_once(Work("backtest", command, str(clone), environ, check)), reports[0]


def main() -> int:
    """Run it cold and again, parse, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.backtest", description=main.__doc__)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--last", type=int, default=2000, metavar="N", help="commits (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    clone = arguments.clone.resolve()
    with tempfile.TemporaryDirectory(prefix="antipasta-backtest-") as directory:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "ANTIPASTA"))}
        environ = kept | {"ANTIPASTA_CACHE_DIR": str(Path(os.path.realpath(directory)) / "cache")}
        environ["PYTHONPATH"] = os.pathsep.join([os.getcwd(), *filter(None, [kept.get("PYTHONPATH")])])
        try:
            cold, report = sample(clone, environ, arguments.last, known=False)
            again, _ = sample(clone, environ, arguments.last, known=True)
        except WrongOutput as wrong:
            print(f"not measured: {wrong}", file=sys.stderr)
            return 1
        sources = blobs(clone, environ, arguments.last)
    parse, bare = (parsing(sources, collecting=collecting) for collecting in (True, False))
    figures = {
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "commits": report["commits"]["judged"],
        "blobs": len(sources),
        "cold_seconds": cold.wall,
        "again_seconds": again.wall,
        "parse_seconds": parse,
        "parse_seconds_collector_off": bare,
        "cold_over_parse": cold.wall / parse,
        "cold_over_parse_collector_off": cold.wall / bare,
        "again_over_cold": again.wall / cold.wall,
        "peak_megabytes": max(cold.peak, again.peak) / MEGABYTE,
    }
    print(f"{figures['commits']} commits, {len(sources)} distinct blobs, {sum(map(len, sources)) / MEGABYTE:.0f} MB\n")
    rows = [
        ["cold over single-core ast.parse", f"{cold.wall / parse:.2f}", f"{COLD_BAR}"],
        ["the same, collector off", f"{cold.wall / bare:.2f}", ""],
        ["again over cold", f"{again.wall / cold.wall:.2f}", f"{AGAIN_BAR}"],
        ["seconds cold, again, parsing", f"{cold.wall:.1f}, {again.wall:.1f}, {parse:.1f}", ""],
        ["peak memory (MB)", f"{figures['peak_megabytes']:.0f}", ""],
    ]
    print(table(["", "measured", "bar"], rows))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

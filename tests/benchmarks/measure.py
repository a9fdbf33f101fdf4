"""Time work fairly: in turns, each process's output checked before its time counts, compared by medians."""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

MEGABYTE: Final = 1024 * 1024
_Part = TypeVar("_Part")


class WrongOutput(Exception):  # noqa: N818 - what is wrong is the program that is measured
    """A run did not do the work that its time was to be taken for."""


class TooLong(Exception):  # noqa: N818 - nothing is wrong but the time it takes
    """A run was ended at its limit."""


def as_it_is() -> None:
    """Nothing is to be made ready."""


class Work(NamedTuple):
    """One command to be timed, after ``prepare``; ``check`` gets the exit code and both streams, raises WrongOutput.

    After ``limit`` seconds, where there is one, it is ended with all processes that it started.
    """

    name: str
    command: Sequence[str]
    directory: str
    environ: Mapping[str, str]
    check: Callable[[int, str, str], None]
    prepare: Callable[[], None] = as_it_is
    limit: float | None = None


class Sample(NamedTuple):
    """One run of one process and its children: seconds and bytes."""

    wall: float
    cpu: float
    peak: int


class Spread(NamedTuple):
    """Of a number of samples, in the samples' unit."""

    least: float
    median: float
    p95: float


def run_once(work: Work) -> Sample:
    """Run the work from start to exit, or raise TooLong. Its output goes to files: reading it is not its business."""
    work.prepare()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(
            work.command,
            cwd=work.directory,
            env=dict(work.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=work.limit is not None,
        )
        end = threading.Timer(work.limit or 0, os.killpg, (process.pid, signal.SIGKILL))
        if work.limit is not None:
            end.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            if work.limit is not None:  # it does not reach a session of its own
                os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            end.cancel()
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)  # else Popen would wait for it again
        if work.limit is not None and wall >= work.limit:
            raise TooLong
        output.seek(0)
        errors.seek(0)
        work.check(process.returncode, output.read().decode(), errors.read().decode())
    unit = 1 if sys.platform == "darwin" else 1024
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


def silent(code: int, output: str, errors: str) -> None:
    """The check of a run in which nothing is to be said."""
    if (code, output, errors) != (0, "", ""):
        raise WrongOutput(f"nothing was to be said: exit code {code}: {errors or output}")


def timed(work: Callable[[_Part], object], parts: Iterable[_Part]) -> Sample:
    """The times of doing this to each of the parts, in this process; its memory is not looked at."""
    begun, spent = time.perf_counter(), time.process_time()
    for part in parts:
        work(part)
    return Sample(time.perf_counter() - begun, time.process_time() - spent, 0)


def turns(takes: Sequence[Callable[[], Mapping[str, Sample]]], runs: int) -> dict[str, list[Sample]]:
    """A B C A B C ...: what the machine does besides hits all alike. One round before the first is not counted.

    Each of ``takes`` gives one sample of whatever it measures, by name. So of any two names the samples of one index
    were taken one soon after the other.
    """
    samples: dict[str, list[Sample]] = {}
    for turn in range(-1, runs):
        for take in takes:
            for name, sample in take().items():
                if turn >= 0:
                    samples.setdefault(name, []).append(sample)
    return samples


def in_turns(works: Sequence[Work], runs: int) -> dict[str, list[Sample]]:
    """Whole processes in turns."""
    return turns([partial(_taken, work) for work in works], runs)


def _taken(work: Work) -> dict[str, Sample]:
    return {work.name: run_once(work)}


def spread(values: Sequence[float]) -> Spread:
    """Least, median, and the value that one in twenty exceeds."""
    ordered = sorted(values)
    return Spread(ordered[0], statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))])


def walls(samples: Sequence[Sample]) -> Spread:
    """Spread of the wall-clock seconds."""
    return spread([sample.wall for sample in samples])


def cpus(samples: Sequence[Sample]) -> Spread:
    """Spread of the seconds of processor time, user and system."""
    return spread([sample.cpu for sample in samples])


def peak(samples: Sequence[Sample]) -> int:
    """The largest resident set of all runs, in bytes; on Linux never less than this process's own."""
    return max(sample.peak for sample in samples)


def figures(samples: Sequence[Sample]) -> dict[str, Any]:
    """All of it in milliseconds and bytes, for JSON."""
    return {
        "wall_ms": {name: round(value * 1000, 2) for name, value in walls(samples)._asdict().items()},
        "cpu_ms": {name: round(value * 1000, 2) for name, value in cpus(samples)._asdict().items()},
        "peak_bytes": peak(samples),
        "runs": len(samples),
    }


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int = 1) -> str:
    """A Markdown table; the first so many columns are texts, the others are numbers."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        [
            cell.ljust(width) if column < texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in (head, *rows)
    ]
    lines.insert(1, ["-" * width if n < texts else "-" * (width - 1) + ":" for n, width in enumerate(widths)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

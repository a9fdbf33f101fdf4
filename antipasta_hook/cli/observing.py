"""What of a run goes to files and to people who want to know why: imported only where somebody asked for any of it.

Whatever cannot be written is said, and changes no exit code: a full disk under the log must not cost a commit.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from antipasta_hook import __version__
from antipasta_hook.cli.appending import append, append_row
from antipasta_hook.cli.outputs import is_a_stream, save, save_bytes
from antipasta_hook.cli.streams import say
from antipasta_hook.config.settings import Settings, Value
from antipasta_hook.model import Asked, Failure, Report, Span
from antipasta_hook.telemetry.decisions import Decision, Grounds, decisions
from antipasta_hook.telemetry.log import Log, LogLevel
from antipasta_hook.telemetry.record import Circumstances, Record, Usage, failed, recorded

if TYPE_CHECKING:
    from collections.abc import Callable
    from cProfile import Profile

    from antipasta_hook.optimizer import PreCommitOptimizer

LARGEST_LOG: Final = 4_000_000
"""Bytes, after which a log is put aside and a new one begun."""
_STATS: Final = (".json", ".csv", ".prom")


def stats_file(text: str) -> str:
    """A file for ``--stats``, whose ending says in which form it is written."""
    if not text.endswith(_STATS):
        raise argparse.ArgumentTypeError(f"{text!r} must end with one of {', '.join(_STATS)}, which says the form")
    return text


class Observer:
    """Watches one run, and tells of it in every form that was asked for."""

    def __init__(self, arguments: argparse.Namespace, asked: Asked, optimizer: "PreCommitOptimizer") -> None:
        self._arguments = _apart(arguments)
        self._asked = asked
        self._optimizer = optimizer
        self._log = Log(arguments.run_id, LogLevel[arguments.log_level.upper()]) if arguments.log else None
        self._write_log(lambda log: log.line(time.time(), LogLevel.INFO, "run-started", self._beginning()))
        optimizer.ledger.watch = self._step if self._log is not None else None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While the run goes on it is profiled, if that is wanted."""
        if not self._arguments.profile:
            yield
            return
        profile = _begun_profile()
        try:
            yield
        finally:
            if profile is not None:
                profile.disable()
                self._save(lambda path: _dump(profile, path), self._arguments.profile)

    def ended(self, report: Report, code: int) -> None:
        """It came to a verdict. Never raises what is an Exception: the exit code stands."""
        with _told_at_most():
            self._ended(report, code)

    def failed(self, failure: Failure, code: int) -> None:
        """Something stopped it. Never raises, as ``ended``."""
        with _told_at_most():
            self._failed(failure, code)

    def _ended(self, report: Report, code: int) -> None:
        about = self._circumstances()
        for decision in decisions(about, self._grounds(), report):
            self._decided(decision)
        record = recorded(about, report, code, executor=self._optimizer.executor, usage=usage())
        self._write_log(lambda log: "".join(log.judged(about.when, report)))
        self._tell(record)
        if self._arguments.trace:
            from antipasta_hook.telemetry.trace import render

            self._save(lambda path: save(render(about, report, code), path), self._arguments.trace)

    def _failed(self, failure: Failure, code: int) -> None:
        about = self._circumstances()
        for decision in decisions(about, self._grounds(), None):
            self._decided(decision)
        self._write_log(lambda log: log.problem(about.when, failure.problem))
        took = (time.perf_counter() - self._arguments.started) * 1000
        self._tell(failed(about, str(failure.kind), code, took)._replace(usage=usage()))

    def _tell(self, record: Record) -> None:
        self._write_log(lambda log: log.ended(record.circumstances.when, record))
        for path in self._arguments.stats or ():
            self._save(lambda place: _write_stats(record, place), path)
        if self._arguments.verbose > 1:
            from antipasta_hook.telemetry.summary import lines

            say("\n".join(lines(record)))

    def _decided(self, decision: Decision) -> None:
        if self._arguments.debug:
            say(f"{decision.topic}: {decision.text}")
        self._write_log(lambda log: log.decided(time.time(), decision))

    def _step(self, span: Span) -> None:
        self._write_log(lambda log: log.step(time.time(), span))

    def _write_log(self, lines: "Callable[[Log], str]") -> None:
        """Add to the log, until that fails once."""
        if self._log is None or not (text := lines(self._log)):
            return
        if not self._save(lambda path: append(path, text, largest=LARGEST_LOG), self._arguments.log):
            self._log = None

    def _save(self, write: "Callable[[str], object]", path: str) -> bool:
        """Whether a file could be written; where not it is said, once for all that is to be said."""
        try:
            write(path)
        except Failure as failure:
            say(str(failure))
        except OSError as error:
            say(f"cannot write {path}: {error.strerror or type(error).__name__}")
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in telling, what is told of stands
            say(f"cannot write {path}: {type(error).__name__}: {error}")
        else:
            return True
        return False

    def _beginning(self) -> dict[str, object]:
        command, why = self._arguments.command, self._asked.why
        return {"version": __version__, "command": command, "scope": str(self._asked.what), "why": why}

    def _circumstances(self) -> Circumstances:
        asked, directory = self._asked, self._optimizer.git_dir or self._arguments.directory
        return Circumstances(
            run_id=self._arguments.run_id,
            when=time.time(),
            command=self._arguments.command,
            scope=str(asked.what),
            why=asked.why,
            repository=_name(directory),
            version=__version__,
            python=".".join(map(str, sys.version_info[:3])),
        )

    def _grounds(self) -> Grounds:
        from antipasta_hook.metrics import engine_fingerprint

        optimizer = self._optimizer
        return Grounds(
            optimizer.compared,
            optimizer.reader,
            optimizer.reader_reason,
            _set(optimizer.settings),
            engine_fingerprint(),
            uses_cache=not self._arguments.no_cache,
            executor=optimizer.executor,
        )


def _apart(arguments: argparse.Namespace) -> argparse.Namespace:
    """The arguments without files to which something else goes already, which is said."""
    taken = {os.path.realpath(output.file) for output in arguments.outputs or () if output.file is not None}

    def own(option: str, path: str | None) -> str | None:
        if path is None or is_a_stream(path):
            return path
        place = os.path.realpath(path)
        if place in taken:
            say(f"{option} {path} is left out: something else goes to that file")
            return None
        taken.add(place)
        return path

    stats = [path for each in dict.fromkeys(arguments.stats or ()) if (path := own("--stats", each)) is not None]
    single = {name: own(f"--{name}", getattr(arguments, name)) for name in ("log", "trace", "profile")}
    return argparse.Namespace(**{**vars(arguments), "stats": stats, **single})


@contextmanager
def _told_at_most() -> Iterator[None]:
    """What goes wrong in telling of a run is said, and is no fault of the run."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - a verdict must not hang on who tells of it
        say(f"not all of the run could be told: {type(error).__name__}: {error}")


def _begun_profile() -> "Profile | None":
    """A profile that is being made; None, which is said, where this Python makes none, or another one is being made."""
    try:
        from cProfile import Profile

        profile = Profile()
        profile.enable()
    except (ImportError, ValueError) as error:
        say(f"there is no profile: {error}")
        return None
    return profile


def usage() -> Usage:
    """What the process has used so far, as far as the system says."""
    user, system, children_user, children_system, _ = os.times()
    return Usage((user + system) * 1000, (children_user + children_system) * 1000, *_peaks())


def _peaks() -> tuple[int, int]:
    """The most memory of this process and of its largest child, in bytes; 0 where nobody knows (Windows)."""
    if sys.platform == "win32":
        return 0, 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    own, children = (
        resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return _high_water() or own, children


def _high_water() -> int:
    """As Linux counts it since this program was started; what getrusage says may be of whoever started it."""
    try:
        with open("/proc/self/status", "rb") as file:
            lines = dict(line.split(b":", 1) for line in file.read().splitlines() if b":" in line)
        return int(lines[b"VmHWM"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return 0


def _name(directory: str) -> str:
    """What people call a repository: the directory that holds its ``.git``, or its own name where it is bare."""
    head, found, _ = (os.path.realpath(directory) + os.sep).partition(f"{os.sep}.git{os.sep}")
    return os.path.basename(head if found else head.rstrip(os.sep)).removesuffix(".git")


def _set(settings: Settings | None) -> dict[str, tuple[str, str]]:
    """What the run was told: every value that is no default, and where it is set."""
    values: dict[str, Value] = settings.values("") if settings is not None else {}
    return {key: (str(value.value), value.origin) for key, value in values.items() if value.origin is not None}


def _write_stats(record: Record, path: str) -> None:
    if path.endswith(".csv"):
        from antipasta_hook.telemetry.row import header, row

        append_row(path, header(), row(record))
        return
    if path.endswith(".prom"):
        from antipasta_hook.telemetry.prometheus import render
    else:
        from antipasta_hook.telemetry.document import render
    save(render(record), path)


def _dump(profile: "Profile", path: str) -> None:
    """For ``python -m pstats``, snakeviz and the like."""
    import marshal

    profile.create_stats()
    save_bytes(marshal.dumps(profile.stats), path)

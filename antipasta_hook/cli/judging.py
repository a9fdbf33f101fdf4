"""What the commands that judge have in common: their arguments, what is said and where, what is kept, the exit code."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final, NamedTuple

from antipasta_hook.cli.codes import EXIT_BLOCKED, EXIT_CANNOT_JUDGE, EXIT_PASS
from antipasta_hook.cli.modes import SWITCH, Switch, is_commit, is_push, switch
from antipasta_hook.cli.notes import is_hidden, is_well, keep_report, keep_run, repeat
from antipasta_hook.cli.streams import put, say
from antipasta_hook.config.settings import BUDGET, Layer, Told, told
from antipasta_hook.model import Ask, Asked, Gate, Outcome, Report
from antipasta_hook.report import FORMATS, renderer
from antipasta_hook.verdict import is_unjudged

if TYPE_CHECKING:
    from antipasta_hook.analyse.course import Tell
    from antipasta_hook.cli.observing import Observer
    from antipasta_hook.optimizer import PreCommitOptimizer

_NAMES: Final = {
    Ask.STAGED: "commit",
    Ask.RANGE: "range",
    Ask.PUSH: "push",
    Ask.TREE: "tree",
    Ask.WORKTREE: "work tree",
    Ask.CI: "CI",
}


_MOST_JOBS: Final = 256


class Output(NamedTuple):
    """One ``--format``: its name, and the file it goes to (None: standard output)."""

    name: str
    file: str | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what every judging command takes."""
    parser.add_argument(
        "--gate", choices=[str(gate) for gate in Gate], help="what blocks (default: as set, or introduced)"
    )
    parser.add_argument(
        "--format",
        dest="outputs",
        action="append",
        type=_output,
        metavar="FORMAT[:FILE]",
        help=f"one of {', '.join(FORMATS)}; may be given several times",
    )
    parser.add_argument("--detail", choices=["normal", "full"], default="normal", help="full: leave nothing out")
    parser.add_argument("--config", metavar="FILE", help="use this settings file instead of the repository's")
    parser.add_argument(
        "--budget",
        type=_budget,
        default=argparse.SUPPRESS,
        metavar="TIME",
        help="how long it may take, such as 500ms or 2s, or none (default: as set, or 2s; a push 10s; CI none)",
    )
    add_workers(parser)
    parser.add_argument("--no-cache", action="store_true", help="measure everything anew, keep nothing")
    parser.add_argument("--reader", choices=["auto", "pygit2", "git"], help="who reads the repository")
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing when all is well")
    parser.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help="say what is judged, and by whom it was read; -vv: and where the time went",
    )
    add_exports(parser)


def add_exports(parser: argparse.ArgumentParser) -> None:
    """Declare where it is written what the run cost, and why it did what it did."""
    parser.add_argument(
        "--stats",
        action="append",
        type=_stats,
        metavar="FILE",
        help="write what was counted and timed: FILE.json, FILE.csv (a row more) or FILE.prom (for Prometheus)",
    )
    parser.add_argument("--log", metavar="FILE", help="add what happens to FILE, as JSON lines; it is rotated")
    parser.add_argument(
        "--log-level",
        choices=["debug", "info", "warning", "error"],
        default="info",
        help="what goes to the log (default: info; debug: every step and decision, too)",
    )
    parser.add_argument("--trace", metavar="FILE", help="write a timeline of the run, for Perfetto or chrome://tracing")
    parser.add_argument("--profile", metavar="FILE", help="write a profile of this process, for python -m pstats")


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Declare what says who measures, in place of whoever is quickest."""
    parser.add_argument(
        "--jobs", type=_jobs, metavar="N", help="how many files may be measured at a time (default: one a processor)"
    )
    parser.add_argument(
        "--executor",
        type=_executor,
        metavar="WHO",
        help="who measures: in-process, threads, processes or dask://HOST:PORT (default: whoever is quickest)",
    )


def judge(arguments: argparse.Namespace, asked: Asked) -> int:
    """Judge, report, and return the exit code; a Failure is left to the caller, who asks ``arguments.optimizer``."""
    arguments.asked = asked
    word = switch(os.environ)
    if _is_off(word, asked):
        return EXIT_PASS
    _look_at_places(arguments)
    _prepare(arguments)
    report = _judged(arguments)
    code = _tell(report, arguments, warn=word == Switch.WARN)
    if not arguments.no_cache:
        keep_run(arguments, report, code, os.environ)
    if arguments.observer is not None:
        arguments.observer.ended(report, code)
    return code


def _prepare(arguments: argparse.Namespace) -> None:
    """Who judges, and who watches that."""
    from antipasta_hook.optimizer import PreCommitOptimizer

    arguments.run_id = os.urandom(8).hex()
    arguments.optimizer = optimizer = PreCommitOptimizer(
        arguments.directory,
        asked=arguments.asked,
        told=Told(_flags(arguments), arguments.config, arguments.jobs, arguments.executor),
        files=() if arguments.asked.what == Ask.PUSH else arguments.files,
        use_cache=not arguments.no_cache,
        started=arguments.started,
    )
    optimizer.rolls_up = arguments.detail != "full"
    arguments.observer = _observer(arguments, optimizer)


def _judged(arguments: argparse.Namespace) -> Report:
    observer, rated = arguments.observer, _is_for_machines(arguments)
    with _watch(arguments.asked, arguments) as tell, observer.watching() if observer else nullcontext():
        report: Report = arguments.optimizer.run(rated=rated, tell=tell)
    return report


def _tell(report: Report, arguments: argparse.Namespace, *, warn: bool) -> int:
    """Say what came of it, keep what was not seen, and give the exit code; ``warn``: it never blocks."""
    optimizer, asked = arguments.optimizer, arguments.asked
    _tell_how(optimizer, report, arguments)
    late = None if asked.strict else optimizer.stops_late
    _show(report, arguments, late, silent=_is_silent(report, asked, arguments), warn=warn)
    stopped = not asked.strict and late is None and _stops_unjudged(optimizer, report)
    code = _exit_code(report, strict=asked.strict or late is not None or stopped)
    _remember(report, optimizer.git_dir, asked, blocked=code != EXIT_PASS and not warn)
    return EXIT_PASS if warn else code


def _is_off(word: Switch, asked: Asked) -> bool:
    """Whether nothing is to be judged this time, which is said."""
    off = word == Switch.OFF or (word == Switch.PUSH and asked.what == Ask.STAGED)
    if off:
        say(f"{SWITCH}={word}: not judged" + (", the push will be" if word == Switch.PUSH else ""))
    return off


def _look_at_places(arguments: argparse.Namespace) -> None:
    """Refuse a file that cannot be written before time is spent on what it is to hold."""
    files = [output.file for output in arguments.outputs or () if output.file is not None]
    if files:
        from antipasta_hook.cli.outputs import require_places

        require_places(files)


def _observer(arguments: argparse.Namespace, optimizer: "PreCommitOptimizer") -> "Observer | None":
    """Who tells more of the run than its report does; None where nobody asked for it."""
    told = (arguments.stats, arguments.log, arguments.trace, arguments.profile, arguments.debug)
    if not any(told) and arguments.verbose < 2:
        return None
    from antipasta_hook.cli.observing import Observer

    return Observer(arguments, arguments.asked, optimizer)


def _tell_how(optimizer: "PreCommitOptimizer", report: Report, arguments: argparse.Namespace) -> None:
    """What is judged and who read it, who measured it and why, for who asked for that."""
    asked = arguments.asked
    if arguments.verbose:
        say(f"judging: {_NAMES[asked.what]} ({asked.why}), read by {optimizer.reader}")
        say(f"the cache knew {report.cost.hits:,} files, and did not know {report.cost.misses:,}")
    if arguments.verbose or (asked.what == Ask.CI and not arguments.quiet):  # what a red job is asked first
        say("\n".join(map("compared: {}".format, optimizer.compared)))


@contextmanager
def _watch(asked: Asked, arguments: argparse.Namespace) -> "Iterator[Tell | None]":
    """What is to be called while it goes on; None at a commit and at a push, which have no time to take long."""
    if not asked.strict and asked.what != Ask.TREE:
        yield None
        return
    from antipasta_hook.cli.progress import files, watched

    with watched(quiet=arguments.quiet) as progress:
        yield lambda step: progress.tell(files(step))


def _is_for_machines(arguments: argparse.Namespace) -> bool:
    return arguments.debug or any(output.name == "json" for output in arguments.outputs or ())


def _flags(arguments: argparse.Namespace) -> Layer:
    given = {name: getattr(arguments, name) for name in ("gate", "reader")}
    flags = {name: value for name, value in given.items() if value is not None}
    return told(**flags, **({BUDGET: arguments.budget} if "budget" in arguments else {}))


def _stops_unjudged(optimizer: "PreCommitOptimizer", report: Report) -> bool:
    """Whether the settings have it stopped that something could not be judged, which is said then.

    Whether that for which there was no time stops it is another setting's to say.
    """
    settings = optimizer.settings
    if settings is None or settings.run().on_error != "fail" or not is_unjudged(report.verdict):
        return False
    origin = settings.values("")["on_error"].origin
    say(f"what could not be judged stops it: on_error is fail ({origin})")
    return True


def _exit_code(report: Report, *, strict: bool) -> int:
    if report.verdict.outcome == Outcome.FAIL:
        return EXIT_BLOCKED
    return EXIT_CANNOT_JUDGE if strict and report.verdict.outcome == Outcome.INCOMPLETE else EXIT_PASS


def _is_silent(report: Report, asked: Asked, arguments: argparse.Namespace) -> bool:
    """Whether nobody needs to be told: in a hook a pass says nothing unless it is asked to."""
    if arguments.verbose or not is_well(report):
        return False
    return bool(arguments.quiet or is_commit(os.environ) or is_push(asked, os.environ))


def _show(report: Report, arguments: argparse.Namespace, late: str | None, *, silent: bool, warn: bool) -> None:
    full, push = arguments.detail == "full", is_push(arguments.asked, os.environ)
    for output in sorted(arguments.outputs or [Output("text", None)], key=lambda output: output.file is not None):
        if output.file is not None:
            from antipasta_hook.cli.outputs import save

            save(renderer(output.name)(report, full=full), output.file)
        elif output.name != "text":
            put(renderer(output.name)(report, full=full))
        elif not silent:
            from antipasta_hook.cli.screen import show

            show(report, full=full, push=push, warn=warn, stops_late=late)
    for remark in report.cost.remarks:
        say(remark.sentence)


def _remember(report: Report, git_dir: str, asked: Asked, *, blocked: bool) -> None:
    """In a hook keep what a pass had to say; where it can be seen, repeat what could not be seen before."""
    push = is_push(asked, os.environ)
    if not (push or is_commit(os.environ)):
        return
    if blocked or push:
        repeat(git_dir, os.environ, seen=blocked or not is_hidden(os.environ))
    if not blocked and not is_well(report):
        keep_report(report, git_dir, "push" if push else "commit", os.environ)


def _budget(text: str) -> float | None:
    from antipasta_hook.config.values import budget

    try:
        return budget(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {_MOST_JOBS}, not {text!r}")
    return int(text)


def _executor(text: str) -> str:
    from antipasta_hook.cli.executors import executor

    return executor(text)


def _stats(text: str) -> str:
    from antipasta_hook.cli.observing import stats_file

    return stats_file(text)


def _output(text: str) -> Output:
    name, _, file = text.partition(":")
    if name not in FORMATS:
        raise argparse.ArgumentTypeError(f"no format {name!r}: choose from {', '.join(FORMATS)}")
    return Output(name, file or None)

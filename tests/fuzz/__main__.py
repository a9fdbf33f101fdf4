"""``python -m tests.fuzz``: the long runs."""

import argparse
import sys
import time

from tests.fuzz import mutants, packages, running


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 where something was found."""
    options = _parser().parse_args(arguments)
    return int(options.work(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    commands = parser.add_subparsers(required=True)
    fuzz = commands.add_parser("run", help="targets, one after another, and a table of what came of it")
    fuzz.add_argument("targets", nargs="*", metavar="TARGET", help=f"default: all of {', '.join(running.TARGETS)}")
    fuzz.add_argument("--minutes", type=float, default=30, help="at most, for each target (30)")
    fuzz.add_argument("--inputs", type=int, default=100_000, help="at most, for each target (100,000)")
    fuzz.add_argument("--first", type=int, default=0, help="another number draws other inputs")
    fuzz.set_defaults(work=_run)
    one = commands.add_parser("one", help="one target in this process; its figures as JSON")
    one.add_argument("target", choices=running.TARGETS)
    one.add_argument("inputs", type=int)
    one.add_argument("seconds", type=float)
    one.add_argument("first", type=int)
    one.set_defaults(work=_one)
    mutate = commands.add_parser("mutants", help="real files, damaged, each measured and held against radon")
    mutate.add_argument("--count", type=int, default=100_000, help="damaged variants of real files (100,000)")
    mutate.add_argument("--minutes", type=float, default=float("inf"), help="stop then, however many there were")
    mutate.add_argument("--start", type=int, default=0, help="the number of the first variant")
    mutate.add_argument("--oracle", action="store_true", help="compare every number with radon's and complexipy's")
    mutate.add_argument("--raw-limit", type=float, default=3.0, help="seconds a file for radon's line counts")
    mutate.add_argument(
        "--packages",
        nargs="*",
        default=packages.LARGE,
        metavar="NAME",
        help="whose files besides the standard library's",
    )
    mutate.add_argument("--jobs", type=int, default=2, help="processes that measure at the same time (2)")
    mutate.add_argument("--save", metavar="FOLDER", help="only write the variant --start there")
    mutate.set_defaults(work=_mutants)
    return parser


def _run(options: argparse.Namespace) -> int:
    unknown = set(options.targets) - set(running.TARGETS)
    if unknown:
        _say(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(running.TARGETS)}")
        return 2
    return running.run(
        options.targets, inputs=options.inputs, seconds=60 * options.minutes, first=options.first, say=_say
    )


def _one(options: argparse.Namespace) -> int:
    found = running.one(options.target, inputs=options.inputs, seconds=options.seconds, first=options.first)
    _say(found.written())
    return 0


def _mutants(options: argparse.Namespace) -> int:
    paths = packages.real_files(options.packages)
    if options.save:
        _say(mutants.save(options.start, paths, options.save))
        return 0
    started = time.perf_counter()
    limit = options.raw_limit if options.oracle else None
    numbers = range(options.start, options.start + options.count)
    wanted = mutants.Wanted(numbers, 60 * options.minutes, limit, options.jobs)
    code = mutants.run(paths, wanted, _say)
    _say(f"  {time.perf_counter() - started:.0f} s")
    return code


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

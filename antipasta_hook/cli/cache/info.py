"""``antipasta-hook cache info``: where the cache is, what is in it, and what limits it."""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from antipasta_hook.cache.runs import Runs
from antipasta_hook.changes import open_repository
from antipasta_hook.cli.cache.units import megabytes, moment
from antipasta_hook.cli.codes import EXIT_CANNOT_JUDGE, EXIT_PASS
from antipasta_hook.cli.streams import put, say
from antipasta_hook.model import Failure, Run
from antipasta_hook.report.words import count, printable
from antipasta_hook.telemetry.history import hit_rate

if TYPE_CHECKING:
    from antipasta_hook.cache.inventory import Contents, Part
    from antipasta_hook.replay.holdings import Holding

_MOST: Final = 20
_NOUNS: Final = frozenset({"measurement", "layout", "roll-up"})
_ROW: Final = "  {:<10} {}\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """In which form."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for people, or one JSON document")
    parser.epilog = "Nothing is made or changed. Exit code 3: a cache cannot be read, and why."


def run(arguments: argparse.Namespace) -> int:
    """Say what there is; 3 where a store cannot be read."""
    from antipasta_hook.replay.holdings import holdings

    found = list(holdings(arguments.directory, os.environ))
    for problem in _problems(found):
        say(problem)
    if arguments.format == "json":
        known = hit_rate(_runs(arguments.directory))
        put(f"{json.dumps({'stores': [_facts(each) for each in found], 'hit_rate': known}, indent=2)}\n")
    else:
        put("\n".join("".join(_lines(each)) for each in found))
        put(_hit_rate(_runs(arguments.directory)))
    return EXIT_CANNOT_JUDGE if any(each.trouble for each in found) else EXIT_PASS


def _runs(directory: str) -> list[Run]:
    """The latest runs of the repository that this is called in, if it is in one."""
    try:
        with open_repository(directory, os.environ) as repository:
            return Runs(repository.git_dir, os.environ).all()
    except Failure:
        return []


def _hit_rate(runs: Sequence[Run]) -> str:
    known = hit_rate(runs)
    if known is None:
        return ""
    return f"\nof this repository's latest {count(len(runs), 'run')} it knew {known:.0%} of the files\n"


def _problems(found: Sequence["Holding"]) -> Iterator[str]:
    """What is said beside the report, once; the report has the troubles of the stores themselves."""
    said = (each.place.limits.problem for each in found)
    yield from dict.fromkeys(problem.sentence for problem in said if problem is not None)


def _lines(holding: "Holding") -> Iterator[str]:
    directory, _, origin, limits = holding.place
    yield f"{printable(directory)} (from {origin})\n"
    if holding.trouble is not None:
        yield _ROW.format("state", printable(_sentence(holding)))
    elif holding.contents is None:
        yield _ROW.format("state", "there is no cache yet: a run that can use one makes it")
    else:
        yield from _contents(holding.contents)
    yield _ROW.format("limit", f"{megabytes(limits.size)} (from {limits.size_origin})")
    yield _ROW.format("eviction", f"{limits.eviction} (from {limits.eviction_origin})")
    if holding.contents is not None and holding.contents.parts:
        yield from _parts(holding.contents.parts)


def _sentence(holding: "Holding") -> str:
    return "" if holding.trouble is None else holding.trouble.problem.sentence


def _contents(contents: "Contents") -> Iterator[str]:
    parts = contents.parts
    total = sum(part.entries for part in parts)
    kinds = [_kind(number, kind) for kind, number in sorted(_by_kind(parts).items())]
    yield _ROW.format("entries", f"{total:,}: {', '.join(kinds)}" if kinds else "none")
    values = sum(part.size for part in parts)
    yield _ROW.format("size", f"{megabytes(contents.size)} on disk, {megabytes(values)} of values")
    if total:
        yield _ROW.format("stored", f"from {moment(contents.oldest)} to {moment(contents.newest)}")


def _kind(number: int, kind: str) -> str:
    return count(number, kind) if kind in _NOUNS else f"{number:,} {kind}"


def _by_kind(parts: Sequence["Part"]) -> Mapping[str, int]:
    kinds: Counter[str] = Counter()
    for part in parts:
        kinds[part.kind] += part.entries
    return kinds


def _parts(parts: Sequence["Part"]) -> Iterator[str]:
    yield "  by engine\n"
    shown = parts[:_MOST]
    width = max(len(_name(part)) for part in shown)
    for part in shown:
        yield f"    {_name(part):<{width}}  {part.entries:>9,}  {megabytes(part.size):>11}  {_standing(part)}\n"
    if len(parts) > _MOST:
        yield f"    and {count(len(parts) - _MOST, 'other')}\n"
    if any(part.kind not in _NOUNS for part in parts):
        yield "  what is of another version goes with: antipasta-hook cache prune\n"


def _name(part: "Part") -> str:
    return printable(part.family[:80]) or "(no key of this tool)"


def _standing(part: "Part") -> str:
    return "in use" if part.kind in _NOUNS else part.kind


def _facts(holding: "Holding") -> dict[str, Any]:
    directory, _, origin, limits = holding.place
    return {
        "directory": directory.encode("utf-8", "backslashreplace").decode(),
        "from": origin,
        "state": _state(holding),
        "problem": _sentence(holding) or None,
        "limit": {"bytes": limits.size, "from": limits.size_origin},
        "eviction": {"policy": limits.eviction, "from": limits.eviction_origin},
        "contents": None if holding.contents is None else _contained(holding.contents),
    }


def _state(holding: "Holding") -> str:
    if holding.trouble is not None:
        return "unusable"
    return "absent" if holding.contents is None else "usable"


def _contained(contents: "Contents") -> dict[str, Any]:
    return {
        "entries": sum(part.entries for part in contents.parts),
        "kinds": dict(sorted(_by_kind(contents.parts).items())),
        "bytes_on_disk": contents.size,
        "bytes_of_values": sum(part.size for part in contents.parts),
        "oldest": contents.oldest,
        "newest": contents.newest,
        "engines": [
            {"name": printable(part.family), "entries": part.entries, "bytes": part.size, "in_use": part.kind in _NOUNS}
            for part in contents.parts
        ],
    }

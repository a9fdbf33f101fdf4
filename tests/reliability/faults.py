"""Each call that leaves the process made to fail once, in turn: ``python -m tests.reliability faults``.

A run with a fault must end in a documented exit code, with a message, without a traceback, and leave nothing behind. It
must never pass what it did not judge.
"""

import argparse
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from tests.reliability.ground import Done, Ground, positive

PRELUDE: Final = Path(__file__).with_name("failing.py")
_NOT_JUDGED: Final = re.compile(
    r"not judged|nothing was judged|Not checked|not looked at|could not be (looked at|measured)|unjudged"
)
_MISTAKES: Final = ("a place that can be written", "the current directory does not exist")
"""What is said to a caller who names a place that is not there, as far as can be seen."""
_OURS: Final = ("Traceback (most recent call last)", "internal error", "Exception ignored")


class Call(NamedTuple):
    """One that is counted: which it is, in how many ways it can fail, and who asks for it."""

    number: int
    what: str
    ways: int
    place: str


class Fault(NamedTuple):
    """One call that fails in one way."""

    scenario: str
    call: Call
    way: int

    def __str__(self) -> str:
        """For people."""
        return f"{self.scenario}: call {self.call.number} ({self.call.what} by {self.call.place}), way {self.way}"


class Scenario(NamedTuple):
    """One command in one environment.

    ``bad``: there is a function that has to block; ``large``: there is so much to measure that the cache pays;
    ``warm``: the cache knows it already.
    """

    arguments: tuple[str, ...]
    is_commit: bool
    bad: bool = True
    large: bool = False
    warm: bool = False


_CI: Final = ("ci", "--base", "origin/main")
_ALWAYS: Final = ("--budget", "none")
SCENARIOS: Final = {
    "commit": Scenario(("run", *_ALWAYS), is_commit=True),
    "commit, read by git": Scenario(("run", *_ALWAYS, "--reader", "git"), is_commit=True),
    "commit, children": Scenario(("run", *_ALWAYS, "--executor", "processes", "--jobs", "2"), is_commit=True),
    "commit, cold cache": Scenario(("run", *_ALWAYS), is_commit=True, large=True),
    "commit, warm cache": Scenario(("run", *_ALWAYS), is_commit=True, large=True, warm=True),
    "commit, nothing bad": Scenario(("run", *_ALWAYS), is_commit=True, bad=False),
    "CI": Scenario((*_CI, "--format", "text", "--format", "json:{out}/report.json"), is_commit=False),
    "CI, read by git": Scenario((*_CI, "--reader", "git"), is_commit=False),
    "CI, warm cache": Scenario(_CI, is_commit=False, warm=True),
    "CI, children": Scenario((*_CI, "--executor", "processes", "--jobs", "2"), is_commit=False),
    "CI, nothing bad": Scenario(_CI, is_commit=False, bad=False),
}


class Place:
    """A copy of a scenario's ground, for one run after the other."""

    def __init__(self, path: Path, scenario: Scenario) -> None:
        self._scenario = scenario
        self._ground = ground = Ground(path)
        self._log = path / "calls"
        self._out = path / "out"
        self._kept = path / "kept"
        ground.fill(bad=scenario.bad, large=scenario.large)
        if not scenario.is_commit:
            ground.commit()
        if scenario.warm:
            self.run()
            ground.cache.rename(self._kept)

    def run(self, number: int = 0, way: int = 0) -> Done:
        """The command with one fault, or (0) with none; the cache is as it was each time."""
        shutil.rmtree(self._ground.cache, ignore_errors=True)
        if self._kept.exists():
            shutil.copytree(self._kept, self._ground.cache)
        shutil.rmtree(self._out, ignore_errors=True)
        self._out.mkdir()
        self._log.unlink(missing_ok=True)
        env = self._ground.hook_environment if self._scenario.is_commit else self._ground.ci_environment
        arguments = [each.format(out=self._out) for each in self._scenario.arguments]
        done = self._ground.run(*arguments, env=env, prelude=(str(PRELUDE), str(self._log), str(number), str(way)))
        unfinished = [str(path) for path in self._out.iterdir() if path.name != "report.json"]
        return done._replace(left=(*done.left, *unfinished))

    def calls(self) -> list[Call]:
        """What the last run called."""
        lines = (line.split(" ") for line in self._log.read_text().splitlines())
        return [Call(number, what, int(ways), place) for number, (what, ways, place, *_) in enumerate(lines, 1)]

    @property
    def hit(self) -> str | None:
        """The call that failed in the last run."""
        return next((line for line in self._log.read_text().splitlines() if " fails " in line), None)


def wrong(done: Done, scenario: Scenario, hit: str | None) -> str | None:
    """What is wrong with the end of a run in which something failed; None where nothing is.

    ``hit`` is the call that failed: where that was to say something, it could not.
    """
    return next((what for what, is_so in _looked_at(done, scenario, hit or "") if is_so), None)


def _looked_at(done: Done, scenario: Scenario, hit: str) -> Iterator[tuple[str, bool]]:
    """What could be wrong, and whether it is, the worst first."""
    said = done.out + done.err
    refused = done.code == 2 and any(words in said for words in _MISTAKES)
    documented = {0, 1} if scenario.is_commit else {0, 1, 3}
    yield f"left behind: {', '.join(done.left)}", bool(done.left)
    yield from ((f"says {words}", words in said) for words in _OURS)
    yield f"exit code {done.code}", done.code not in documented and not refused
    judge = _with_bad if scenario.bad else _without_bad
    yield from judge(done.code, said, is_commit=scenario.is_commit, silent=hit.startswith(("stdout.", "stderr.")))


def _with_bad(code: int, said: str, *, is_commit: bool, silent: bool) -> Iterator[tuple[str, bool]]:
    told = bool(_NOT_JUDGED.search(said))
    yield "passes on CI", code == 0 and not is_commit
    yield "a false pass", code == 0 and not told
    yield "does not say what was not judged", code == 3 and not (told or silent)
    yield "blocks without a word of what", code == 1 and not ("bad" in said or silent)


def _without_bad(code: int, said: str, *, is_commit: bool, silent: bool) -> Iterator[tuple[str, bool]]:
    yield "blocks what is not bad", code == 1
    yield "does not say what was not judged", code == 3 and not (is_commit or silent or _NOT_JUDGED.search(said))


def faults_of(name: str, calls: Sequence[Call], *, all_ways: bool) -> Iterator[Fault]:
    """Each of these calls, failing in every way in which it can, or in one: in another way than the one before."""
    for call in calls:
        ways = range(call.ways) if all_ways else (call.number % call.ways,)
        yield from (Fault(name, call, way) for way in ways)


def tried(faults: Sequence[Fault], directory: Path, *, jobs: int = 2) -> Iterator[tuple[Fault, Done, str | None]]:
    """Each fault, what became of the run, and what is wrong with that."""
    places: dict[tuple[str, int], Place] = {}

    def some(share: int) -> list[tuple[Fault, Done, str | None]]:
        found = []
        for fault in faults[share::jobs]:
            scenario = SCENARIOS[fault.scenario]
            key = fault.scenario, share
            if key not in places:
                places[key] = Place(directory / f"{fault.scenario} {share}".replace(",", ""), scenario)
            place = places[key]
            done = place.run(fault.call.number, fault.way)
            found.append((fault, done, wrong(done, scenario, place.hit)))
        return found

    with ThreadPoolExecutor(jobs) as threads:
        for found in threads.map(some, range(jobs)):
            yield from found


def counted(name: str, directory: Path) -> list[Call]:
    """The calls of a scenario in which nothing fails. Raises where it does not end as it has to."""
    scenario = SCENARIOS[name]
    place = Place(directory / f"{name} counted".replace(",", ""), scenario)
    done = place.run()
    if done.code != int(scenario.bad) or done.left:
        raise AssertionError(f"{name} without a fault: {done}")
    return place.calls()


def main(arguments: list[str]) -> int:
    """All of them, or those of some scenarios; 1 where any ends as it must not."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability faults", description=__doc__)
    parser.add_argument(
        "scenarios", nargs="*", metavar="SCENARIO", type=_scenario, help=f"of: {'; '.join(SCENARIOS)} (default: all)"
    )
    parser.add_argument("--all-ways", action="store_true", help="each call in every way in which it can fail")
    parser.add_argument("--every", type=positive, default=1, metavar="N", help="only every N-th fault")
    parser.add_argument("--jobs", type=positive, default=2, metavar="N", help="how many at a time")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what was said where something is wrong")
    options = parser.parse_args(arguments)
    good = True
    with tempfile.TemporaryDirectory(prefix="faults") as temporary:
        print("| scenario | calls | faults | as they must | exit codes |\n|---|---|---|---|---|")
        for name in options.scenarios or SCENARIOS:
            directory = Path(temporary, name.replace(",", ""))
            good &= _report(name, directory, options)
    return 0 if good else 1


def _scenario(text: str) -> str:
    if text not in SCENARIOS:
        raise argparse.ArgumentTypeError(f"there is no {text!r}, but {'; '.join(SCENARIOS)}")
    return text


def _report(name: str, directory: Path, options: argparse.Namespace) -> bool:
    calls = counted(name, directory)
    faults = list(faults_of(name, calls, all_ways=options.all_ways))[:: options.every]
    codes: Counter[int] = Counter()
    bad: list[str] = []
    for fault, done, what in tried(faults, directory, jobs=options.jobs):
        codes[done.code] += 1
        if what is not None:
            bad.append(f"{fault}: {what}" + (f"\n{done.out}{done.err}" if options.verbose else ""))
    ends = ", ".join(f"{code}: {count:,}" for code, count in sorted(codes.items()))
    print(
        f"| {name} | {len(calls):,} | {len(faults):,} | {(len(faults) - len(bad)) / len(faults):.1%} | {ends} |",
        flush=True,
    )
    for line in bad:
        print(f"    {line}")
    return not bad

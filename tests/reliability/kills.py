"""Commits and CI runs that are killed at a random moment: the next one is right, and nothing is left behind."""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.benchmarks.measure import table
from tests.benchmarks.repositories import edited, environment, files, repository
from tests.reliability.ground import positive
from tests.reliability.remains import members, outlived, verdict, wrong_with
from tests.reliability.writers import wrong_after_kills

SIGNALS: Final = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
TOOL: Final = [sys.executable, "-E", "-P", "-m", "antipasta_hook"]
PATIENCE: Final = 20.0
"""Seconds in which all that a killed run started has to end, on a busy machine."""
_BAD: Final = "def bad(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(12)) + "    return x\n"


class Scene(NamedTuple):
    """A run to be killed. ``code`` and ``report`` are what it comes to undisturbed, in so many ``seconds``."""

    name: str
    command: list[str]
    place: Path
    environ: dict[str, str]
    seconds: float
    code: int
    report: dict[str, Any] | None


class Outcome(NamedTuple):
    """How one killed run ended, how long its children outlived it, and all that was wrong then or at the next run."""

    scene: str
    number: signal.Signals
    code: int
    hit: bool
    outlived: float
    wrong: tuple[str, ...]


SCENES: Final = ("run", "ci", "ci, 2 children", "git commit")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much is done."""
    parser.add_argument("--runs", type=positive, default=500, metavar="N", help="runs to kill (default: %(default)s)")
    parser.add_argument(
        "--writers", type=positive, default=200, metavar="N", help="writers to kill (default: %(default)s)"
    )
    parser.add_argument("--only", metavar="SCENE", choices=SCENES, help=f"kill only these: one of {'; '.join(SCENES)}")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of what is random (default: %(default)s)")


def main(arguments: Sequence[str]) -> int:
    """Kill, look, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability kills", description=__doc__)
    add_arguments(parser)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="antipasta-kills-") as directory:
        root = Path(os.path.realpath(directory))
        outcomes: list[Outcome] = []
        with contextlib.suppress(KeyboardInterrupt):  # what was done until then is something, too
            outcomes.extend(_outcomes(root, options.runs, options.seed, options.only))
        unsound = list(wrong_after_kills(root / "written", options.writers, options.seed))
    print(summary(outcomes))
    print(f"\n{options.writers} processes killed that wrote to one store and emptied it: {len(unsound)} times wrong")
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    for outcome in wrong[:20]:
        print(f"WRONG: {outcome.scene}, {outcome.number.name}, exit code {outcome.code}: {'; '.join(outcome.wrong)}")
    for line in unsound[:20]:
        print(f"WRONG: {line}")
    return 1 if wrong or unsound else 0


def killed(root: Path, runs: int, seed: int) -> list[Outcome]:
    """So many runs, one after the other."""
    return list(_outcomes(root, runs, seed))


def _outcomes(root: Path, runs: int, seed: int, only: str | None = None) -> Iterator[Outcome]:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # or what a shell starts with & is deaf to it
    chance = random.Random(seed)
    scenes = [scene for scene in _scenes(root) if only in (None, scene.name)]
    for number in range(runs):
        scene, kind = scenes[number % len(scenes)], SIGNALS[number // len(scenes) % len(SIGNALS)]
        # Every other run has a cache that is made in it; all others share one that has seen all kills before.
        cache = root / (f"cache {number}" if chance.random() < 0.5 else "cache")
        environ = scene.environ | {"ANTIPASTA_CACHE_DIR": str(cache)}
        yield _outcome(scene._replace(environ=environ), kind, chance.uniform(0, 1.05 * scene.seconds), cache)
        if cache.name != "cache":
            shutil.rmtree(cache, ignore_errors=True)
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {runs}", end="", file=sys.stderr)


def _scenes(root: Path) -> Iterator[Scene]:
    environ = environment(root)
    del environ["GIT_INDEX_FILE"], environ["GIT_PREFIX"]
    environ |= {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    base = {f"src/m{number:02}.py": source for number, source in enumerate(files(6, 300))}
    base[".antipasta.yaml"] = "budget: none\n"  # on a busy machine, too
    staged = {path: edited(base[path]) for path in base if path.endswith(".py")} | {"src/bad.py": _BAD}
    place = repository(root / "repository", environ, base, staged)
    (place / "out").mkdir()
    hook = environ | {"GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": ""}
    report = ["-q", "--format", "json:out/report.json"]
    yield _tried("run", [*TOOL, "run", "--budget", "none", *report], place, hook)

    target = repository(root / "branch", environ, base, staged)
    git = ["git", "-C", str(target)]
    subprocess.run([*git, "commit", "-q", "-m", "change"], env=environ, check=True)
    (target / "out").mkdir()
    ci = [*TOOL, "ci", "--base", "HEAD~1", *report, "--format", "sarif:out/report.sarif"]
    yield _tried("ci", ci, target, environ)
    yield _tried("ci, 2 children", [*ci, "--executor", "processes", "--jobs", "2"], target, environ)

    hooked = repository(root / "hooked", environ, base, staged)
    subprocess.run(["git", "-C", str(hooked), "tag", "base"], env=environ, check=True)
    subprocess.run([*TOOL, "install"], cwd=hooked, env=environ, check=True, capture_output=True)
    yield _tried("git commit", ["git", "commit", "-q", "-m", "change"], hooked, environ)


def _tried(name: str, command: list[str], place: Path, environ: dict[str, str]) -> Scene:
    """A scene, with what it comes to undisturbed: measured twice, without a cache and with one."""
    own = environ | {"ANTIPASTA_CACHE_DIR": f"{place}-cache"}
    scene = Scene(name, command, place, own, 0.0, 0, None)
    spent = []
    for _ in range(2):
        begun = time.monotonic()
        code = subprocess.run(command, cwd=place, env=own, capture_output=True, check=False).returncode
        spent.append(time.monotonic() - begun)
    assert code == 1, f"{name}: exit code {code}"
    report = place / "out" / "report.json"
    return scene._replace(seconds=max(spent), code=code, report=verdict(report) if report.exists() else None)


def _outcome(scene: Scene, number: signal.Signals, after: float, cache: Path) -> Outcome:
    process = subprocess.Popen(
        scene.command,
        cwd=scene.place,
        env=scene.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    time.sleep(after)
    hit = _send(process, number)
    _, said = process.communicate(timeout=120)
    seconds, orphans = outlived(process.pid, PATIENCE)
    wrong = [f"outlived it: {orphan}" for orphan in orphans]
    wrong += _wrong_code(scene, number, process.returncode, hit=hit)
    if b"Traceback" in said and b"antipasta_hook/" in said:
        wrong.append(said.decode(errors="replace")[-500:])
    _undo(scene)
    wrong += _wrong_next(scene)
    _undo(scene)
    wrong += wrong_with(cache)
    return Outcome(scene.name, number, process.returncode, hit, seconds, tuple(wrong))


def _send(process: "subprocess.Popen[bytes]", number: signal.Signals) -> bool:
    """Signal the tool itself, which may be a child of git's hook; whether it was there to be hit."""
    pid = _tool(process.pid)
    while pid is None and process.poll() is None:  # git has not come to its hook yet
        pid = _tool(process.pid)
    if pid is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
        return True
    return False


def _tool(session: int) -> int | None:
    return min((pid for pid, called in members(session).items() if "-m antipasta_hook" in called), default=None)


def _wrong_code(scene: Scene, number: signal.Signals, code: int, *, hit: bool) -> list[str]:
    """Before the tool's first line it is Python that is hit: by the signal itself, or with an exit code of 1."""
    if scene.name == "git commit":  # a hook that was killed for good does not block
        expected = {1, 0} if number == signal.SIGKILL else {1}
    elif number == signal.SIGKILL:
        expected = {scene.code, -number}
    else:
        expected = {scene.code, -number, 128 + number}
    return [] if code in expected or not hit else [f"exit code {code}"]


def _undo(scene: Scene) -> None:
    """A commit whose hook was killed for good was made; all of it is staged again."""
    if scene.name == "git commit":
        git = ["git", "-C", str(scene.place), "reset", "-q", "--soft", "base"]
        subprocess.run(git, env=scene.environ, check=True)


def _wrong_next(scene: Scene) -> Iterator[str]:
    """What is wrong with the next run, which nobody disturbs."""
    out = scene.place / "out"
    for name in ("report.json", "report.sarif"):
        with contextlib.suppress(FileNotFoundError):
            (out / name).unlink()
    done = subprocess.run(scene.command, cwd=scene.place, env=scene.environ, capture_output=True, check=False)
    if done.returncode != scene.code:
        yield f"the next run ended with exit code {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}"
    elif b"cache" in done.stderr:
        yield f"the next run said: {done.stderr.decode(errors='replace')[-300:]}"
    if scene.report is not None:
        if verdict(out / "report.json") != scene.report:
            yield "the next run said something else"
        yield from (f"left behind: {name}" for name in os.listdir(out) if name not in ("report.json", "report.sarif"))
    elif b"src/bad.py:1 bad" not in done.stderr:
        yield "the next commit was stopped for something else"
    left = [*scene.place.glob(".git/**/*.lock"), *scene.place.glob(".git/**/tmp*")]
    yield from (f"left behind: {path}" for path in left)


def summary(outcomes: Sequence[Outcome]) -> str:
    """One line for each scene and signal."""
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.scene, outcome.number.name].append(outcome)
        groups["all", ""].append(outcome)
    rows = []
    for (scene, number), found in sorted(groups.items(), key=lambda group: (group[0][0] == "all", group[0])):
        codes = ", ".join(f"{code}: {times}" for code, times in sorted(Counter(each.code for each in found).items()))
        wrong = sum(bool(each.wrong) for each in found)
        longest = max(each.outlived for each in found)
        rows.append([scene, number, str(len(found)), codes, f"{len(found) - wrong}", str(wrong), f"{longest:.2f}"])
    head = [
        "killed",
        "by",
        "runs",
        "exit codes",
        "next run right, nothing left",
        "wrong",
        "children outlived it by (s)",
    ]
    return table(head, rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Whole processes: what the start is made of, the memory that is held, what it costs to write down what a run cost."""

import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from antipasta_hook.cli import COMMANDS
from tests.benchmarks.baseline import LIBRARIES, PYTHON, python
from tests.benchmarks.commit import HOOK, uncached
from tests.benchmarks.full import CI, checked, committed, known, outside, sources
from tests.benchmarks.measure import Sample, Work, WrongOutput, in_turns, run_once, silent
from tests.benchmarks.repositories import Tree, edited, environment, files, repository
from tests.benchmarks.rows import Ground, Row, rows

TOOL: Final = [sys.executable, "-m", "antipasta_hook"]
PARTS: Final = ("pygit2", "diskcache", "complexipy", "antipasta_hook.cli", "antipasta_hook.optimizer")
ANSWERS: Final = (["--version"], ["run", "--help"], ["last"], ["cache", "info"], ["doctor"])
"""Commands that judge nothing; those that there are not are left out."""
OUTPUTS: Final = {"--stats": ("s.json", "s.prom"), "--log": ("l",), "--trace": ("t",)}
WITH, WITHOUT = "ci, all telemetry", "ci, no telemetry"
WITH_CACHED, WITHOUT_CACHED = f"{WITH}, cached", f"{WITHOUT}, cached"


def measured(ground: Ground) -> Iterator[Row]:
    """Start-up over Python, memory over that of the libraries, telemetry over none."""
    yield from rows("system", in_turns(list(starts(ground.root / "start")), ground.rounds), PYTHON)
    texts = sources(ground.pick(400, 60), ground.pick(200_000, 30_000))
    yield from rows("system", peaks(ground.root / "memory", texts, ground.rounds), LIBRARIES, units=["bytes"])
    samples = in_turns(list(telling(ground.root / "telemetry", texts)), ground.rounds)
    yield from rows("system", samples, WITHOUT, [WITH], units=["CPU s"], bars={WITH: 1.05})
    yield from rows("system", samples, WITHOUT_CACHED, [WITH_CACHED], units=["CPU s"])


def starts(root: Path) -> Iterator[Work]:
    """Python, each part that is imported, each command that answers without judging, and a hook with nothing to do."""
    root.mkdir()
    environ = environment(root) | {"ANTIPASTA_CACHE_DIR": str(root / "cache")}
    tree: Tree = {"a.py": "x = 1\n"}
    place = repository(root / "repository", environ, tree, tree)
    yield python("pass", PYTHON, place, environ)
    for part in PARTS:
        yield python(f"import {part}", f"import {part}", place, environ)
    for words in ANSWERS:
        if words[0] in COMMANDS or words[0].startswith("-"):
            yield Work(" ".join(words), [*TOOL, *words], str(place), environ, _answered)
    yield Work("run, nothing staged", HOOK, str(place), environ, silent)


def _answered(code: int, output: str, errors: str) -> None:
    if code not in {0, 1} or "Traceback" in errors:
        raise WrongOutput(f"exit code {code}: {errors or output}")


def peaks(root: Path, texts: Mapping[str, str], rounds: int) -> dict[str, list[Sample]]:
    """What a process holds at most, with all that it starts, each alone.

    They are started by a process that holds little: what a parent held is said of the child, too.
    """
    root.mkdir()
    environ = environment(root)
    base: Tree = {f"src/module_{number}.py": text for number, text in enumerate(files(10))}
    staged = {path: edited(text) for path, text in base.items()}
    repository(root / "staged", environ, base, staged)
    (root / "ci").mkdir()
    committed(root / "ci", outside(root / "ci"), texts)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as starter:
        return starter.submit(_held, root, list(base), len(texts), rounds).result()


def _held(root: Path, staged: list[str], count: int, rounds: int) -> dict[str, list[Sample]]:
    hook = uncached("run, 10 files staged", root / "staged", dict.fromkeys(staged, ""))
    everything = _ci(f"ci --jobs 1, {count} files", root / "ci", checked(count), ["--no-cache", "--jobs", "1"])
    return in_turns([python(LIBRARIES, LIBRARIES, root, environment(root)), hook, everything], rounds)


def telling(root: Path, texts: Mapping[str, str]) -> Iterator[Work]:
    """CI with all of its telemetry and with none, without a cache and with all known."""
    root.mkdir()
    committed(root, outside(root), texts)
    options = [word for name, ends in OUTPUTS.items() for end in ends for word in (name, str(root / end))]
    run_once(_ci("filling the cache", root, _answered, []))
    for names, check, cache in (
        ((WITHOUT, WITH), checked(len(texts)), ["--no-cache"]),
        ((WITHOUT_CACHED, WITH_CACHED), known, []),
    ):
        yield _ci(names[0], root, check, cache)
        yield _ci(names[1], root, _written(root, check), [*cache, *options])._replace(prepare=lambda: _unwritten(root))


def _ci(name: str, root: Path, check: Callable[[int, str, str], None], options: list[str]) -> Work:
    environ = outside(root) | {"ANTIPASTA_CACHE_DIR": str(root / "cache")}
    return Work(name, [*CI, *options], str(root / "repository"), environ, check)


def _unwritten(root: Path) -> None:
    for path in _paths(root):
        path.unlink(missing_ok=True)


def _written(root: Path, check: Callable[[int, str, str], None]) -> Callable[[int, str, str], None]:
    """The same check, and that all was written."""

    def both(code: int, output: str, errors: str) -> None:
        check(code, output, errors)
        if not all(path.exists() and path.stat().st_size for path in _paths(root)):
            raise WrongOutput("the telemetry was not written")

    return both


def _paths(root: Path) -> list[Path]:
    return [root / end for ends in OUTPUTS.values() for end in ends]

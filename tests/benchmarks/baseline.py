"""What everything is held against: bare Python, the libraries, git's own answer, bare parsing of the same sources."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.benchmarks.measure import Work, WrongOutput, in_turns, silent
from tests.benchmarks.repositories import edited, environment, files, repository
from tests.benchmarks.rows import Ground, Row, rows

PYTHON: Final = "python -c pass"
FLOOR: Final = "floor"
LIBRARIES: Final = "import pygit2, diskcache, complexipy"
BARE: Final = "ast.parse"
BARE_OFF: Final = "ast.parse, collector off"
PARSE: Final = """
import ast, gc, os, sys, warnings
warnings.simplefilter("ignore")
if sys.argv[2] == "off":
    gc.disable()
for name in os.listdir(sys.argv[1]):
    with open(os.path.join(sys.argv[1], name), "rb") as file:
        ast.parse(file.read())
"""


def python(statement: str, name: str, place: Path, environ: Mapping[str, str]) -> Work:
    """A Python that runs this, and says nothing."""
    return Work(name, [sys.executable, "-c", statement], str(place), environ, silent)


def parsing(place: Path, environ: Mapping[str, str], texts: Iterable[str]) -> tuple[Work, Work]:
    """A Python that parses these and does nothing else, with the garbage collector and without; written here."""
    place.mkdir()
    for number, text in enumerate(texts):
        (place / f"{number}.py").write_text(text, encoding="utf-8", newline="")

    def work(name: str, collector: str) -> Work:
        command = [sys.executable, "-c", PARSE, str(place), collector]
        return Work(name, command, str(place), environ, silent)

    return work(BARE, "on"), work(BARE_OFF, "off")


def _changed(code: int, output: str, errors: str) -> None:
    if code or errors or "@@" not in output:
        raise WrongOutput(f"git was to show a change: exit code {code}: {errors or output}")


def measured(ground: Ground) -> Iterator[Row]:
    """Each of them over the bare start of Python; the first over itself, which is what the machine's noise comes to."""
    root, environ = ground.root, environment(ground.root)
    base = {f"src/module_{number}.py": text for number, text in enumerate(files(3))}
    staged = {path: edited(text) for path, text in base.items()}
    place = repository(root / "repository", environ, base, staged)
    diff = ["git", "diff", "--cached"]
    works = [
        python("pass", PYTHON, place, environ),
        python("pass", f"{PYTHON}, once more", place, environ),
        python(LIBRARIES, LIBRARIES, place, environ),
        Work("git diff --cached, 3 files", diff, str(place), environ, _changed),
        *parsing(root / "flat", environ, [*base.values(), *staged.values()]),
    ]
    return rows("baseline", in_turns(works, ground.rounds), PYTHON)

"""All that ``python -m tests.benchmarks`` measures, by name."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Final, Protocol, cast

from tests.benchmarks.rows import Ground, Row

SUITES: Final[Mapping[str, str]] = {
    "baseline": "what everything is held against: Python, the libraries, git diff, bare parsing",
    "engine": "measuring sources, over parsing them and over radon and complexipy",
    "parallel": "CI with one and with several at a time, by each executor",
    "cache": "putting, getting, opening, cache info",
    "commit": "the hook with one and three files, known and unknown",
    "ci": "all files: cold, again, with one file changed",
    "system": "whole processes: start-up by part, memory, telemetry",
}
"""Name of a suite, and of its module, which has ``measured(ground)`` -> what it measures."""


class Suite(Protocol):
    """A module of benchmarks. Each one uses the directory that it is given, and raises WrongOutput."""

    measured: Callable[[Ground], Iterator[Row]]


def suite(name: str) -> Suite:
    """The module of a suite, which is imported only now."""
    return cast("Suite", import_module(f"tests.benchmarks.{name}"))

"""Other tools that measure complexity: what starts them, what shows that they did their work, what they compute."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from radon.complexity import cc_visit
from radon.visitors import Function

RADON: Final = ("radon cc", "radon mi", "radon hal", "radon raw")


class Truth(NamedTuple):
    """What is in a repository: files, files with a function or class, files with a function, average complexity."""

    files: float
    blocks: float
    functions: float
    average: float


class Tool(NamedTuple):
    """A program, what shows how much it has seen in its two streams, and which figure of the truth that is."""

    package: str
    commands: Mapping[str, Sequence[str]]
    seen: Callable[[str, str], float]
    truth: Callable[[str, Truth], float]
    computes: str


def _number(pattern: str) -> Callable[[str, str], float]:
    return lambda output, errors: float(re.findall(pattern, output + errors)[-1])


TOOLS: Final = (
    Tool(
        "radon==6.0.1",
        {name: (*name.split(), "-j", ".") for name in RADON},
        lambda output, _: len(json.loads(output)),
        lambda name, truth: truth.blocks if name == "radon cc" else truth.files,
        "one command each for cyclomatic complexity, maintainability index, Halstead and line counts of the files on "
        "disk, in one process; no cognitive complexity, nothing staged, no before and after, no cache; a file that "
        "does not parse is named, and the exit code is 0 whatever is found.",
    ),
    Tool(
        "xenon==0.9.3",
        {"xenon": ("xenon", "--max-average-num", "0", ".")},
        _number(r"total average complexity is ([\d.]+)"),
        lambda _, truth: truth.average,
        "radon's cyclomatic complexity against limits for blocks, modules and the average of the files on disk; no "
        "other metric, nothing staged, no before and after, no cache; a file that does not parse is a warning, and "
        "passes.",
    ),
    Tool(
        "complexipy==8.3.0",
        {"complexipy": ("complexipy", ".", "--plain")},
        lambda output, _: len({line.split(" ")[0] for line in output.splitlines()}),
        lambda _, truth: truth.functions,
        "cognitive complexity of each function of the files on disk, on all cores, no other metric; `--diff` and "
        "`--staged` compare functions with a commit; no cache of results; a file on disk that does not parse fails "
        "the run, a staged one that does not parse passes `--staged`.",
    ),
    Tool(
        "lizard==1.24.3",
        {"lizard": ("lizard", ".")},
        _number(r"(\d+) file analyzed"),
        lambda _, truth: truth.files,
        "cyclomatic complexity, lines, tokens and parameters of each function of the files on disk, in many "
        "languages, by tokens and in one process unless told; Halstead and cognitive complexity only as extensions "
        "(off here), no maintainability index, nothing staged, no before and after, no cache; a file that does not "
        "parse passes.",
    ),
    Tool(
        "ruff==0.17.6",
        {"ruff check --select C901": ("ruff", "check", "--isolated", "--no-cache", "--select", "C901", "-v", ".")},
        _number(r"Checked (\d+) files"),
        lambda _, truth: truth.files,
        "which functions of the files on disk exceed a limit of cyclomatic complexity, on all cores; no values of "
        "the others, no other of these metrics, nothing staged, no before and after; a cache by file (off here); a "
        "file that does not parse fails the run.",
    ),
    Tool(
        "antipasta==1.2.0",
        {"antipasta metrics": ("antipasta", "metrics", "-d", ".", "--format", "json")},
        _number(r'"total_files": (\d+)'),
        lambda _, truth: truth.files,
        "what radon and complexipy compute, by them, and beside it metrics of style, classes and imports that no "
        "other here has, of the files on disk, on all cores from 32 files on; nothing staged, and no before and after "
        "but a report against a saved one, which does not gate; a cache by content (off here); a file that does not "
        "parse passes.",
    ),
)
OWN: Final = (
    "cyclomatic and cognitive complexity, Halstead, maintainability index and line counts of a whole commit or of what "
    "is staged, read from git's objects, on all cores; judges after against before (here the last commit edits up to "
    "20 of the files, both sides of which are measured); a cache by content; a file that does not parse fails the run."
)


def truth(texts: Sequence[str]) -> Truth:
    """By radon's own count, in this process."""
    blocks = [cc_visit(text) for text in texts]
    values = [block.complexity for each in blocks for block in each]
    functions = sum(any(isinstance(block, Function) for block in each) for each in blocks)
    return Truth(len(texts), sum(map(bool, blocks)), functions, sum(values) / len(values))

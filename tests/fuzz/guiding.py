"""A long run of a check whose inputs coverage leads to: libFuzzer, by way of atheris, in a process of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import Final

from tests.fuzz.drawing import FOUND
from tests.fuzz.figures import LARGEST, SLOWEST, Figures, Growth
from tests.fuzz.targets import GUIDED, kept

CORPUS: Final = os.path.join("build", "fuzz", "corpus")
_STATUS: Final = re.compile(r"#(\d+)\s+\S+\s+cov: (\d+) ft: (\d+)")
_SLOWEST: Final = re.compile(r"SLOWEST ([\d.]+)")
_MEMORY: Final = re.compile(r"rss: (\d+)Mb")
_HANGS: Final = 60
"""Seconds on the wall; how long it really took is measured as CPU time, inside."""


def available() -> bool:
    """Whether atheris is installed."""
    from importlib.util import find_spec

    return find_spec("atheris") is not None


def run(name: str, *, inputs: int, seconds: float, first: int = 0) -> Figures:
    """Until there were enough inputs or it took long enough, whichever comes first, or something broke."""
    corpus = os.path.join(CORPUS, name)
    os.makedirs(corpus, exist_ok=True)
    os.makedirs(FOUND, exist_ok=True)
    for number, data in enumerate([*GUIDED[name].seeds, *(data for _, data in kept(name))]):
        with open(os.path.join(corpus, f"seed-{number}"), "wb") as stream:
            stream.write(data)
    command = [
        sys.executable, "-m", "tests.fuzz.guided", name, corpus, f"-runs={inputs}", f"-max_total_time={int(seconds)}",
        "-max_len=4096", f"-timeout={_HANGS}", f"-rss_limit_mb={LARGEST >> 20}", f"-artifact_prefix={FOUND}/{name}-",
        f"-seed={first + 1}", "-print_final_stats=1",
    ]  # fmt: skip
    began = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as child:
        assert child.stdout is not None
        found, said = _followed(name, child.stdout)
    found.seconds = time.monotonic() - began
    if child.returncode:
        found.crashes.append("\n".join(said))
    return found


def _followed(name: str, told: Iterable[str]) -> tuple[Figures, list[str]]:
    """The figures that the lines of a run tell, and its last lines."""
    found, growth, said = Figures(name), Growth(), list[str]()
    for line in told:
        if status := _STATUS.search(line):
            found.inputs, found.coverage = int(status[1]), int(status[2])
            growth.note(found.inputs, found.coverage)
        else:
            said = [*said[-40:], line.rstrip()]
        if slow := _SLOWEST.search(line):
            found.slowest = max(found.slowest, float(slow[1]))
        if memory := _MEMORY.search(line):
            found.memory = max(found.memory, int(memory[1]) << 20)
    found.coverage_before = growth.at(0.9 * found.inputs)
    if found.slowest > SLOWEST:
        found.crashes.append(f"{found.slowest:.1f} s for one input")
    return found, said

"""What it brings, and costs, to measure with several at a time, and whoever it is that does it."""

import sys
from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.baseline import BARE_OFF
from tests.benchmarks.full import ALONE, CHOSEN, sources, works
from tests.benchmarks.measure import in_turns
from tests.benchmarks.rows import Ground, Row, rows


def further() -> Mapping[str, Sequence[str]]:
    """Two at a time, and each executor on its own; threads are refused where they would take turns."""
    names = ["in-process", "processes"]
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        names.append("threads")
    return {"--jobs 2": ["--jobs", "2"], **{f"--executor {name}": ["--executor", name] for name in names}}


def measured(ground: Ground) -> Iterator[Row]:
    """CI without a cache: as it is chosen over bare parsing, all ways of sharing the work over not sharing it."""
    texts = sources(ground.pick(400, 100), ground.pick(200_000, 50_000))
    others = further()
    samples = in_turns(works(ground.root, texts, others), ground.rounds)
    bars = {} if ground.quick else {CHOSEN: 2.6}  # of little work the start of the children is half
    yield from rows("parallel", samples, BARE_OFF, [ALONE, CHOSEN], units=["CPU s"], bars=bars)
    yield from rows("parallel", samples, ALONE, [CHOSEN, *others])

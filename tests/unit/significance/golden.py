r"""Golden fixtures of significance: an old file, a new file, how much the change matters in each tier, and why.

A fixture is an options line, then ``=== before PATH`` and ``=== after PATH`` (one is missing where the file is new or
deleted), then ``# output``: a line for each tier with the band of its score, under it the reasons. The flags are
``critical=PATTERN``, ``function=NAME``, ``limits=METRIC:LIMIT[:LEVEL],...``, and ``unread=SIDE`` for a version that is
not at hand. ``\t``, ``\r`` and the macros of the verdict's fixtures are expanded.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from antipasta_hook.config.settings import Layer, Settings, Value
from antipasta_hook.metrics import measure
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, Blob, Change, FileMetrics, Significance
from antipasta_hook.significance import PROVED, by_metrics, by_path, by_text, is_proved_equal
from tests.unit.verdict.golden import MACRO, _expanded, limits, oid_of

BANDS = ((0.0, "proved"), (0.1, "trivial"), (0.25, "low"), (0.5, "medium"), (0.75, "high"), (1.0, "top"))
"""The words of docs/significance.md for the scores up to each number."""
FIXTURES = Path(__file__).parents[3] / "fixtures" / "significance"


class Golden(NamedTuple):
    """One fixture, read. ``before`` and ``after`` are None where there is no such side, or it is not at hand."""

    change: Change
    settings: Settings
    before: bytes | None
    after: bytes | None
    expected: list[str]


def read(text: str) -> Golden:
    """Parse one fixture."""
    given, _, expected = text.partition("# output\n")
    flags, _, body = given.partition("\n")
    options = dict(flag.split("=", 1) for flag in flags.removeprefix("# flags:").split())
    sides: dict[str, tuple[str, bytes]] = {}
    for part in re.split(r"^=== ", body, flags=re.MULTILINE)[1:]:
        header, _, source = part.partition("\n")
        side, path = header.split(maxsplit=1)
        sides[side] = path, MACRO.sub(_expanded, source).replace("\\t", "\t").replace("\\r", "\r").encode()
    unread = options.pop("unread", "")
    before, after = (None if name == unread or name not in sides else sides[name][1] for name in ("before", "after"))
    return Golden(_change(sides), _settings(options), before, after, expected.splitlines())


def _change(sides: dict[str, tuple[str, bytes]]) -> Change:
    blobs = {side: Blob(oid_of(source.decode()), 0o100644) for side, (_, source) in sides.items()}
    old, new = (sides[side][0] if side in sides else None for side in ("before", "after"))
    renamed = old if old and new and old != new else None
    return Change(new or old or "", blobs.get("before"), blobs.get("after"), old_path=renamed)


def _settings(options: dict[str, str]) -> Settings:
    values: dict[str, Value] = {}
    for name, value in options.items():
        if name == "limits":
            values |= {f"limits.{metric}.level": Value("off") for metric in (CYCLOMATIC, COGNITIVE)}
            values |= limits(*value.split(","))
        else:
            values[{"critical": "critical.paths", "function": "critical.functions"}[name]] = Value((value,))
    return Settings([Layer("", values)])


def written(golden: Golden) -> Iterator[str]:
    """The expected form: every tier, each with what is at hand for it."""
    change, settings, before, after, _ = golden
    sizes = (None if side is None else len(side) for side in (before, after))
    text = by_text(change, settings, before, after)
    proved = before is not None and after is not None and is_proved_equal(before, after)
    known = PROVED if proved and text.score else text
    yield from _told("path", by_path(change, settings, *sizes))
    yield from _told("text", text)
    if proved:
        yield "proved"
    yield from _told("metrics", by_metrics(change, settings, _metrics(before), _metrics(after), known))


def _metrics(source: bytes | None) -> FileMetrics | None:
    return None if source is None else measure(source)


def band(score: float) -> str:
    """Where a score lies, in a word."""
    return next(name for most, name in BANDS if score <= most)


def _told(tier: str, significance: Significance) -> Iterator[str]:
    yield f"{tier}: {band(significance.score)}"
    yield from (f"  {reason}" for reason in significance.reasons)

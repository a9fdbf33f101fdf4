"""Comments on a function's header that silence a metric: ours, flake8's and complexipy's."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from antipasta_hook.model import COGNITIVE, CYCLOMATIC, FUNCTION_METRICS, Suppression

_MARK: Final = re.compile(r"(?:antipasta|noqa|complexipy)\s*+:", re.IGNORECASE)
_NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{1,9})?(?![\w.])"
_ALLOW: Final = re.compile(rf"antipasta\s*:\s*allow\b((?:[\s,]+\w+\s*=\s*{_NUMBER})+)")
_PAIR: Final = re.compile(rf"(\w+)\s*=\s*({_NUMBER})")
_IGNORE: Final = re.compile(r"antipasta\s*:\s*ignore\b(?:\s*\[([^\]]*)\])?")
_NOQA: Final = re.compile(r"noqa\s*:\s*([A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)", re.IGNORECASE)
_COMPLEXIPY: Final = re.compile(r"complexipy\s*:\s*ignore\b")
_MOST_MARKS: Final = 20
_LONGEST: Final = 200  # characters of one suppression, its reason included
_WIDEST_GAP: Final = 20  # characters between a hash and what it marks
_SEPARATOR: Final = re.compile(r"[,\s]+")
_NAMES: Final = {"cyclomatic": CYCLOMATIC, "cognitive": COGNITIVE} | {name: name for name in FUNCTION_METRICS}


def read(comment: str) -> tuple[Suppression, ...]:
    """The suppressions of one comment, given from its ``#`` on; a comment may hold several, each after its ``#``.

    Only the first few marks of a comment and the beginning of each are read: nobody writes more by hand.
    """
    starts = [mark.start() for mark in islice(_MARK.finditer(comment), _MOST_MARKS) if _follows_hash(comment, mark)]
    ends = [*starts[1:], len(comment)]
    texts = [
        comment[start : min(end, start + _LONGEST)].strip("# \t") for start, end in zip(starts, ends, strict=False)
    ]
    return tuple(dict.fromkeys(found for text in texts for found in _suppressions(text)))


def _follows_hash(comment: str, mark: "re.Match[str]") -> bool:
    before = comment[max(0, mark.start() - _WIDEST_GAP) : mark.start()].rstrip()
    return before.endswith("#")


def _suppressions(text: str) -> Iterator[Suppression]:
    if match := _ALLOW.match(text):
        pairs = _PAIR.findall(match[1])
        yield from (Suppression(_NAMES[name], float(ceiling), text) for name, ceiling in pairs if name in _NAMES)
    elif match := _IGNORE.match(text):
        yield from (Suppression(metric, None, text) for metric in _ignored(match[1]))
    elif match := _NOQA.match(text):
        if "C901".startswith(tuple(_SEPARATOR.split(match[1].upper()))):
            yield Suppression(CYCLOMATIC, None, text)
    elif _COMPLEXIPY.match(text):
        yield Suppression(COGNITIVE, None, text)


def _ignored(names: str | None) -> list[str | None]:
    if names is None:
        return [None]
    return [_NAMES[name] for name in _SEPARATOR.split(names.strip()) if name in _NAMES]

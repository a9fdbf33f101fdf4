"""What settings let through that other settings did not. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from antipasta_hook.config.settings import LIMITS, Criteria, Limit, Settings, Value
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, FILE_METRICS, MAINTAINABILITY, Gate, Level

_NAMES: Final = {CYCLOMATIC: "cyclomatic", COGNITIVE: "cognitive", MAINTAINABILITY: "maintainability"}
_STRICTNESS: Final = {Level.OFF: 0, Level.WARNING: 1, Level.ERROR: 2}
_GATES: Final = {Gate.INTRODUCED: 0, Gate.TOUCHED: 1, Gate.ALL: 2}
_UNREADABLE: Final = {Level.WARNING: "warn", Level.ERROR: "fail"}
_SOME: Final = "some.py"
_WILD: Final = re.compile(r"\*+|\?|\[[^\]]*\]")
_LEAST_TOLERANCE: Final = 2
_MOST_TOLERANCE: Final = 5
"""What the default tolerance, min(5, max(2, 20 %)), comes to at least and at most."""


def loosened(before: Settings, now: Settings, paths: Iterable[str]) -> list[str]:
    """Sentences about what is looser now for these paths, for the root, and in what is looked at at all; each once."""
    sentences: dict[str, None] = {}
    seen: set[tuple[int, int]] = set()
    for path in ("", *sorted({*paths, *_examples(before), *_examples(now)})):
        criteria = before.criteria(path), now.criteria(path)
        pair = id(criteria[0]), id(criteria[1])
        if pair not in seen:
            seen.add(pair)
            sentences.update(dict.fromkeys(_limits(*criteria, before.values(path), now.values(path))))
            sentences.update(dict.fromkeys(_rules(*criteria, now.values(path))))
    sentences.update(dict.fromkeys(_run(before.values(""), now.values(""))))
    sentences.update(dict.fromkeys(_patterns(before, now)))
    return list(sentences)


def _examples(settings: Settings) -> Iterator[str]:
    """Made-up paths that layers and overrides reach: what they loosen counts for files that come later, too."""
    for layer in settings.layers:
        place = f"{layer.directory}/" if layer.directory else ""
        if place:
            yield f"{place}{_SOME}"
        for override in layer.overrides:
            yield from (f"{place}{inner}" for pattern in override.paths if (inner := _example(pattern)))


def _example(pattern: str) -> str:
    """A path that a gitignore pattern is likely to match; what it does not match does no harm."""
    inner = _WILD.sub("x", pattern.strip("/"))
    return "" if pattern.startswith("!") else inner if inner.endswith((".py", ".pyi")) else f"{inner}/{_SOME}"


_Values = Mapping[str, Value]


def _limits(before: Criteria, now: Criteria, former: _Values, values: _Values) -> Iterator[str]:
    for metric in FILE_METRICS:
        old, new = before.limits.get(metric), now.limits.get(metric)
        if old is not None and new is None:
            yield _dropped(metric, old, values)
        elif old is not None and new is not None:
            yield from _metric(metric, (old, new), former, values)


def _rules(before: Criteria, now: Criteria, values: _Values) -> Iterator[str]:
    if _GATES[now.gate] < _GATES[before.gate]:
        yield f"gate {before.gate} -> {now.gate}{_origin(values, 'gate')}"
    if before.count_asserts and not now.count_asserts:
        yield f"count_asserts true -> false{_origin(values, 'count_asserts')}"
    if _STRICTNESS[now.unreadable] < _STRICTNESS[before.unreadable]:
        old_word, new_word = (_UNREADABLE[level] for level in (before.unreadable, now.unreadable))
        yield f"on_unreadable {old_word} -> {new_word}{_origin(values, 'on_unreadable')}"


def _dropped(metric: str, old: Limit, values: _Values) -> str:
    """A metric that is not judged any more: switched off, or without a limit."""
    name, key = _NAMES.get(metric, metric), f"{LIMITS}{metric}.limit"
    if key not in values:
        return f"limit of {name} {old.limit:g} -> none"
    return f"level of {name} {old.level} -> off{_origin(values, f'{LIMITS}{metric}.level')}"


def _metric(metric: str, limits: tuple[Limit, Limit], former: _Values, values: _Values) -> Iterator[str]:
    old, new = limits
    name, prefix = _NAMES.get(metric, metric), f"{LIMITS}{metric}"
    if _STRICTNESS[new.level] < _STRICTNESS[old.level]:
        yield f"level of {name} {old.level} -> {new.level}{_origin(values, f'{prefix}.level')}"
    if new.limit < old.limit if metric == MAINTAINABILITY else new.limit > old.limit:
        yield f"limit of {name} {old.limit:g} -> {new.limit:g}{_origin(values, f'{prefix}.limit')}"
    if _tolerates_more(old.tolerance, new.tolerance):
        own = f"{prefix}.tolerance"
        whose = f"tolerance of {name}" if own in former or own in values else "tolerance"
        key = own if own in values else "tolerance"
        yield f"{whose} {_tolerance(old.tolerance)} -> {_tolerance(new.tolerance)}{_origin(values, key)}"


def _tolerates_more(old: float | None, new: float | None) -> bool:
    """Whether any growth passes now that did not."""
    if old is None or new is None:
        return old != new and (new > _LEAST_TOLERANCE if new is not None else old is not None and old < _MOST_TOLERANCE)
    return new > old


def _tolerance(value: float | None) -> str:
    return "default" if value is None else f"{value:g}"


def _run(before: _Values, now: _Values) -> Iterator[str]:
    for key, lenient in (("on_error", "warn"), ("on_deferred", "pass")):
        old, new = before[key].value, now[key].value
        if old != new and new == lenient:
            yield f"{key} {old} -> {new}{_origin(now, key)}"


def _patterns(before: Settings, now: Settings) -> Iterator[str]:
    """What is taken out of sight: excluded, or no longer brought back. A pattern with ``!`` says the opposite."""
    old, new = _spoken(before), _spoken(now)
    for (key, directory, pattern), origin in {**old, **new}.items():
        taken_out = (key == "exclude") != pattern.startswith("!")
        shown = f"{key} {pattern}{f' in {directory}/' if directory else ''}"
        is_old, is_new = ((key, directory, pattern) in each for each in (old, new))
        if taken_out and not is_old:
            yield f"added: {shown}{_at(origin)}"
        elif not taken_out and not is_new:
            yield f"removed: {shown}"


def _spoken(settings: Settings) -> dict[tuple[str, str, str], str | None]:
    """Every pattern of include and exclude, with the directory it counts from; where it stands."""
    spoken: dict[tuple[str, str, str], str | None] = {}
    for layer in settings.layers:
        for key in ("exclude", "include"):
            value = layer.values.get(key)
            if value is not None and isinstance(value.value, tuple):
                spoken |= dict.fromkeys(((key, layer.directory, pattern) for pattern in value.value), value.origin)
    return spoken


def _origin(values: _Values, key: str) -> str:
    """Where a value stands now; the default says so."""
    return _at(values[key].origin if key in values else None)


def _at(origin: str | None) -> str:
    return f" ({origin or 'default'})"

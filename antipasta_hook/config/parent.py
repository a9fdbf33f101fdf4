"""The format of antipasta, the tool that this one descends from (as of its version 1.2.0), in our own terms.

There, ``languages`` has what is judged in each language, complete: what is not listed is not judged. ``defaults``
count only for languages that it does not list. A value keeps a limit where ``value COMPARISON threshold`` holds.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from pydantic_core import SchemaValidator
from pydantic_core.core_schema import (
    CoreSchema,
    TypedDictField,
    list_schema,
    no_info_plain_validator_function,
    nullable_schema,
    typed_dict_field,
    typed_dict_schema,
    with_default_schema,
)

from antipasta_hook.config import values
from antipasta_hook.config.compiled import Compiled
from antipasta_hook.config.document import PARENT_MARKS, Document, Path
from antipasta_hook.config.fault import Fault, Faulty, shown
from antipasta_hook.config.schema import NUMBER, PATTERNS, SWITCH, TEXT
from antipasta_hook.config.settings import LIMITS, Plain
from antipasta_hook.config.validation import validated
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, MAINTAINABILITY, RAW_METRICS, Level

_Value = tuple[str, tuple[Plain, int]]
_Table = Mapping[str, Any]

_OURS_ALONE: Final = (
    "limits", "gate", "tolerance", "count_asserts", "on_unreadable", "include", "exclude", "critical", "overrides",
    "budget", "push_budget", "on_error", "on_deferred", "reader", "cache", "required_version",
)  # fmt: skip
_METRICS: Final = {
    "cyclomatic_complexity": CYCLOMATIC,
    "cognitive_complexity": COGNITIVE,
    "maintainability_index": MAINTAINABILITY,
    **{name: name for name in (f"halstead_{each}" for each in ("volume", "difficulty", "effort", "time", "bugs"))},
    "lines_of_code": "loc",
    "logical_lines_of_code": "lloc",
    "source_lines_of_code": "sloc",
    "comment_lines": "comments",
    "blank_lines": "blank",
}
"""Our names of its metrics that we measure too."""
_DEFAULTS: Final = {
    "max_cyclomatic_complexity": CYCLOMATIC,
    "max_cognitive_complexity": COGNITIVE,
    "min_maintainability_index": MAINTAINABILITY,
    "max_halstead_volume": "halstead_volume",
    "max_halstead_difficulty": "halstead_difficulty",
    "max_halstead_effort": "halstead_effort",
}
_WHOLE: Final = frozenset({CYCLOMATIC, COGNITIVE, *RAW_METRICS})
"""Metrics whose values are whole numbers."""
_BEYOND: Final = {"<=": "<", ">=": ">"}
"""Comparisons that keep the threshold itself within the limit, with those that do not."""
_HALSTEAD: Final = "its Halstead limits were those of a file and are those of a function here"
_ADVICE: Final = "its maintainability limit is a warning here"
_INEXACT: Final = "a value of exactly the threshold passes here"


def _table(**keys: TypedDictField) -> CoreSchema:
    """The parent ignores keys that a table does not know; they are kept, to be told."""
    return typed_dict_schema(keys, extra_behavior="allow")


def _optional(schema: CoreSchema, *, default: object) -> TypedDictField:
    return typed_dict_field(with_default_schema(schema, default=default), required=False)


_COMPARISON: Final = no_info_plain_validator_function(values.one_of("<", "<=", ">", ">=", "==", "!="))
_METRIC: Final = _table(
    type=typed_dict_field(TEXT.core),
    threshold=typed_dict_field(NUMBER.core),
    comparison=_optional(_COMPARISON, default="<="),
    enabled=_optional(SWITCH.core, default=True),
)
_LANGUAGE: Final = _table(
    name=typed_dict_field(TEXT.core),
    extensions=_optional(list_schema(TEXT.core), default=()),
    metrics=typed_dict_field(list_schema(_METRIC)),
)
_LIMITS: Final = _table(**{name: _optional(nullable_schema(NUMBER.core), default=None) for name in _DEFAULTS})
_KEYS: Final = {
    "defaults": _optional(_LIMITS, default={}),
    "languages": _optional(list_schema(_LANGUAGE), default=()),
    "ignore_patterns": _optional(PATTERNS.core, default=()),
    "use_gitignore": _optional(SWITCH.core, default=True),
}
"""Of a file."""


class _Said(NamedTuple):
    """What has to be told about the file."""

    unused: list[str]
    remarks: dict[str, None]


def compile_parent(document: Document) -> Compiled:
    """A document in antipasta's format; raises Faulty."""
    _refuse_mixture(document)
    file, _ = validated(SchemaValidator(_table(**_KEYS)), document, lambda _: "")
    said = _Said([shown(name) for name in file if name not in _KEYS], {})
    compiled: dict[str, tuple[Plain, int]] = dict(_limits(file, document, said))
    if file["ignore_patterns"]:
        compiled["exclude"] = tuple(file["ignore_patterns"]), document.line(("ignore_patterns",))
    if any(key.startswith(f"{LIMITS}halstead") for key in compiled):
        said.remarks[_HALSTEAD] = None
    return Compiled(compiled, notices=(_notice(said),))


def _refuse_mixture(document: Document) -> None:
    ours = [key for key in _OURS_ALONE if key in document.data]
    if ours:
        mark = next(mark for mark in PARENT_MARKS if mark in document.data)
        reason = f"is of this tool's format, and {mark} (line {document.line((mark,))}) of antipasta's: keep to one"
        raise Faulty(*(Fault(document.line((key,)), document.key((key,)), reason) for key in ours))


def _limits(file: _Table, document: Document, said: _Said) -> Iterator[_Value]:
    python: tuple[_Table, Path] | None = None
    for at, language in enumerate(file["languages"]):
        if language["name"].lower() == "python" and python is None:
            python = language, ("languages", at, "metrics")
        elif language["name"].lower() != "python":
            said.unused.append(f"language {shown(language['name'])}")
    if python is None:
        return _default_limits(file["defaults"], document, said)
    return _python_limits(*python, document, said)


def _default_limits(defaults: _Table, document: Document, said: _Said) -> Iterator[_Value]:
    said.unused.extend(f"defaults.{shown(name)}" for name in defaults if name not in _DEFAULTS)
    for name, metric in _DEFAULTS.items():
        threshold = defaults.get(name)
        if threshold is not None:
            yield from _limit(metric, threshold, document.line(("defaults", name)), said)


def _python_limits(language: _Table, path: Path, document: Document, said: _Said) -> Iterator[_Value]:
    """All that is judged in Python: the two metrics that are judged here unless told otherwise are told otherwise."""
    found: dict[str, tuple[Plain, int]] = {}
    for metric in (CYCLOMATIC, COGNITIVE):
        found[f"{LIMITS}{metric}.level"] = (str(Level.OFF), document.line(path))
    for at, entry in enumerate(language["metrics"]):
        found |= _entry(entry, document.line((*path, at)), said)
    return iter(found.items())


def _entry(entry: _Table, line: int, said: _Said) -> Mapping[str, tuple[Plain, int]]:
    metric = _METRICS.get(entry["type"])
    if not entry["enabled"]:
        return {} if metric is None else {f"{LIMITS}{metric}.level": (str(Level.OFF), line)}
    limit = None if metric is None else _converted(metric, entry["comparison"], entry["threshold"], said)
    if metric is None or limit is None:
        said.unused.append(f"{shown(entry['type'])} {entry['comparison']} {entry['threshold']:g}")
        return {}
    return dict(_limit(metric, limit, line, said))


def _limit(metric: str, limit: float, line: int, said: _Said) -> Iterator[_Value]:
    level = Level.ERROR
    if metric == MAINTAINABILITY:
        level = Level.WARNING
        said.remarks[_ADVICE] = None
    yield f"{LIMITS}{metric}.limit", (limit, line)
    yield f"{LIMITS}{metric}.level", (str(level), line)


def _converted(metric: str, comparison: str, threshold: float, said: _Said) -> float | None:
    """Our limit, where a value is over that is greater (for maintainability: less); None where there is none."""
    inclusive = ">=" if metric == MAINTAINABILITY else "<="
    if comparison == inclusive:
        return threshold
    if comparison != _BEYOND[inclusive]:
        return None
    if metric in _WHOLE:
        below = math.ceil(threshold) - 1
        return below if below >= 0 else None
    said.remarks[f"{metric} {comparison} {threshold:g}: {_INEXACT}"] = None
    return threshold


def _notice(said: _Said) -> str:
    parts = ["in the format of antipasta, which is read"]
    if said.unused:
        parts.append(f"not used here: {', '.join(said.unused[:10])}{' and more' if len(said.unused) > 10 else ''}")
    parts += list(said.remarks)[:10]
    return "; ".join(parts)

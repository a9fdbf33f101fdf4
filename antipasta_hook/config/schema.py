"""The settings file as tables: what keys there are, what each may be, and the JSON Schema for editors.

Validation is pydantic's, by its core alone: importing pydantic and building one model of a single field costs more
than all else that a settings file costs, and a commit waits for it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from pydantic_core import SchemaValidator, core_schema

from antipasta_hook.config import values
from antipasta_hook.config.compiled import CHOICES, LARGEST_NUMBER
from antipasta_hook.config.fault import described
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, FILE_METRICS, HALSTEAD_METRICS, MAINTAINABILITY, Level

SHORT_NAMES: Final = {"cyclomatic": CYCLOMATIC, "cognitive": COGNITIVE, "maintainability": MAINTAINABILITY}
"""What a metric may be called besides its full name."""
METRICS: Final = {**SHORT_NAMES, **{name: name for name in FILE_METRICS}}
"""The full name of a metric by each of its names."""

MOST_ENTRIES: Final = 500

Json = dict[str, Any]


class Kind(NamedTuple):
    """What a value may be: for the validator, and for editors."""

    core: core_schema.CoreSchema
    json: Json


class Key(NamedTuple):
    """A key of a table; ``written`` is what people call it, where that is not its ``plain_key``."""

    kind: Kind
    description: str
    examples: tuple[object, ...] = ()
    written: str = ""
    required: bool = False


class Table(NamedTuple):
    """Keys that are known, and no others. A table or list without content is as good as left out."""

    name: str
    purpose: str
    keys: Mapping[str, Key]


def _value(check: Callable[[object], object], json: Json) -> Kind:
    return Kind(core_schema.no_info_plain_validator_function(check), json)


def _choice(key: str) -> Kind:
    return _value(values.choice(key), {"enum": [*CHOICES[key]]})


def _list(kind: Kind, *, least: int = 0) -> Kind:
    core = core_schema.list_schema(kind.core, min_length=least, max_length=MOST_ENTRIES)
    lengths = {"minItems": least, "maxItems": MOST_ENTRIES} if least else {"maxItems": MOST_ENTRIES}
    return Kind(core, {"type": "array", "items": kind.json, **lengths})


def _optional(kind: Kind) -> Kind:
    return Kind(core_schema.nullable_schema(kind.core), {"anyOf": [kind.json, {"type": "null"}]})


def _table(table: Table) -> Kind:
    fields = {
        name: core_schema.typed_dict_field(key.kind.core, required=key.required) for name, key in table.keys.items()
    }
    core = core_schema.typed_dict_schema(fields, extra_behavior="forbid")
    return Kind(core, {"$ref": f"#/$defs/{table.name}"})


_NUMBER: Final = {"type": "number", "minimum": 0, "maximum": LARGEST_NUMBER}
_TEXT: Final = {"type": "string", "minLength": 1}

NUMBER: Final = _value(values.number, _NUMBER)
SWITCH: Final = _value(values.switch, {"type": "boolean"})
TEXT: Final = _value(values.text, _TEXT)
_PATTERN: Final = _value(values.pattern, _TEXT)
PATTERNS: Final = _list(_PATTERN)
_TOLERANCE: Final = _value(values.tolerance, {"anyOf": [_NUMBER, {"enum": ["default", None]}]})
_TIME: Final = {"type": "string", "pattern": r"^([0-9]{1,9}(\.[0-9]{1,3})? *(ms|s|m)|none)$"}
_SIZE: Final = {"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,3})? *([kKMG]i?)?B$"}
_DIRECTORY: Final = {"type": "string", "pattern": r"^(~/.|/.|[A-Za-z]:[\\/].|\\\\.)"}

_METRIC_LIMIT: Final = Table(
    "MetricLimit",
    "What one metric may be, and what it means when it is more.",
    {
        "limit": Key(NUMBER, "The largest value that is not over (for maintainability the smallest).", (10, 15)),
        "level": Key(
            _value(values.level, {"enum": [*map(str, Level), False]}),
            "What a value over the limit means: error blocks, warning is listed, off is not judged.",
            ("error", "warning", "off"),
        ),
        "tolerance": Key(
            _TOLERANCE,
            "By how much a function that was over already may grow; default: 20 %, at least 2, at most 5.",
            (0, 2, "default"),
        ),
    },
)


def _spelled_out(value: object) -> object:
    """The short forms of a limit as the table that they stand for."""
    if value is False or (isinstance(value, str) and values.is_off(value)):
        return {"level": "off"}
    if value is None or isinstance(value, str | bool | list):
        raise ValueError(f"must be a number, off, or a table of limit, level and tolerance, not {described(value)}")
    return value if isinstance(value, dict) else {"limit": value}


_LIMIT: Final = Kind(
    core_schema.no_info_before_validator_function(_spelled_out, _table(_METRIC_LIMIT).core), {"$ref": "#/$defs/Limit"}
)
_PURPOSES: Final = {
    CYCLOMATIC: "Cyclomatic complexity of a function, as radon counts it, asserts left out.",
    COGNITIVE: "Cognitive complexity of a function, as complexipy counts it.",
    MAINTAINABILITY: "Maintainability index of a file, 0 to 100; less is worse, so this limit is a minimum.",
    **{f"halstead_{name}": f"Halstead's {name.replace('_', ' ')} of a function." for name in HALSTEAD_METRICS},
    "loc": "Lines of a file.",
    "lloc": "Logical lines of a file.",
    "sloc": "Source lines of a file.",
    "comments": "Comments of a file.",
    "multi": "Lines of multi-line strings of a file.",
    "blank": "Blank lines of a file.",
    "single_comments": "Lines of a file that are a comment or a one-line docstring.",
}
_LIMITS: Final = Table(
    "Limits", "A limit for each metric.", {name: Key(_LIMIT, _PURPOSES[metric]) for name, metric in METRICS.items()}
)

_JUDGED: Final = {
    "limits": Key(
        _optional(_table(_LIMITS)),
        "For each metric a number, off, or a table of limit, level and tolerance.",
        ({"cyclomatic": 10, "cognitive": {"limit": 15, "level": "warning"}, "halstead_volume": "off"},),
    ),
    "gate": Key(
        _choice("gate"),
        "What blocks: what a change introduces or worsens, all code over a limit that it touches, or all.",
        ("introduced",),
    ),
    "tolerance": Key(_TOLERANCE, "The tolerance of all metrics that have none of their own.", (0, 2, "default")),
    "count_asserts": Key(SWITCH, "Whether an assert counts as a branch of cyclomatic complexity.", (True,)),
    "on_unreadable": Key(
        _choice("on_unreadable"),
        "What a syntax error that a change brings means: fail blocks, warn is listed.",
        ("warn",),
    ),
}
"""By what a file of code is judged."""

_OVERRIDE: Final = Table(
    "Override",
    "Other values for some paths below the file's directory.",
    {
        **_JUDGED,
        "paths": Key(
            _list(_PATTERN, least=1),
            "gitignore patterns, from the file's directory.",
            (["tests/**"],),
            required=True,
        ),
    },
)
_CRITICAL: Final = Table(
    "Critical",
    "What is looked at first when time is short.",
    {
        "paths": Key(_optional(PATTERNS), "gitignore patterns of critical files.", (["core/**"],)),
        "functions": Key(
            _optional(_list(TEXT)),
            "Names of critical functions, as Python qualifies them; * stands for anything.",
            (["*.save", "handle_payment"],),
        ),
    },
)
_CACHE: Final = Table(
    "Cache",
    "Where this repository's measurements are kept, how many, and what goes first.",
    {
        "directory": Key(
            _value(values.directory, _DIRECTORY),
            "An absolute directory, or one that begins with ~/; ANTIPASTA_CACHE_DIR goes before it.",
            ("~/.cache/antipasta-hook",),
        ),
        "size": Key(
            _value(values.size, _SIZE),
            "How large the cache in that directory may grow, at most 512MiB; ANTIPASTA_CACHE_SIZE goes before it.",
            ("500MB",),
        ),
        "eviction": Key(
            _choice("cache.eviction"),
            "What goes first when the cache in that directory is full; ANTIPASTA_CACHE_EVICTION goes before it.",
            ("least-recently-used",),
        ),
    },
)
_FILE: Final = Table(
    "SettingsFile",
    "One ``.antipasta.yaml``, or the table ``[tool.antipasta-hook]`` of the top pyproject.toml.",
    {
        **_JUDGED,
        "required_version": Key(
            TEXT,
            "The versions of antipasta-hook that may read this file, as in a requirement (PEP 440).",
            (">=0.1",),
            written="required-version",
        ),
        "include": Key(
            _optional(PATTERNS),
            "gitignore patterns of files to look at although they are generated, vendored or excluded.",
            (["vendor/ours/"],),
        ),
        "exclude": Key(_optional(PATTERNS), "gitignore patterns of files not to look at.", (["docs/", "*_legacy.py"],)),
        "critical": Key(_optional(_table(_CRITICAL)), _CRITICAL.purpose),
        "overrides": Key(
            _optional(_list(_table(_OVERRIDE))),
            "Other values for some paths; of several that match the last one counts, key by key.",
            ([{"paths": ["tests/**"], "limits": {"cognitive": "off"}}],),
        ),
        "budget": Key(
            _value(values.budget, _TIME),
            "The time that a run may take, or none. Only in the top file.",
            ("500ms", "2s", "1m", "none"),
        ),
        "push_budget": Key(
            _value(values.budget, _TIME),
            "The time that a run at a push, or over a range of commits, may take, or none. Only in the top file.",
            ("10s", "none"),
        ),
        "on_error": Key(
            _choice("on_error"),
            "Whether it stops a commit or push that something could not be judged. Only in the top file.",
            ("fail",),
        ),
        "on_deferred": Key(
            _choice("on_deferred"),
            "Whether a commit or push goes through with files that there was no time for. Only in the top file.",
            ("fail",),
        ),
        "reader": Key(
            _choice("reader"),
            "Who reads the repository: pygit2, git, or the quicker one that can. Only in the top file.",
            ("git",),
        ),
        "cache": Key(_optional(_table(_CACHE)), f"{_CACHE.purpose} Only in the top file."),
    },
)

VALIDATOR: Final = SchemaValidator(_table(_FILE).core)
"""Of a settings file: the result has the keys that are written, no others."""

_TABLES: Final[Mapping[tuple[str, ...], Table]] = {
    (): _FILE,
    ("overrides",): _OVERRIDE,
    ("limits",): _LIMITS,
    ("critical",): _CRITICAL,
    ("cache",): _CACHE,
}


def fields_at(path: tuple[str, ...]) -> list[str]:
    """The keys that a table knows, as people write them; ``path`` are the keys that lead to the table."""
    inner = path[1:] if path[:1] == ("overrides",) and len(path) > 1 else path
    table = _METRIC_LIMIT if inner[:1] == ("limits",) and len(inner) > 1 else _TABLES[inner]
    return [key.written or name for name, key in table.keys.items()]


def json_schema() -> Json:
    """The JSON Schema of a settings file. It names no defaults: a key that is left out is what it was further up."""
    tables = {table.name: _described(table) for table in (_CACHE, _CRITICAL, _LIMITS, _METRIC_LIMIT, _OVERRIDE)}
    tables["Limit"] = {
        "description": "A number, off, or a table of limit, level and tolerance.",
        "anyOf": [_NUMBER, {"enum": ["off", False]}, _table(_METRIC_LIMIT).json],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of antipasta-hook",
        **_described(_FILE),
        "$defs": {name: tables[name] for name in sorted(tables)},
    }


def _described(table: Table) -> Json:
    required = [key.written or name for name, key in table.keys.items() if key.required]
    return {
        "additionalProperties": False,
        "description": table.purpose,
        "properties": {key.written or name: _sorted(_property(key)) for name, key in table.keys.items()},
        **({"required": required} if required else {}),
        "type": "object",
    }


def _property(key: Key) -> Json:
    return {**key.kind.json, "description": key.description, **({"examples": key.examples} if key.examples else {})}


def _sorted(part: Any) -> Any:  # noqa: ANN401 - JSON
    """The same with its keys in order, as in every version of it so far."""
    if isinstance(part, dict):
        return {key: _sorted(part[key]) for key in sorted(part, key=lambda key: key.lstrip("$"))}
    return [_sorted(inner) for inner in part] if isinstance(part, list | tuple) else part

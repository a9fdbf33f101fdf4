"""The settings file as pydantic models: what keys there are, what each may be, and the JSON Schema for editors."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema, create_model

from antipasta_hook.config import values
from antipasta_hook.config.compiled import CHOICES, LARGEST_NUMBER
from antipasta_hook.config.fault import described
from antipasta_hook.model import COGNITIVE, CYCLOMATIC, FILE_METRICS, HALSTEAD_METRICS, MAINTAINABILITY, Level

SHORT_NAMES: Final = {"cyclomatic": CYCLOMATIC, "cognitive": COGNITIVE, "maintainability": MAINTAINABILITY}
"""What a metric may be called besides its full name."""

MOST_PATTERNS: Final = 500

_NUMBER: Final = {"type": "number", "minimum": 0, "maximum": LARGEST_NUMBER}
_LEVEL: Final = {"enum": [*map(str, Level), False]}


def _choice(key: str) -> dict[str, Any]:
    return {"enum": list(CHOICES[key])}


Number = Annotated[float, PlainValidator(values.number), WithJsonSchema(_NUMBER)]
Tolerance = Annotated[
    float | None,
    PlainValidator(values.tolerance),
    WithJsonSchema({"anyOf": [_NUMBER, {"enum": ["default", None]}]}),
]
LevelWord = Annotated[str, PlainValidator(values.level), WithJsonSchema(_LEVEL)]
Switch = Annotated[bool, PlainValidator(values.switch), WithJsonSchema({"type": "boolean"})]
Text = Annotated[str, PlainValidator(values.text), WithJsonSchema({"type": "string", "minLength": 1})]
Pattern = Annotated[str, PlainValidator(values.pattern), WithJsonSchema({"type": "string", "minLength": 1})]
Patterns = Annotated[list[Pattern], Field(max_length=MOST_PATTERNS)]
GateWord = Annotated[str, PlainValidator(values.choice("gate")), WithJsonSchema(_choice("gate"))]
Unreadable = Annotated[str, PlainValidator(values.choice("on_unreadable")), WithJsonSchema(_choice("on_unreadable"))]
OnError = Annotated[str, PlainValidator(values.choice("on_error")), WithJsonSchema(_choice("on_error"))]
OnDeferred = Annotated[str, PlainValidator(values.choice("on_deferred")), WithJsonSchema(_choice("on_deferred"))]
ReaderName = Annotated[str, PlainValidator(values.choice("reader")), WithJsonSchema(_choice("reader"))]
Budget = Annotated[
    float | None,
    PlainValidator(values.budget),
    WithJsonSchema({"type": "string", "pattern": r"^([0-9]{1,9}(\.[0-9]{1,3})? *(ms|s|m)|none)$"}),
]
Size = Annotated[
    int,
    PlainValidator(values.size),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,3})? *([kKMG]i?)?B$"}),
]
Directory = Annotated[
    str,
    PlainValidator(values.directory),
    WithJsonSchema({"type": "string", "pattern": r"^(~/.|/.|[A-Za-z]:[\\/].|\\\\.)"}),
]


class Table(BaseModel):
    """Keys that are known, and no others. A table or list without content is as good as left out."""

    model_config = ConfigDict(extra="forbid", loc_by_alias=False, populate_by_name=True)


class MetricLimit(Table):
    """What one metric may be, and what it means when it is more."""

    limit: Number = Field(
        default=0,
        description="The largest value that is not over (for maintainability the smallest).",
        examples=[10, 15],
    )
    level: LevelWord = Field(
        default="error",
        description="What a value over the limit means: error blocks, warning is listed, off is not judged.",
        examples=["error", "warning", "off"],
    )
    tolerance: Tolerance = Field(
        default=None,
        description="By how much a function that was over already may grow; default: 20 %, at least 2, at most 5.",
        examples=[0, 2, "default"],
    )


def _spelled_out(value: object) -> object:
    """The short forms of a limit as the table that they stand for."""
    if value is False or (isinstance(value, str) and values.is_off(value)):
        return {"level": "off"}
    if value is None or isinstance(value, str | bool | list):
        raise ValueError(f"must be a number, off, or a table of limit, level and tolerance, not {described(value)}")
    return value if isinstance(value, dict) else {"limit": value}


Limited = Annotated[MetricLimit | None, BeforeValidator(_spelled_out)]

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
METRICS: Final = {**SHORT_NAMES, **{name: name for name in FILE_METRICS}}
"""The full name of a metric by each of its names."""

Limits: type[Table] = create_model(
    "Limits",
    __base__=Table,
    __doc__="A limit for each metric.",
    **{name: (Limited, Field(default=None, description=_PURPOSES[metric])) for name, metric in METRICS.items()},  # type: ignore[call-overload]
)


class Judged(Table):
    """By what a file of code is judged."""

    limits: Limits | None = Field(  # type: ignore[valid-type]
        default=None,
        description="For each metric a number, off, or a table of limit, level and tolerance.",
        examples=[{"cyclomatic": 10, "cognitive": {"limit": 15, "level": "warning"}, "halstead_volume": "off"}],
    )
    gate: GateWord = Field(
        default="introduced",
        description="What blocks: what a change introduces or worsens, all code over a limit that it touches, or all.",
        examples=["introduced"],
    )
    tolerance: Tolerance = Field(
        default=None,
        description="The tolerance of all metrics that have none of their own.",
        examples=[0, 2, "default"],
    )
    count_asserts: Switch = Field(
        default=False,
        description="Whether an assert counts as a branch of cyclomatic complexity.",
        examples=[True],
    )
    on_unreadable: Unreadable = Field(
        default="fail",
        description="What a syntax error that a change brings means: fail blocks, warn is listed.",
        examples=["warn"],
    )


class Override(Judged):
    """Other values for some paths below the file's directory."""

    paths: Annotated[Patterns, Field(min_length=1)] = Field(
        description="gitignore patterns, from the file's directory.", examples=[["tests/**"]]
    )


class Critical(Table):
    """What is looked at first when time is short."""

    paths: Patterns | None = Field(
        default=None, description="gitignore patterns of critical files.", examples=[["core/**"]]
    )
    functions: Annotated[list[Text], Field(max_length=MOST_PATTERNS)] | None = Field(
        default=None,
        description="Names of critical functions, as Python qualifies them; * stands for anything.",
        examples=[["*.save", "handle_payment"]],
    )


class Cache(Table):
    """Where measurements are kept, and how many."""

    directory: Directory = Field(
        default="",
        description="An absolute directory, or one that begins with ~/; ANTIPASTA_CACHE_DIR goes before it.",
        examples=["~/.cache/antipasta-hook"],
    )
    size: Size = Field(default=0, description="How large the cache may grow.", examples=["500MB"])


class SettingsFile(Judged):
    """One ``.antipasta.yaml``, or the table ``[tool.antipasta-hook]`` of the top pyproject.toml."""

    required_version: Text = Field(
        default="",
        alias="required-version",
        description="The versions of antipasta-hook that may read this file, as in a requirement (PEP 440).",
        examples=[">=0.1"],
    )
    include: Patterns | None = Field(
        default=None,
        description="gitignore patterns of files to look at although they are generated, vendored or excluded.",
        examples=[["vendor/ours/"]],
    )
    exclude: Patterns | None = Field(
        default=None, description="gitignore patterns of files not to look at.", examples=[["docs/", "*_legacy.py"]]
    )
    critical: Critical | None = Field(default=None, description="What is looked at first when time is short.")
    overrides: Annotated[list[Override], Field(max_length=MOST_PATTERNS)] | None = Field(
        default=None,
        description="Other values for some paths; of several that match the last one counts, key by key.",
        examples=[[{"paths": ["tests/**"], "limits": {"cognitive": "off"}}]],
    )
    budget: Budget = Field(
        default=None,
        description="The time that a run may take, or none. Only in the top file.",
        examples=["500ms", "2s", "1m", "none"],
    )
    on_error: OnError = Field(
        default="warn",
        description="Whether a fault of the tool itself stops a commit. Only in the top file.",
        examples=["fail"],
    )
    on_deferred: OnDeferred = Field(
        default="pass",
        description="Whether a commit goes through with files that there was no time for. Only in the top file.",
        examples=["fail"],
    )
    reader: ReaderName = Field(
        default="auto",
        description="Who reads the repository: pygit2, git, or the quicker one that can. Only in the top file.",
        examples=["git"],
    )
    cache: Cache | None = Field(
        default=None, description="Where measurements are kept, and how many. Only in the top file."
    )


_TABLES: Final[dict[tuple[str, ...], type[Table]]] = {
    (): SettingsFile,
    ("overrides",): Override,
    ("limits",): Limits,
    ("critical",): Critical,
    ("cache",): Cache,
}


def fields_at(path: tuple[str, ...]) -> list[str]:
    """The keys that a table knows, as people write them; ``path`` are the keys that lead to the table."""
    inner = path[1:] if path[:1] == ("overrides",) and len(path) > 1 else path
    table = MetricLimit if inner[:1] == ("limits",) and len(inner) > 1 else _TABLES[inner]
    return [field.alias or name for name, field in table.model_fields.items()]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a settings file. It names no defaults: a key that is left out is what it was further up."""
    schema = SettingsFile.model_json_schema(by_alias=True)
    tables = schema.pop("$defs")
    for limit in tables["Limits"]["properties"].values():
        del limit["anyOf"]
        limit["$ref"] = "#/$defs/Limit"
    tables["Limit"] = {
        "description": "A number, off, or a table of limit, level and tolerance.",
        "anyOf": [dict(_NUMBER), {"enum": ["off", False]}, {"$ref": "#/$defs/MetricLimit"}],
    }
    for table in (schema, *tables.values()):
        table.pop("title", None)
        for key in table.get("properties", {}).values():
            key.pop("title", None)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of antipasta-hook",
        **schema,
        "$defs": {name: tables[name] for name in sorted(tables)},
    }
    return {key: _without_defaults(part) for key, part in whole.items()}


def _without_defaults(part: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(part, dict):
        return {key: _without_defaults(inner) for key, inner in part.items() if key != "default"}
    return [_without_defaults(inner) for inner in part] if isinstance(part, list) else part

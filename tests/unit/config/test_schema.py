"""The JSON Schema for editors says what pydantic says, of every key, and is the one in docs/."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from antipasta_hook.config.compilation import compile_document
from antipasta_hook.config.document import Document
from antipasta_hook.config.fault import Faulty
from antipasta_hook.config.load import compile_source
from antipasta_hook.config.schema import METRICS, SHORT_NAMES, fields_at, json_schema
from antipasta_hook.config.settings import DEFAULT_VALUES, LIMITS
from antipasta_hook.config.yaml_text import read_yaml
from antipasta_hook.model import FILE_METRICS
from tests.unit.config.strategies import settings_files, yaml_of
from tests.unit.test_documents import BLOCK, DOCUMENTS

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "docs" / "settings.schema.json"
REFERENCE = ROOT / "docs" / "configuration.md"
SCHEMA: dict[str, Any] = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
TABLES: dict[str, dict[str, Any]] = {"": SCHEMA, **SCHEMA["$defs"]}


def settings_in_documents(language: str) -> list[str]:
    """The settings files among the blocks of all documents."""
    found = [text for each in DOCUMENTS for kind, text in BLOCK.findall(each.read_text("utf-8")) if kind == language]
    ours = {
        "yaml": lambda text: not any(mark in text for mark in ("repos:", "jobs:", "script:")),  # others' files
        "toml": lambda text: "antipasta-hook" in text,
    }
    return [text for text in found if ours[language](text)]


def test_the_published_schema_is_the_one_of_the_code() -> None:
    written = PUBLISHED.read_text("utf-8")
    assert json.loads(written) == SCHEMA, "write it anew: antipasta-hook config schema > docs/settings.schema.json"
    assert written == f"{json.dumps(SCHEMA, indent=2)}\n"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("table", [name for name in TABLES if "properties" in TABLES[name]])
def test_every_key_has_a_description_and_every_value_an_example_that_is_valid(table: str) -> None:
    for name, properties in TABLES[table]["properties"].items():
        assert properties["description"].endswith("."), name
        for example in properties.get("examples", ()):
            Draft202012Validator({**properties, "$defs": SCHEMA["$defs"]}).validate(example)
        is_table = "$ref" in properties or "$ref" in properties.get("anyOf", [{}])[0]
        assert is_table or "examples" in properties, name


def test_it_knows_every_metric_by_its_full_name_and_three_by_a_short_one() -> None:
    assert set(TABLES["Limits"]["properties"]) == {*FILE_METRICS, *SHORT_NAMES} == set(METRICS)


def test_every_key_of_the_compiled_settings_can_be_written() -> None:
    written = {*fields_at(()), *(f"{table}.{name}" for table in ("cache", "critical") for name in fields_at((table,)))}
    compiled = {key.removesuffix("_ms") for key in DEFAULT_VALUES if not key.startswith(LIMITS)}
    assert compiled <= written


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(settings_files)
def test_what_pydantic_takes_an_editor_takes(data: dict[str, Any]) -> None:
    compile_source(".antipasta.yaml", yaml_of(data))
    VALIDATOR.validate(data)


@pytest.mark.parametrize(
    "source",
    [
        "gaet: all",
        "gate: al",
        "gate:",
        "limits: 3",
        "limits: {cyclomatik: 3}",
        "limits: {cyclomatic: -1}",
        "limits: {cyclomatic: true}",
        "limits: {cyclomatic: on}",
        "limits: {cyclomatic: 1000000000001}",
        "limits: {cyclomatic: {limit: x}}",
        "limits: {cyclomatic: {level: warn}}",
        "tolerance: x",
        "exclude: docs/",
        "exclude: [1]",
        "exclude: ['']",
        "overrides: [{gate: all}]",
        "overrides: [{paths: []}]",
        "overrides: [{paths: [a], budget: 1s}]",
        "budget: 2",
        "budget: 2h",
        "cache: {directory: x}",
        "cache: {size: 5}",
        "critical: [a]",
        "required-version: 0.1",
        "reader: libgit2",
        "count_asserts: 1",
    ],
)
def test_what_an_editor_refuses_is_wrong_or_unknown(source: str) -> None:
    assert not VALIDATOR.is_valid(read_yaml(source.encode()).data | as_written(source))
    try:
        assert compile_source(".antipasta.yaml", source.encode()).unknown
    except Faulty:
        return


def as_written(source: str) -> dict[str, Any]:
    """A key with a hyphen is an underscore only once it is read."""
    return {"required-version": 0.1} if source.startswith("required-version") else {}


@pytest.mark.parametrize("text", settings_in_documents("yaml"), ids=lambda text: text[:30])
def test_the_examples_of_the_documents_are_valid(text: str) -> None:
    compiled = compile_source(".antipasta.yaml", text.encode())
    assert compiled.unknown == ()
    if not compiled.notices:
        data = read_yaml(text.encode()).data
        VALIDATOR.validate({"required-version" if key == "required_version" else key: data[key] for key in data})


@pytest.mark.parametrize("text", settings_in_documents("toml"), ids=lambda text: text[:30])
def test_the_toml_examples_of_the_documents_are_valid(text: str) -> None:
    compiled = compile_source("pyproject.toml", text.encode())
    assert compiled.values
    assert compiled.unknown == ()


def test_the_reference_tells_every_key() -> None:
    text = REFERENCE.read_text("utf-8")
    names = [*fields_at(()), *fields_at(("critical",)), *fields_at(("cache",)), *fields_at(("limits", "loc")), *METRICS]
    assert [name for name in names if f"`{name}`" not in text and f"{name}:" not in text] == []
    assert len(settings_in_documents("yaml")) >= 3
    assert len(settings_in_documents("toml")) >= 1


def test_the_settings_of_this_project_are_valid() -> None:
    compiled = compile_source(".antipasta.yaml", (ROOT / ".antipasta.yaml").read_bytes())
    assert compiled.values
    assert (compiled.unknown, compiled.notices) == ((), ())


def test_a_document_of_nothing_is_settings_of_nothing() -> None:
    assert compile_document(Document({}, {})).values == {}
    VALIDATOR.validate({})

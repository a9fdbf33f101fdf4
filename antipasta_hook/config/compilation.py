"""A settings file validated and compiled: from its bytes to ``Compiled``, or to everything that is wrong with it.

Heavy: pydantic and a parser. ``load`` comes here only for bytes that it has not seen before.
"""

from collections.abc import Iterator, Mapping
from itertools import filterfalse
from typing import Any, Final

from antipasta_hook import __version__
from antipasta_hook.config.compiled import Compiled, Values
from antipasta_hook.config.document import PARENT_MARKS, Document, Path
from antipasta_hook.config.fault import Fault, Faulty, meant, shown
from antipasta_hook.config.schema import METRICS, VALIDATOR, fields_at
from antipasta_hook.config.settings import LIMITS, Plain
from antipasta_hook.config.validation import validated
from antipasta_hook.config.values import text
from antipasta_hook.config.wildmatch import is_plain

_Entry = tuple[str, tuple[Plain, int]]

_OTHER_NAMES: Final = {"budget": "budget_ms", "push_budget": "push_budget_ms"}
_NO_VALUES: Final = frozenset({"required_version", "overrides", "paths"})
_NOTHING_MEANS_SOMETHING: Final = frozenset({"tolerance", "budget", "push_budget"})
MOST_WILD_TEXT: Final = 50_000
"""Characters: two thousand patterns as people write them."""
_FOREIGN: Final = {"ignore_patterns": "exclude"}
"""Keys of the parent tool, and what they are called here."""


def compile_yaml(source: bytes) -> Compiled:
    """A ``.antipasta.yaml``, in this tool's format or the parent's; raises Faulty."""
    from antipasta_hook.config.yaml_text import read_yaml

    document = read_yaml(source)
    if not any(mark in document.data for mark in PARENT_MARKS):
        return compile_document(document)
    from antipasta_hook.config.parent import compile_parent

    return compile_parent(document)


def compile_toml(source: bytes) -> Compiled:
    """A ``pyproject.toml``; raises Faulty."""
    from antipasta_hook.config.toml_text import read_toml

    return compile_document(read_toml(source))


def compile_document(document: Document) -> Compiled:
    """A document in this tool's format; raises Faulty."""
    _require_version(document)
    settings, unknown = validated(VALIDATOR, document, _unknown_reason)
    _require_few_patterns(settings, document)
    overrides = enumerate(settings.get("overrides") or ())
    return Compiled(
        dict(_values(settings, document, ())),
        tuple((tuple(each["paths"]), dict(_values(each, document, ("overrides", at)))) for at, each in overrides),
        unknown,
    )


def _require_few_patterns(settings: Mapping[str, Any], document: Document) -> None:
    """What each path is held against takes time in proportion to its text; a list that stands twice is so once."""
    critical = settings.get("critical") or {}
    lists: dict[Path, Any] = {
        ("include",): settings.get("include"),
        ("exclude",): settings.get("exclude"),
        ("critical", "paths"): critical.get("paths"),
        **{("overrides", at): each["paths"] for at, each in enumerate(settings.get("overrides") or ())},
    }
    left, seen = MOST_WILD_TEXT, set[tuple[str, ...]]()
    for path, patterns in lists.items():
        wanted = tuple(patterns or ())
        if wanted not in seen:
            seen.add(wanted)
            left -= sum(map(len, filterfalse(is_plain, set(wanted))))
        if left < 0:
            reason = f"too much for a settings file: more than {MOST_WILD_TEXT:,} characters of patterns with wildcards"
            raise Faulty(Fault(document.line(path), document.key(path), reason))


def _values(table: Mapping[str, Any], document: Document, path: Path, prefix: str = "") -> Iterator[_Entry]:
    """The compiled values of a table, by key, each with its line."""
    for name, value in table.items():
        key, inner = prefix + _OTHER_NAMES.get(name, name), (*path, name)
        if key == "limits" and value is not None:
            yield from _limits(value, document, inner).items()
        elif isinstance(value, dict):
            yield from _values(value, document, inner, f"{key}.")
        elif key not in _NO_VALUES and (value is not None or name in _NOTHING_MEANS_SOMETHING):
            yield key, (tuple(value) if isinstance(value, list) else value, document.line(inner))


def _limits(limits: Mapping[str, Any], document: Document, path: Path) -> Values:
    values: dict[str, tuple[Plain, int]] = {}
    first: dict[str, str] = {}
    for name, metric in METRICS.items():
        if name not in limits:
            continue
        inner = (*path, name)
        if metric in first:
            line = document.line((*path, first[metric]))
            raise Faulty(
                Fault(document.line(inner), document.key(inner), f"the same metric as {first[metric]}, line {line}")
            )
        first[metric] = name
        values |= _values(limits[name], document, inner, f"{LIMITS}{metric}.")
    return values


def _require_version(document: Document) -> None:
    """Before anything else: what this version does not know may be what another one does."""
    path: Path = ("required_version",)
    if path[0] not in document.data:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    wanted = document.data[path[0]]
    line, key = document.line(path), document.key(path)
    try:
        met = SpecifierSet(text(wanted)).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        raise Faulty(Fault(line, key, f"must be a version such as '>=0.1', not '{shown(str(wanted))}'")) from None
    except ValueError as error:
        raise Faulty(Fault(line, key, f"{error}; write it in quotes, such as '>=0.1'")) from None
    if not met:
        reason = f"this file wants antipasta-hook {shown(str(wanted))}, and this is {__version__}"
        raise Faulty(Fault(line, key, reason))


def _unknown_reason(path: Path) -> str:
    """Why nobody reads a key, and what was probably meant."""
    *table, name = (step for step in path if isinstance(step, str))
    inner = tuple(table)
    if inner == ("overrides",) and name in fields_at(()):
        return "has no place in an override: it belongs at the top of the file"
    if not inner and name in _FOREIGN:
        return f"unknown key; here it is {_FOREIGN[name]}"
    kind = "unknown metric" if inner[-1:] == ("limits",) else "unknown key"
    return kind + (meant(name, fields_at(inner)) or _elsewhere(name))


def _elsewhere(name: str) -> str:
    """A key that stands in a table of its own."""
    tables = [table for table in ("limits", "critical", "cache") if name in fields_at((table,))]
    return f"; did you mean {tables[0]}.{name}?" if tables else ""

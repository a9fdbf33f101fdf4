"""pydantic's word on a document, as faults: with lines, the keys as written, and reasons in plain words."""

from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from pydantic_core import ErrorDetails, SchemaValidator, ValidationError

from antipasta_hook.config.document import Data, Document, Path
from antipasta_hook.config.fault import Fault, Faulty, described

_MOST_UNKNOWN: Final = 20
_UNKNOWN: Final = "extra_forbidden"
_REASONS: Final[dict[str, Callable[[dict[str, Any], object], str]]] = {
    "value_error": lambda context, _: str(context["error"]),
    "dict_type": lambda _, value: f"must be a table of keys and values, not {described(value)}",
    "list_type": lambda _, value: f"must be a list such as [a, b], not {described(value)}",
    "too_long": lambda context, _: f"must have at most {context['max_length']:,} entries",
    "too_short": lambda _context, _: "must not be empty",
}


def validated(
    validator: SchemaValidator, document: Document, unknown_reason: Callable[[Path], str]
) -> tuple[Any, tuple[Fault, ...]]:
    """What the validator makes of a document, and the keys that it does not know; Faulty where more is wrong."""
    try:
        return validator.validate_python(document.data), ()
    except ValidationError as error:
        found = [(each["loc"], each) for each in error.errors(include_url=False)]
    strange = [path for path, each in found if each["type"] == _UNKNOWN]
    faults = [_fault(document, path, each) for path, each in found if each["type"] != _UNKNOWN]
    unknown = _unknown(document, strange, unknown_reason)
    if faults:
        raise Faulty(*faults, *unknown)
    return validator.validate_python(_without(document.data, strange)), unknown


def _unknown(document: Document, paths: list[Path], reason: Callable[[Path], str]) -> tuple[Fault, ...]:
    """The first of them, and how many more there are."""
    paths = sorted(paths, key=document.line)
    told = [Fault(document.line(path), document.key(path), reason(path)) for path in paths[:_MOST_UNKNOWN]]
    if rest := len(paths) - len(told):
        told.append(Fault(document.line(paths[_MOST_UNKNOWN]), "", f"{rest:,} more unknown keys from here on"))
    return tuple(told)


def _fault(document: Document, path: Path, error: ErrorDetails) -> Fault:
    kind = error["type"]
    if kind == "missing":
        return Fault(document.line(path), document.key(path[:-1]), f"{path[-1]} is missing")
    known = _REASONS.get(kind)
    reason = known(error.get("ctx", {}), error["input"]) if known else error["msg"][:1].lower() + error["msg"][1:]
    return Fault(document.line(path), document.key(path), reason)


def _without(data: Data, paths: Iterable[Path]) -> Data:
    """A copy that lacks what stands at these paths."""
    copy = cast("Data", _copied(data))
    for *parents, last in paths:
        place: Any = copy
        for step in parents:
            place = place[step]
        place.pop(last, None)
    return copy


def _copied(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value

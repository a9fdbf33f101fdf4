"""An independent judge, built on radon and complexipy alone: values and statuses of uniquely named functions."""

import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from complexipy import code_complexity
from radon.complexity import cc_visit
from radon.visitors import Class, Function

LIMITS: Final = {"cyclomatic_complexity": 10, "cognitive_complexity": 15}


class Numbers(NamedTuple):
    """What the two libraries say of one function."""

    cyclomatic: int
    cognitive: int | None


def numbers(source: str) -> dict[str, Numbers]:
    """The numbers of every function outside other functions whose qualified name is its own. Raises SyntaxError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        blocks = cc_visit(source, no_assert=True)
    found = list(_functions(blocks))
    cognitive = Counter[str]()
    times = Counter[str]()
    for function in code_complexity(source, no_ignore=True, with_plans=False).functions:
        name = function.name.replace("::", ".")
        cognitive[name] += function.complexity
        times[name] += 1
    names = Counter(name for name, _ in found)
    return {
        name: Numbers(block.complexity, cognitive[name] if times[name] == 1 else None)
        for name, block in found
        if names[name] == 1
    }


def _functions(blocks: list[Any], prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Functions and methods with their qualified names; cc_visit lists a method twice, below its class and alone."""
    for block in blocks:
        if isinstance(block, Class):
            name = f"{prefix}{block.name}."
            yield from ((name + method.name, method) for method in block.methods)
            yield from _functions(block.inner_classes, name)
        elif not block.is_method:
            yield prefix + block.name, block


def expected_status(before: int | None, after: int, limit: int) -> str | None:
    """The table, written down a second time."""
    if after <= limit:
        return "resolved" if before is not None and before > limit else None
    if before is None or before <= limit:
        return "introduced"
    return "worsened" if after > before else "existing" if after == before else "improved"


def disagreements(document: dict[str, Any], path: str, before: str | None, after: str) -> Iterator[str]:
    """What a report says otherwise than radon and complexipy do, of one file that has the same name on both sides."""
    old, new = numbers(before) if before is not None else {}, numbers(after)
    findings = {(f["symbol"], f["metric"]): f for f in document["findings"] if f["path"] == path}
    (entry,) = (file for file in document["files"] if file["path"] == path)
    reported = Counter(function["symbol"] for function in entry["functions"])
    for function in entry["functions"]:
        symbol = function["symbol"]
        if symbol not in new or reported[symbol] > 1:
            continue
        for metric, limit in LIMITS.items():
            value = getattr(new[symbol], metric.removesuffix("_complexity"))
            if value is None:
                continue
            if function[metric] != value:
                yield f"{path} {symbol}: {metric} {function[metric]}, the library says {value}"
            earlier = getattr(old[symbol], metric.removesuffix("_complexity")) if symbol in old else None
            finding = findings.get((symbol, metric))
            yield from _status(finding, earlier, value, limit, f"{path} {symbol} {metric}")


def _status(finding: dict[str, Any] | None, before: int | None, value: int, limit: int, what: str) -> Iterator[str]:
    if finding is not None and finding["status"] in {"suppressed", "unjudged"}:
        return
    if before is None:
        is_over = finding is not None and finding["status"] != "resolved"  # moved from where it was over
        if is_over != (value > limit):
            yield f"{what}: {value} against the limit {limit}, and the finding is {finding}"
        return  # new by name: whether it was moved is not for a table to say
    status = finding["status"] if finding else None
    if status != expected_status(before, value, limit) or (finding and finding["before"] != before):
        yield f"{what}: {before} -> {value} is {expected_status(before, value, limit)}, and the finding is {finding}"

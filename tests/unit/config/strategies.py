"""Hypothesis strategies for settings files: valid ones, almost valid ones, and noise in their alphabet."""

import json
from typing import Any

from hypothesis import strategies as st

from antipasta_hook.config.schema import METRICS

_numbers = st.integers(0, 10**9) | st.floats(0, 1e9).map(lambda value: round(value, 3))
_tolerances = st.sampled_from([None, "default"]) | _numbers
_levels = st.sampled_from(["error", "warning", "off", False])
_limits = st.dictionaries(
    st.sampled_from(sorted(set(METRICS) - {"cyclomatic_complexity", "cognitive_complexity", "maintainability_index"})),
    _numbers
    | st.sampled_from(["off", False])
    | st.fixed_dictionaries({}, optional={"limit": _numbers, "level": _levels, "tolerance": _tolerances}),
    max_size=5,
)
_words = st.sampled_from(
    ["docs/", "*_legacy.py", "!keep.py", "a/b", "/top.py", "**/x/**", "src/[ab].py", "ü.py", "x y"]
)
_patterns = st.lists(_words, max_size=4)
_judged: dict[str, st.SearchStrategy[Any]] = {
    "limits": _limits | st.none(),
    "gate": st.sampled_from(["introduced", "touched", "all"]),
    "tolerance": _tolerances,
    "count_asserts": st.booleans(),
    "on_unreadable": st.sampled_from(["fail", "warn"]),
}
_overrides = st.fixed_dictionaries({"paths": st.lists(_words, min_size=1, max_size=3)}, optional=_judged)
settings_files = st.fixed_dictionaries(
    {},
    optional={
        **_judged,
        "include": _patterns,
        "exclude": _patterns | st.none(),
        "critical": st.fixed_dictionaries({}, optional={"paths": _patterns, "functions": _patterns}),
        "overrides": st.lists(_overrides, max_size=3),
        "budget": st.sampled_from(["none", "2s", "1.5s", "250ms", "3m", "0.5ms"]),
        "push_budget": st.sampled_from(["none", "10s", "1.5s"]),
        "on_error": st.sampled_from(["warn", "fail"]),
        "on_deferred": st.sampled_from(["pass", "fail"]),
        "reader": st.sampled_from(["auto", "git", "pygit2"]),
        "cache": st.fixed_dictionaries(
            {}, optional={"directory": st.sampled_from(["~/x", "/var/c"]), "size": st.sampled_from(["1MB", "1.5MiB"])}
        ),
        "required-version": st.just(">=0.1"),
    },
)
"""The content of valid settings files."""

_nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_keys = st.sampled_from(
    [*_judged, "paths", "include", "cache", "overrides", "critical", "budget", "level", "defaults", "languages",
     "metrics", "type", "threshold", "required-version", "cyclomatic", "limit"]
)  # fmt: skip
almost = st.recursive(
    _nonsense,
    lambda inner: st.dictionaries(_keys, inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=20,
)
"""Known keys in wrong places with wrong values."""

_pieces = st.sampled_from(
    [
        *("gate", "limits", "overrides", "defaults", "languages", "10", ".inf", "off", "tool.antipasta-hook"),
        *(
            ":",
            ": ",
            "- ",
            "\n",
            "\n  ",
            "\t",
            "[",
            "]",
            "{",
            "}",
            ",",
            "&a",
            "*a",
            "!!x",
            "#",
            "'",
            '"',
            "|",
            ">",
            "?",
        ),
        *("%", "---", "...", "=", "[[", "]]", ".", "<<", "\u2028", "\ufeff", "\x00"),
    ]
)
noise = st.lists(_pieces, max_size=30).map("".join) | st.text(max_size=50)
"""Text in the alphabet of YAML and TOML."""


def yaml_of(data: object) -> bytes:
    """JSON is YAML."""
    return json.dumps(data).encode()


def toml_of(data: dict[str, object]) -> bytes:
    """The same settings as a table of a pyproject.toml; TOML has no null, which says what leaving out says."""
    lines = [f"{key} = {_inline(value)}" for key, value in data.items() if value is not None or key == "tolerance"]
    return "\n".join(["[project]", "[tool.antipasta-hook]", *lines]).encode()


def _inline(value: object) -> str:
    if isinstance(value, dict):
        pairs = (f"{key} = {_inline(each)}" for key, each in value.items() if each is not None or key == "tolerance")
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return '"default"' if value is None else json.dumps(value, ensure_ascii=False)

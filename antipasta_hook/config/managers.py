"""What a hook manager's configuration says of our hook that cannot reach it: its ``files:`` and ``exclude:``. Pure.

The manager uses them to decide whether the hook runs at all; the hook itself reads the index and gets no file names.
"""

from collections.abc import Iterator
from typing import Any, Final

CONFIG_FILES: Final = (".pre-commit-config.yaml", ".pre-commit-config.yml")
_IDS: Final = frozenset({"antipasta", "antipasta-full"})
_KEYS: Final = ("files", "exclude")
_LONGEST: Final = 60


def without_effect(source: bytes) -> tuple[str, ...]:
    """A sentence for each such line of a pre-commit configuration; none where it cannot be read."""
    if b"antipasta" not in source or not any(key.encode() in source for key in _KEYS):
        return ()
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.load(source, Loader=loader)  # noqa: S506 - both are safe loaders
    except Exception:  # noqa: BLE001 - its constructors raise whatever a scalar makes them raise
        return ()
    return tuple(_sentence(*found) for found in _found(document))


def _found(document: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401 - whatever stands in a YAML file
    """Key, its pattern, and whose it is."""
    ours = [hook for hook in _hooks(document) if hook.get("id") in _IDS]
    if ours:
        yield from _patterns(document, "all hooks")
    for hook in ours:
        yield from _patterns(hook, f"the hook {hook['id']}")


def _hooks(document: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - what YAML holds can be anything
    repos = document.get("repos") if isinstance(document, dict) else None
    for repo in repos if isinstance(repos, list) else ():
        hooks = repo.get("hooks") if isinstance(repo, dict) else None
        yield from (hook for hook in (hooks if isinstance(hooks, list) else ()) if isinstance(hook, dict))


def _patterns(entry: dict[str, Any], whose: str) -> Iterator[tuple[str, str, str]]:
    for key in _KEYS:
        if isinstance(pattern := entry.get(key), str) and pattern:
            yield key, " ".join(pattern.split())[:_LONGEST], whose


def _sentence(key: str, pattern: str, whose: str) -> str:
    return (
        f"`{key}: {pattern}` of {whose} decides whether this hook runs, not what it judges; "
        "`exclude:` in .antipasta.yaml does"
    )

"""What stands in the key of a kept roll-up changes when the code does that decides what is in it."""

import ast
import hashlib
from pathlib import Path

import antipasta_hook
from antipasta_hook.cache.version import ROLL_UP_DIGEST
from tests.unit.metrics.test_engine_version import _written

ROOT = Path(antipasta_hook.__path__[0])
DECIDING = (
    "analyse/contexts.py", "analyse/counting.py", "analyse/rollups.py", "cache/rollup.py", "cache/sealing.py",
    "changes/attributes.py", "changes/content.py", "changes/layout.py", "changes/marks.py", "changes/pairing.py",
    "changes/skips.py", "config/brackets.py", "config/patterns.py", "config/reach.py", "config/settings.py",
    "config/wildmatch.py", "model/census.py",
)  # fmt: skip


def digest() -> str:
    """Over the modules that decide, those of the verdict among them."""
    whole = hashlib.sha256()
    for path in sorted([*(ROOT / name for name in DECIDING), *(ROOT / "verdict").glob("*.py")]):
        name = path.relative_to(ROOT).as_posix()
        whole.update(f"{name}:{_written(ast.parse(path.read_bytes()))}\n".encode())
    return whole.hexdigest()[:16]


def test_the_version_is_raised_when_the_code_changes() -> None:
    assert digest() == ROLL_UP_DIGEST, (
        "The code changed that decides what is kept of a tree in which nothing changed. If that may be something else "
        "for any tree (another finding, other words), raise ROLL_UP_VERSION in antipasta_hook/cache/version.py: what "
        f"was kept must not be used. In any case set ROLL_UP_DIGEST there to {digest()!r}."
    )

"""What stands for the compiler in the key of kept settings changes when the compiler does."""

import ast
import hashlib
from pathlib import Path

from antipasta_hook import config
from antipasta_hook.config.version import COMPILER_DIGEST
from tests.unit.metrics.test_engine_version import _written

DECIDING = (
    "brackets", "compilation", "compiled", "document", "fault", "parent", "patterns", "schema", "toml_text",
    "validation", "values", "wildmatch", "yaml_text",
)  # fmt: skip
"""The modules that decide what a file compiles to."""


def digest() -> str:
    whole = hashlib.sha256()
    for name in DECIDING:
        source = (Path(config.__path__[0]) / f"{name}.py").read_bytes()
        whole.update(f"{name}:{_written(ast.parse(source))}\n".encode())
    return whole.hexdigest()[:16]


def test_the_version_is_raised_when_the_code_changes() -> None:
    assert digest() == COMPILER_DIGEST, (
        "The code that compiles settings changed. If any file may compile to something else, raise COMPILER_VERSION in "
        "antipasta_hook/config/version.py: what was kept must not be used. In any case set COMPILER_DIGEST there to "
        f"{digest()!r}."
    )

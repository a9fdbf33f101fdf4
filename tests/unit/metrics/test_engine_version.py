"""What stands for the engine in a cache key changes when the engine does."""

import ast
import hashlib
import os
import subprocess
import sys
from importlib import metadata

from antipasta_hook import metrics
from antipasta_hook.metrics import engine_fingerprint
from antipasta_hook.metrics.fingerprint import RADON
from antipasta_hook.metrics.version import METRICS_DIGEST, METRICS_VERSION


def _written(node: object) -> str:
    """A tree as text that is the same on every Python: no positions, no docstrings, no empty fields."""
    if isinstance(node, list):
        return "[" + ",".join(map(_written, node)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, [])}
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
        fields["body"] = node.body[1:]
    return type(node).__name__ + "(" + ",".join(f"{name}={_written(value)}" for name, value in fields.items()) + ")"


def digest() -> str:
    """Over every module of metrics/ but the one that holds the digest."""
    folder = os.path.dirname(metrics.__file__)
    whole = hashlib.sha256()
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py") and name != "version.py":
            with open(os.path.join(folder, name), "rb") as stream:
                whole.update(f"{name}:{_written(ast.parse(stream.read()))}\n".encode())
    return whole.hexdigest()[:16]


def test_the_version_is_raised_when_the_code_changes() -> None:
    assert digest() == METRICS_DIGEST, (
        "The code of antipasta_hook/metrics/ changed. If any number may change for any source, raise METRICS_VERSION "
        f"in version.py: old cache entries must not be used. In any case set METRICS_DIGEST there to {digest()!r}."
    )


def test_the_fingerprint_names_everything_that_the_numbers_depend_on() -> None:
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    installed = metadata.version("complexipy")
    expected = f"metrics{METRICS_VERSION}-python{python}-radon{RADON}-complexipy{installed}"
    assert engine_fingerprint() == expected


def test_our_numbers_equal_the_installed_radons() -> None:
    assert metadata.version("radon") == RADON


def test_neither_importing_nor_the_fingerprint_loads_an_analyser() -> None:
    script = (
        "import sys, typing; typing.NamedTuple('T', [('a', int)]);"  # from 3.14 on this needs ast
        "theirs = set(sys.modules);"
        "from antipasta_hook.metrics import engine_fingerprint; engine_fingerprint();"
        "unwanted = {'complexipy', 'radon', 'tokenize', 'ast', 'importlib.metadata'} - theirs;"
        "print([name for name in unwanted if name in sys.modules])"
    )
    command = [sys.executable, "-S", "-c", "import sys; sys.path[:0] = " + repr(sys.path) + "; " + script]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_measuring_loads_no_radon() -> None:
    script = "import sys; from antipasta_hook.metrics import measure; measure(b'x = 1'); print('radon' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )

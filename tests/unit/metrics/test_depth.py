"""A hundred thousand levels of everything that nests: a result, and the process lives on."""

import json
import struct
import subprocess
import sys
import zlib

import pytest

from antipasta_hook.cache.encoding import decode as decode_metrics
from antipasta_hook.cache.rollup import decode_layout, decode_row
from antipasta_hook.config.compiled import Compiled
from antipasta_hook.config.compiled import decode as decode_settings
from antipasta_hook.config.load import outcome
from antipasta_hook.model import Extent
from tests.unit.cache.forging import forged

LEVELS = 100_000
NESTED = {
    "parentheses": ("(", "", ")"),
    "lists": ("[", "", "]"),
    "tables": ("{1:", "1", "}"),
    "signs": ("-", "1", ""),
    "not": ("not ", "1", ""),
    "sums": ("1+", "1", ""),
    "powers": ("2**", "1", ""),
    "names": ("a.", "b", ""),
    "calls": ("", "f", "()"),
    "items": ("", "a", "[0]"),
    "lambdas": ("lambda: ", "1", ""),
    "lambdas in lambdas": ("lambda a=", "1", ": 1"),
    "conditions": ("1 if a else ", "1", ""),
    "comparisons": ("a < ", "b", ""),
    "both": ("a and ", "b", ""),
    "elif": ("if a: pass\n", "", "elif a: pass\n"),
    "handlers": ("", "try: pass\n", "except a: pass\n"),
    "decorators": ("@a\n", "def f(): pass", ""),
    "loops in one": ("", "[a", " for a in b"),
    "values on the way": ("(a := ", "1", ")"),
    "strings in strings": ("f'{", "1", "}'"),
    "blocks in a line": ("if a: ", "pass", ""),
    "patterns": ("", "match a:\n case ", "["),
}
MEASURING = """
import json, sys
from antipasta_hook.metrics import anatomy, measure
for name, source in json.load(sys.stdin).items():
    metrics = measure(source.encode())
    anatomy(source.encode())
    print(json.dumps([name, metrics.extent, metrics.lines or metrics.raw.loc]))
"""


def test_whatever_nests_is_measured_or_named() -> None:
    sources = {name: begin * LEVELS + middle + end * LEVELS + "\n" for name, (begin, middle, end) in NESTED.items()}
    sources["elif"] = "if a: pass\n" + "elif a: pass\n" * LEVELS
    done = subprocess.run(
        [sys.executable, "-P", "-c", MEASURING], input=json.dumps(sources), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    found = {name: (extent, lines) for name, extent, lines in map(json.loads, done.stdout.splitlines())}
    assert found.keys() == sources.keys()
    assert {name: lines for name, (_, lines) in found.items()} == {
        name: len(source.splitlines()) for name, source in sources.items()
    }
    assert {extent for extent, _ in found.values()} <= {Extent.FULL, Extent.WITHOUT_TREE, Extent.LINES}


@pytest.mark.parametrize(
    "source",
    ["[" * LEVELS, "a: " * LEVELS, "{a: " * LEVELS, "- " * LEVELS, "? " * LEVELS, "&a [*a, " * LEVELS, "!a " * LEVELS],
)
def test_settings_of_any_depth_are_refused_by_name(source: str) -> None:
    for text in (source, f"exclude: {source}", f"gate: all\noverrides:\n- {source}"):
        found = outcome(".antipasta.yaml", text.encode()[:250_000])
        assert not isinstance(found, Compiled)
        assert found[0].reason
    found = outcome("pyproject.toml", f"[tool.antipasta-hook]\nexclude = {'[' * LEVELS}".encode())
    assert not isinstance(found, Compiled)
    found = outcome("pyproject.toml", f"[tool.antipasta-hook.{'a.' * LEVELS}b]\nc = 1".encode())
    assert not isinstance(found, Compiled)


@pytest.mark.parametrize("text", ["[" * LEVELS + "]" * LEVELS, '{"a":' * LEVELS + "1" + "}" * LEVELS, "[" * LEVELS])
def test_rows_of_any_depth_are_not_believed(text: str) -> None:
    raw = text.encode()
    assert decode_metrics(forged(raw)) is None
    packed = zlib.compress(raw)
    rest = struct.pack("<II", len(packed), len(raw)) + packed
    row = b"aj" + struct.pack("<I", zlib.crc32(rest, zlib.crc32(b"key"))) + rest
    assert decode_row(row, "key") is None
    assert decode_layout(row, "key") is None
    assert decode_settings(b"%08x\n%b" % (zlib.crc32(raw, zlib.crc32(b"key")), raw), "key") is None

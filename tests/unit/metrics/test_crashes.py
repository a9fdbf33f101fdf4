"""Sources that would end complexipy's parser, and the process with it: named as too deep instead."""

import subprocess
import sys

import pytest

SOURCES = {
    "strings": '"" f"{' * 3_000,
    "bytes": 'b"" f"{' * 3_000,
    "templates": 't"{' * 3_000,
    "minus": "match a:\n case " + "-" * 20_000,
    "plus": "match a:\n case " + "a+" * 20_000,
    "complex": "match a:\n case " + "-1j+" * 9_000,
}
CODE = "import sys; from antipasta_hook.metrics import measure; print(measure(sys.stdin.buffer.read()).reading)"


@pytest.mark.parametrize("name", SOURCES)
def test_what_would_end_the_process_is_named(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", CODE], input=SOURCES[name], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "deep\n"), done.stderr[-500:]

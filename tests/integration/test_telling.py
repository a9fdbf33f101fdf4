"""Commands that only tell something: where that cannot be had or cannot be written, they say so and do not pass."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.repositories import Repo, function


def tell(repo: Repo, command: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "antipasta_hook", *command.split()],
        cwd=repo.path,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")
@pytest.mark.parametrize("command", ["explain a.py", "explain a.py::f", "last", "config show", "config schema"])
def test_what_cannot_be_written_is_no_answer(repo: Repo, command: str) -> None:
    repo.commit_files({"a.py": function("f")})
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "antipasta_hook", *command.split()],
            cwd=repo.path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr == "antipasta-hook: cannot write the report to standard output: No space left on device\n"


def test_last_says_where_nothing_can_be_kept(repo: Repo, tmp_path: Path) -> None:
    repo.commit_files({"a.py": function("f")})
    assert "passed without a word" in tell(repo, "last").stdout
    (tmp_path / "file").write_text("")
    done = tell(repo, "last", ANTIPASTA_CACHE_DIR=str(tmp_path / "file" / "cache"))
    assert done.returncode == 0
    assert "nothing can be kept" in done.stdout

"""What Windows does not have: every module can be imported and commits are judged without it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.repositories import Repo
from tests.integration.without_posix import MODULES, OS, SIGNAL

ROOT = Path(__file__).parents[2]
PRELUDE = Path(__file__).with_name("without_posix.py")
BAD = "def bad(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(30))

pytestmark = pytest.mark.skipif(os.name != "posix", reason="here it is lacking anyway")


def python(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", f"from tests.integration.without_posix import hide; hide()\n{code}"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_every_module_can_be_imported() -> None:
    done = python(
        "import pkgutil, importlib, antipasta_hook\n"
        "for found in pkgutil.walk_packages(antipasta_hook.__path__, 'antipasta_hook.'):\n"
        "    importlib.import_module(found.name)\n"
        "    print(found.name)\n"
    )
    assert done.returncode == 0, done.stderr
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "antipasta_hook").rglob("*.py")
    }
    assert set(done.stdout.split()) == modules - {"antipasta_hook"}


@pytest.mark.parametrize(
    "code",
    [
        "os.nice(1)",
        "os.O_NOFOLLOW",
        "hasattr(os, 'geteuid') or wrong",
        "signal.SIGKILL",
        "__import__('fcntl')",
        "exec('from os import wait4')",
        "getattr(signal, 'SIGHUP')",
    ],
)
def test_what_is_hidden_is_hidden_from_us(code: str) -> None:
    """The test of the test: the same code, as ours and as somebody else's."""
    setting = "import os, signal\nexec(CODE, {'__name__': NAME, 'os': os, 'signal': signal})"
    ours = python(f"CODE, NAME = {code!r}, 'antipasta_hook.cli'\n{setting}")
    assert ours.returncode == 1
    assert ours.stderr.splitlines()[-1].startswith(
        ("AttributeError", "ModuleNotFoundError", "ImportError", "NameError")
    )
    if "fcntl" not in code:
        others = python(f"CODE, NAME = {code!r}, 'elsewhere'\n{setting}")
        assert others.returncode == 0, others.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the names are those of Linux")
def test_the_names_that_are_hidden_exist() -> None:
    assert {"fcntl", "resource", "pwd"} <= {*MODULES} & {*sys.stdlib_module_names}
    assert len([name for name in OS if hasattr(os, name)]) > 120
    assert len([name for name in SIGNAL if hasattr(signal, name)]) > 35


def test_commits_are_judged(repo: Repo) -> None:
    repo.hook("pre-commit", f'#!/bin/sh\nexec "{sys.executable}" "{PRELUDE}" run -v --budget none\n')
    files = {f"m{number}.py": BAD.replace("bad", f"old{number}") for number in range(40)}
    repo.git("commit", "-q", "--no-verify", "--allow-empty", "-m", "nothing")
    for path, text in files.items():
        repo.write(path, text)
    repo.stage()
    repo.git("commit", "-q", "--no-verify", "-m", "the past")

    def commit() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["git", "commit", "-q", "-a", "-m", "work"],
            cwd=repo.path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    for path, text in files.items():
        repo.write(path, text + "\n\ndef fine(x):\n    return x\n")
    for _ in ("cold", "warm"):
        repo.write("bad.py", BAD)
        repo.stage()
        done = commit()
        assert done.returncode == 1, done.stderr
        assert "bad.py:1 bad" in done.stdout + done.stderr
        assert "internal error" not in done.stderr
    repo.write("bad.py", "def good(x):\n    return x\n")
    repo.stage()
    done = commit()
    assert done.returncode == 0, done.stderr
    assert "not judged" not in done.stderr
    assert "cache" not in done.stderr.replace("the cache knew", "")


def test_measurements_are_kept(repo: Repo) -> None:
    repo.commit_files({"bad.py": BAD})
    for said in ("1 file of HEAD measured, 0 known before", "0 files of HEAD measured, 1 known before"):
        done = subprocess.run(
            [sys.executable, str(PRELUDE), "cache", "warm"], cwd=repo.path, capture_output=True, text=True, check=True
        )
        assert done.stderr == f"antipasta-hook: {said}\n"


@pytest.mark.parametrize(
    "command",
    [
        ["ci"],
        ["check"],
        ["run", "--all-files", "--jobs", "2"],
        ["backtest", "--last", "2"],
        ["last"],
    ],
)
def test_commands_end_well(repo: Repo, command: list[str]) -> None:
    for number in range(3):
        repo.commit_files({f"m{number}.py": f"def f{number}(x):\n    return x\n"})
    done = subprocess.run(
        [sys.executable, str(PRELUDE), *command], cwd=repo.path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert "internal error" not in done.stderr

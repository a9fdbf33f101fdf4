"""The one error boundary: what each kind of end looks like from outside."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from antipasta_hook import __version__, cli
from antipasta_hook.optimizer import PreCommitOptimizer
from tests.integration.repositories import Repo


def called(*arguments: str) -> int:
    """Run a command in this process."""
    return cli.main(arguments, started=time.perf_counter())


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert called("--version") == 0
    assert capsys.readouterr().out == f"antipasta-hook {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["walk"], ["run", "--gate"], ["run", "--nonsense"]])
def test_a_call_that_makes_no_sense_is_usage(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert called(*arguments) == 2
    assert "usage: antipasta-hook" in capsys.readouterr().err


def test_help_names_every_command_and_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert called("--help") == 0
    out = capsys.readouterr().out
    assert all(f"    {name}" in out and purpose in out for name, purpose in cli.COMMANDS.items())


def _broken(_: PreCommitOptimizer, **__: object) -> None:
    raise LookupError("a\nbug")


@pytest.mark.parametrize(("environ", "code"), [({"GIT_INDEX_FILE": "index"}, 0), ({}, 3)])
def test_a_bug_of_ours_costs_no_commit_and_is_no_verdict(
    environ: dict[str, str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(PreCommitOptimizer, "run", _broken)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert called("run") == code
    said = capsys.readouterr().err
    assert said.startswith("antipasta-hook: internal error: LookupError: a\\nbug (test_cli.py:")
    assert "Traceback" not in said
    assert called("run", "--debug") == code
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_its_own_code(repo: Repo, tmp_path: Path, number: signal.Signals, code: int) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    repo.write("a.py", "x = 1\n")
    repo.stage()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "antipasta_hook", "run", "--format", f"json:{fifo}"],
        cwd=repo.path,
        stderr=subprocess.PIPE,
    )
    _wait_until_it_waits(process.pid)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in said


def _wait_until_it_waits(pid: int) -> None:
    """Until the process sleeps in opening the pipe, which nobody reads."""
    place = Path(f"/proc/{pid}/wchan")
    if not place.exists():
        pytest.skip("needs /proc")
    for _ in range(2000):
        if "fifo" in place.read_text() or "wait_for_partner" in place.read_text():
            return
        time.sleep(0.01)
    pytest.skip("this system does not say what a process waits for")


class _Panic(BaseException):
    """What a library written in Rust raises: no Exception."""


@pytest.mark.parametrize(("number", "code"), [(0, 0), (signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_panic_of_a_library_is_a_bug_unless_a_signal_brought_it_about(
    number: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_: PreCommitOptimizer, **__: object) -> None:
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            if number:
                signal.raise_signal(number)
        raise _Panic("failed to import")

    monkeypatch.setattr(PreCommitOptimizer, "run", run)
    monkeypatch.setenv("GIT_INDEX_FILE", "index")
    assert called("run") == code
    assert ("internal error: _Panic: failed to import" in capsys.readouterr().err) is not bool(number)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def _wrapped(signal_of: BaseException) -> object:
    def run(_: PreCommitOptimizer, **__: object) -> None:
        raise RuntimeError("Error calling __set_name__") from signal_of

    return run


@pytest.mark.parametrize(("raised", "code"), [(KeyboardInterrupt(), 130), (SystemExit(143), 143)])
def test_a_signal_that_python_wraps_is_no_bug_that_passes(
    raised: BaseException, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PreCommitOptimizer, "run", _wrapped(raised))
    monkeypatch.setenv("GIT_INDEX_FILE", "index")
    assert called("run") == code

"""No git outlives an interrupt, wherever it comes."""

import os
import signal
import subprocess
from typing import Any

import pytest

from antipasta_hook.changes.children import Git, Objects, _uninterrupted
from antipasta_hook.changes.place import Place
from tests.integration.repositories import Repo, function


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[bytes]"]:
    """All children that were started."""
    children: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> "subprocess.Popen[bytes]":
        children.append(real(*arguments, **options))
        return children[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return children


def interrupt(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def all_reaped(children: list["subprocess.Popen[bytes]"]) -> bool:
    return bool(children) and all(child.returncode is not None for child in children)


@pytest.fixture
def git(repo: Repo) -> Git:
    repo.commit_files({"a.py": function("a")})
    return Git(Place(str(repo.path), dict(os.environ)))


def test_between_the_start_and_the_note_of_it(
    git: Git, started: list["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = subprocess.Popen

    def interrupted(*arguments: Any, **options: Any) -> "subprocess.Popen[bytes]":
        child = start(*arguments, **options)
        interrupt()
        return child

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        git.ask("cat-file", "--batch")
    assert all_reaped(started)
    with pytest.raises(KeyboardInterrupt):
        Objects(git, "--batch").ask("1" * 40)
    assert len(started) == 2
    assert all_reaped(started)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_is_held_back_comes_afterwards_and_a_second_one_at_once(
    number: signal.Signals,
) -> None:
    came: list[int] = []
    before = signal.signal(number, lambda number, _: came.append(number))
    try:
        with _uninterrupted():
            signal.raise_signal(number)
            assert came == []
        assert came == [number]
        with _uninterrupted():
            signal.raise_signal(number)
            signal.raise_signal(number)
            assert came[1:3] == [number, number]
    finally:
        signal.signal(number, before)


def test_while_it_is_listened_to(
    git: Git, started: list["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antipasta_hook.changes.children._exactly", interrupt)
    objects = Objects(git, "--batch")
    with pytest.raises(KeyboardInterrupt):
        objects.ask("HEAD:a.py")
    assert all_reaped(started)
    monkeypatch.undo()
    assert objects.ask("HEAD:a.py") == function("a").encode()
    objects.close()


def test_while_it_is_ended(git: Git, started: list["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch) -> None:
    objects = Objects(git, "--batch")
    assert objects.ask("HEAD:a.py")

    def kill() -> None:
        interrupt()
        started[0].terminate()

    monkeypatch.setattr(started[0], "kill", kill)
    with pytest.raises(KeyboardInterrupt):
        objects.close()
    assert all_reaped(started)


def test_children_that_were_all_ended_are_started_again(git: Git, started: list["subprocess.Popen[bytes]"]) -> None:
    objects = Objects(git, "--batch")
    assert objects.ask("HEAD:a.py") == function("a").encode()
    git.close()
    assert all_reaped(started)
    assert objects.ask("HEAD:a.py") == function("a").encode()
    git.close()
    objects.close()
    assert all_reaped(started)

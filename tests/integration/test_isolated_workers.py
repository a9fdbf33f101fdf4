"""A worker has a clean environment, its pipes and nothing else, and needs to write nowhere."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from antipasta_hook.analyse import child
from antipasta_hook.analyse.worker import READY
from tests.integration.commands import AS_MODULE
from tests.integration.repositories import Repo
from tests.integration.test_run import branches

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells it")


@pytest.fixture
def worker() -> Iterator["subprocess.Popen[bytes]"]:
    """A worker that is ready, of a process with files open that a child would inherit."""
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(5)]
    for descriptor in files:
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - its signature
    started = child._launch()
    assert started.stdout is not None
    assert started.stdout.read(len(READY)) == READY
    yield started
    started.kill()
    started.communicate()
    for descriptor in files:
        os.close(descriptor)


@LINUX
def test_a_worker_has_its_pipes_and_no_other_descriptor(worker: "subprocess.Popen[bytes]") -> None:
    place = Path("/proc") / str(worker.pid) / "fd"
    found = {name.name: os.readlink(name) for name in place.iterdir()}
    kinds = sorted("pipe" if target.startswith("pipe:") else target for target in found.values())
    assert kinds == ["/dev/null", "/dev/null", "pipe", "pipe"]  # standard error, and what is printed


@LINUX
def test_a_worker_knows_nothing_of_the_environment(worker: "subprocess.Popen[bytes]") -> None:
    place = Path("/proc") / str(worker.pid)
    names = {each.partition(b"=")[0].decode() for each in (place / "environ").read_bytes().split(b"\0") if each}
    assert names <= {*child._NEEDED}
    assert os.readlink(place / "cwd") == "/"


@LINUX
def test_a_worker_may_write_no_file(worker: "subprocess.Popen[bytes]") -> None:
    """Whatever an analyser might try: it answers on a pipe, which is no file."""
    limits = (Path("/proc") / str(worker.pid) / "limits").read_text()
    (sizes,) = [line.split()[3:5] for line in limits.splitlines() if line.startswith("Max file size")]
    (cores,) = [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")]
    assert sizes[0] == "0"
    assert cores[0] == "0"


READ_ONLY = """\
mount --make-rprivate /
while read -r _ _ _ _ place _; do
    case $place in /proc*|/sys*) continue ;; esac
    mount -o remount,bind,ro "$place" || exit 99
done < /proc/self/mountinfo
exec "$@"
"""


def _where_nothing_can_be_written(repo: Repo, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run it in a world of its own, every file system of which is read-only."""
    if not shutil.which("unshare"):
        pytest.skip("needs unshare")
    line = ("unshare", "-rm", "sh", "-c", READ_ONLY, "sh", *command)
    return subprocess.run(line, cwd=repo.path, capture_output=True, text=True, check=False)


@LINUX
def test_where_nothing_at_all_can_be_written_the_verdict_is_the_same(repo: Repo) -> None:
    can = _where_nothing_can_be_written(repo, "sh", "-c", "! touch x")
    if can.returncode:
        pytest.skip(f"this machine lets nobody make a file system read-only: {can.stderr}")
    assert "Read-only" in can.stderr
    repo.commit_files({f"m{n}.py": branches(4, f"f{n}") for n in range(20)}, "first")
    repo.write("m1.py", branches(14, "f1"))
    repo.stage()
    arguments = ("--format", "json", "--executor", "processes", "--jobs", "2")
    for command in (("run",), ("run", "--all-files", "--gate", "all"), ("ci", "--base", "HEAD"), ("check",)):
        line = (*AS_MODULE, *command, *arguments)
        free = subprocess.run((*line, "--no-cache"), cwd=repo.path, capture_output=True, text=True, check=False)
        done = _where_nothing_can_be_written(repo, *line)
        assert done.returncode == free.returncode, done.stderr
        assert json.loads(done.stdout)["findings"] == json.loads(free.stdout)["findings"]
        assert "internal error" not in done.stderr

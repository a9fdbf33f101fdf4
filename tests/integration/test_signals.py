"""Signals, at whatever moment they come: their own exit code, no traceback, nobody and nothing left behind."""

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import cycle, repeat
from pathlib import Path
from typing import Any

import pytest

from antipasta_hook.cache.database import FILES
from tests.integration.repositories import Repo
from tests.integration.test_backtest import branching
from tests.integration.test_backtest_interrupted import processes

pty = pytest.importorskip("pty")

KEPT = {"lock", "kept", "runs", "settings", "CACHEDIR.TAG", ".gitignore"}

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
PADDING = "# words that make a file large enough for a store to pay\n" * 1_300

PROGRAM = """
import importlib.abc, os, sys
place, number = sys.argv[1], int(sys.argv[2])
sys.argv[1:] = sys.argv[3:]
seen = []

def hit():
    if not seen:
        seen.append(os.getpid())
        os.kill(os.getpid(), number)

class Importing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == place:
            hit()

def calling(module, name):
    owner = __import__(module, fromlist=["x"])
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    function = getattr(owner, last)
    def hitting(*arguments, **options):
        hit()
        return function(*arguments, **options)
    setattr(owner, last, hitting)

from antipasta_hook import __main__ as program
module, _, name = place.partition(":")
if name:
    calling(module, name)
else:
    sys.meta_path.insert(0, Importing())
program.main_and_exit()
"""
"""The tool, which gets a signal when it imports a module or calls a function for the first time."""

MODULES = [
    "antipasta_hook.cli",
    "argparse",
    "antipasta_hook.cli.streams",
    "antipasta_hook.cli.run",
    "antipasta_hook.optimizer",
    "pygit2",
    "sqlite3",
    "diskcache",
    "complexipy",
    "antipasta_hook.report.document",
]
CALLS = [
    "antipasta_hook.cli:prepare",
    "antipasta_hook.changes.repository:Repository.head",
    "antipasta_hook.cache.store:Store._open",
    "antipasta_hook.cache.database:create_database",
    "antipasta_hook.cache.database:_restrain",
    "antipasta_hook.cache.database:Database.set",
    "antipasta_hook.cache.database:Database.close",
    "antipasta_hook.cache.lock:Occupancy.close",
    "antipasta_hook.metrics.engine:measure",
    "antipasta_hook.cli.outputs:save",
    "antipasta_hook.cache.whole:_fill",
    "antipasta_hook.cache.whole:_name",
    "antipasta_hook.cache.whole:_move",
]


@pytest.fixture
def project(repo: Repo) -> Repo:
    """A commit to be judged: its files are large enough for the cache, and something blocks."""
    repo.commit_files({f"{name}.py": branching(name, 9) + PADDING for name in "abc"})
    for name in "abc":
        repo.write(f"{name}.py", branching(name, 12) + PADDING)
    repo.stage()
    return repo


def judged(repo: Repo, *, program: Sequence[str] = ("-m", "antipasta_hook")) -> tuple[int, str]:
    """The exit code, and what was said on standard error; the report is in ``out``."""
    command = [sys.executable, "-P", *program, "run", "-q", "--budget", "none", "--format", "json:out/report.json"]
    (repo.path / "out").mkdir(exist_ok=True)
    done = subprocess.run(command, cwd=repo.path, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr


def report(repo: Repo) -> dict[str, Any]:
    """The verdict without what depends on the clock and on the cache."""
    found: dict[str, Any] = json.loads((repo.path / "out" / "report.json").read_text("utf-8"))
    for name in ("timings_ms", "cache", "budget"):
        del found[name]
    for file in found["files"]:
        file["status"] = file["status"].replace("cached", "analysed")
    return found


def assert_nothing_is_left(repo: Repo) -> None:
    """No unfinished file, no lock that is held, and a sound cache, where there is one."""
    store = Path(os.environ["ANTIPASTA_CACHE_DIR"]) / "v1"
    everywhere = [*repo.path.rglob("*"), *store.rglob("*")]
    assert [path for path in everywhere if "tmp" in path.name or path.suffix == ".lock"] == []
    assert {path.name for path in store.glob("*")} <= {*KEPT, *FILES}
    if (store / "lock").exists():
        with (store / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if (store / "cache.db").exists():
        with closing(sqlite3.connect(store / "cache.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def assert_the_next_run_is_right(repo: Repo, expected: dict[str, Any]) -> None:
    for _ in range(2):
        code, said = judged(repo)
        assert code == 1
        assert "cache" not in said
        assert report(repo) == expected
    assert_nothing_is_left(repo)


PLACES = [*MODULES, *CALLS]
MOMENTS = [*zip(PLACES, cycle([signal.SIGTERM, signal.SIGHUP])), *zip(PLACES, repeat(signal.SIGINT))]


@pytest.mark.parametrize(("place", "number"), MOMENTS)
def test_a_signal_has_its_own_code_wherever_it_comes(project: Repo, place: str, number: signal.Signals) -> None:
    code, said = judged(project, program=("-c", PROGRAM, place, str(int(number))))
    assert code == CODES[number]
    assert said in ("", "antipasta-hook: interrupted: nothing was judged\n")
    assert_nothing_is_left(project)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("place", CALLS)
def test_after_a_signal_the_next_run_is_as_if_there_had_been_none(
    project: Repo, monkeypatch: pytest.MonkeyPatch, place: str, number: signal.Signals
) -> None:
    assert judged(project)[0] == 1
    expected = report(project)
    (project.path / "out" / "report.json").unlink()
    monkeypatch.setenv("ANTIPASTA_CACHE_DIR", os.environ["ANTIPASTA_CACHE_DIR"] + " again")
    assert judged(project, program=("-c", PROGRAM, place, str(int(number))))[0] == CODES.get(number, -number)
    assert_the_next_run_is_right(project, expected)


def test_a_killed_process_leaves_no_part_of_a_report(project: Repo) -> None:
    """Nor the name that a finished one has for a moment, once the next is written."""
    assert judged(project)[0] == 1
    before = (project.path / "out" / "report.json").read_bytes()
    for place in ("_fill", "_name", "_move"):
        program = ("-c", PROGRAM, f"antipasta_hook.cache.whole:{place}", str(int(signal.SIGKILL)))
        assert judged(project, program=program)[0] == -signal.SIGKILL
        assert (project.path / "out" / "report.json").read_bytes() == before
    assert judged(project)[0] == 1
    assert_nothing_is_left(project)


WAITING = """
import os, signal, sys, time
from antipasta_hook.analyse.crew import Crew
def dismiss(_):
    os.write(1, b"cleaning up")
    time.sleep(1_000)
Crew.dismiss = dismiss
from antipasta_hook.cli import {module} as command
run = command.run
def interrupted(arguments):
    with Crew(0):
        os.kill(os.getpid(), {number})
command.run = interrupted
from antipasta_hook.__main__ import main_and_exit
sys.argv[1:] = ["{module}"]
main_and_exit()
"""


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_asks_twice_does_not_wait_for_anything(repo: Repo, first: signal.Signals, second: signal.Signals) -> None:
    code = WAITING.format(module="run", number=int(first))
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", code], cwd=repo.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.read(11) == b"cleaning up"
    process.send_signal(second)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out, said) == (CODES[second], b"", b"")


DROPPING = """
import os, signal, sys
from antipasta_hook.cli import run as command
class Last:
    def __del__(_):
        os.kill(os.getpid(), signal.SIGTERM)
def run(arguments):
    Last()
    print("went on")
command.run = run
from antipasta_hook.__main__ import main_and_exit
sys.argv[1:] = ["run"]
main_and_exit()
"""


def test_where_python_drops_what_a_signal_raises_it_ends_at_once(repo: Repo) -> None:
    command = [sys.executable, "-P", "-c", DROPPING]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (143, b"", b"")


SWALLOWING = """
import os, signal, sys, time
import antipasta_hook.cli.run as command
class Max(str):
    def __repr__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)
        return "max"
def run(arguments):
    try:
        int(Max("max"))
    except ValueError:
        pass
    time.sleep(60)
    print("went on")
command.run = run
from antipasta_hook.__main__ import main_and_exit
sys.argv[1:] = ["run"]
main_and_exit()
"""


def test_where_python_loses_what_a_signal_raises_it_ends_soon(repo: Repo) -> None:
    command = [sys.executable, "-P", "-c", SWALLOWING]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, timeout=50, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (143, b"", b"")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers for signals")
def test_what_the_system_says_of_memory_loses_no_signal(tmp_path: Path) -> None:
    """Of a control group without a limit, as most are: some hundred signals at random moments."""
    code = """
import random, signal, sys, time
from antipasta_hook.analyse import machine
def end(number, frame):
    heard.append(number)
    sys.exit(0)
signal.signal(signal.SIGALRM, end)
machine.free_memory(sys.argv[1])
for _ in range(600):
    heard = []
    try:
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, 0.001))
        while not heard:
            machine.free_memory(sys.argv[1])
    except SystemExit:
        continue
    print("lost")
"""
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/\n")
    (tmp_path / "proc/meminfo").write_text("MemAvailable: 1000 kB\n")
    (group / "memory.max").write_text("max\n")
    command = [sys.executable, "-P", "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_that_a_shell_ignores_is_ignored(project: Repo, number: signal.Signals) -> None:
    place = "antipasta_hook.changes.repository:Repository.head"
    program = PROGRAM.replace("seen = []", "seen = []\nimport signal; signal.signal(number, signal.SIG_IGN)")
    assert judged(project, program=("-c", program, place, str(int(number))))[0] == 1


@pytest.fixture
def large(repo: Repo) -> Repo:
    """Files that take some seconds to measure."""
    source = "".join(branching(f"f{number}", 9) for number in range(400))
    repo.commit_files({f"m{number}.py": source + f"# {number}\n" for number in range(150)})
    repo.git("repack", "-adq")  # what is not packed is read without a git child
    return repo


CI = [sys.executable, "-P", "-m", "antipasta_hook", "ci", "--no-cache", "--jobs", "2", "--executor", "processes"]


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it never came true")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("reader", ["pygit2", "git"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nobody_outlives_a_run_whose_children_are_at_work(large: Repo, number: signal.Signals, reader: str) -> None:
    process = subprocess.Popen(
        [*CI, "--reader", reader], cwd=large.path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    wait_until(lambda: len(processes(process.pid)) >= (4 if reader == "git" else 3))
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == CODES.get(number, -number)
    assert b"Traceback" not in said
    wait_until(lambda: not processes(process.pid))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_terminal_that_is_closed_ends_it(large: Repo) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(large.path)
        os.execv(CI[0], CI)
    wait_until(lambda: len(processes(pid)) >= 3)
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 129
    wait_until(lambda: not processes(pid))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_an_interrupt_from_the_keyboard_reaches_git_as_well_and_ends_both(large: Repo) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(large.path)
        os.execv(CI[0], [*CI, "--reader", "git"])
    wait_until(lambda: len(processes(pid)) >= 4)
    os.write(terminal, b"\x03")
    seen = b""
    try:
        while chunk := os.read(terminal, 1000):
            seen += chunk
    except OSError:  # how Linux says that nobody writes any more
        pass
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 130
    assert b"interrupted: nothing was judged" in seen
    assert b"Traceback" not in seen
    wait_until(lambda: not processes(pid))

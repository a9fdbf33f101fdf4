"""Many processes at one store, and processes that die: no error, right answers."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.cache.places import ITEMS, assert_works_again, filled, opened, plain

PROGRAM = """
import sys
from antipasta_hook.cache import open_store
from tests.integration.cache.places import ITEMS
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    with open_store(sys.argv[1], {}) as store:
        assert store.get_many(ITEMS).items() <= ITEMS.items()
        store.set_many(ITEMS)
        assert store.get_many(ITEMS).items() <= ITEMS.items()
        problem = store.problem
        assert problem is None or (problem.severity == "notice" and "busy" in problem.message), problem
print("done")
"""


def started(base: Path, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(base), str(rounds)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip


def release(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.parametrize("state", ["cold", "warm"])
def test_24_processes_at_once_get_right_answers(tmp_path: Path, state: str) -> None:
    if state == "warm":
        filled(tmp_path)
    processes = [started(tmp_path, rounds=3) for _ in range(24)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        release(process)
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, output, errors) == (0, "done\n", "")
    with opened(tmp_path) as store:
        assert store.get_many(ITEMS) == ITEMS
    assert_works_again(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_killed_writers_leave_a_sound_store(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(12):
        process = started(tmp_path, rounds=10_000)
        assert process.stdout is not None
        process.stdout.readline()
        release(process)
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        with opened(tmp_path) as store:
            assert store.get_many(ITEMS).items() <= ITEMS.items()
    assert_works_again(tmp_path)
    with plain(tmp_path / "v1" / "cache.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

"""What a process may use, as different systems say it: made-up files in the places of the real ones."""

import os
from pathlib import Path

import pytest

from antipasta_hook.analyse.machine import free_memory, is_free_threaded, look, processors

MEMINFO = "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n"
V1 = "7:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n0::/\n"
V1_FILES = "inactive_file 5\ntotal_inactive_file 60000\ntotal_active_file 40000\n"
MANY = 10_000


@pytest.fixture(autouse=True)
def _many_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(MANY)), raising=False)


def system(root: Path, files: dict[str, str]) -> str:
    """A root with these files."""
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return str(root)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"proc/meminfo": MEMINFO}, 8_000_000 * 1024),
        ({"proc/meminfo": "MemAvailable:\n"}, None),
        ({"proc/meminfo": "MemTotal: 1 kB\n"}, None),
        # cgroup v2, the files that it keeps in memory not counted
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "0::/job\n",
                "sys/fs/cgroup/job/memory.max": "1000000\n",
                "sys/fs/cgroup/job/memory.current": "700000\n",
                "sys/fs/cgroup/job/memory.stat": "anon 1\ninactive_file 150000\nactive_file 50000\n",
            },
            500_000,
        ),
        # the narrowest of all groups above counts
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "0::/outer/inner\n",
                "sys/fs/cgroup/outer/inner/memory.max": "max\n",
                "sys/fs/cgroup/outer/inner/memory.current": "10\n",
                "sys/fs/cgroup/outer/memory.max": "3000\n",
                "sys/fs/cgroup/outer/memory.current": "1000\n",
            },
            2_000,
        ),
        # in a container its own group is the root, whatever the name
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "0::/../../elsewhere\n",
                "sys/fs/cgroup/memory.max": "5000\n",
                "sys/fs/cgroup/memory.current": "6000\n",
            },
            0,
        ),
        # cgroup v1
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": V1,
                "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "1000000\n",
                "sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes": "700000\n",
                "sys/fs/cgroup/memory/docker/abc/memory.stat": V1_FILES,
            },
            400_000,
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": V1,
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": "700000\n",
            },
            8_000_000 * 1024,
        ),
        ({"proc/self/cgroup": "nonsense\n\n::\n", "proc/meminfo": MEMINFO}, 8_000_000 * 1024),
    ],
)
def test_how_much_memory_is_free(tmp_path: Path, files: dict[str, str], expected: int | None) -> None:
    assert free_memory(system(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, MANY),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, MANY),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "200000 100000\n"}, 2),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000 100000\n"}, 2),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "1000 100000\n"}, 1),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "1000 0\n"}, MANY),
        (
            {
                "proc/self/cgroup": "0::/a/b\n",
                "sys/fs/cgroup/a/b/cpu.max": "400000 100000\n",
                "sys/fs/cgroup/a/cpu.max": "300000 100000\n",
            },
            3,
        ),
        (
            {
                "proc/self/cgroup": V1,
                "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us": "400000\n",
                "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us": "100000\n",
            },
            4,
        ),
        (
            {
                "proc/self/cgroup": V1,
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            },
            MANY,
        ),
    ],
)
def test_how_many_processors_may_be_used(tmp_path: Path, files: dict[str, str], expected: int) -> None:
    assert processors(system(tmp_path, files)) == expected


def test_where_nobody_tells_all_processors_are_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert processors(str(tmp_path)) == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors(str(tmp_path)) == 1


def test_this_machine_says_something_sensible() -> None:
    found = look()
    assert found.processors >= 1
    assert found.memory is None or found.memory > 0


def test_threads_run_at_the_same_time_only_without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys._is_gil_enabled", lambda: True, raising=False)
    assert not is_free_threaded()
    monkeypatch.setattr("sys._is_gil_enabled", lambda: False, raising=False)
    assert is_free_threaded()
    answers = iter([False, True])  # an analyser that is loaded in between brings it back
    monkeypatch.setattr("sys._is_gil_enabled", lambda: next(answers), raising=False)
    assert not is_free_threaded()

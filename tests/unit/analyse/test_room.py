"""Whether there is memory for a source: the more it may take, the more must be free."""

from pathlib import Path

import pytest

from antipasta_hook.analyse.room import KEPT_FREE, SMALL, too_large_for_now
from antipasta_hook.metrics import memory
from tests.unit.analyse.test_machine import system

DENSE = b"a,b;" * 40_000
PEOPLES = b"def f(a):\n    return a.b(1, 2) + [3]\n" * 3_000
LINE = b"x = 1\n"


def with_free(root: Path, free: int, groups: int | None = None) -> str:
    """A machine on which so much memory is free, and to this process's control group so much is left."""
    files = {"proc/meminfo": f"MemAvailable: {free // 1024} kB\n"}
    if groups is not None:
        files |= {"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": f"{groups + 7}\n"}
        files |= {"sys/fs/cgroup/a/memory.current": "7\n"}
    return system(root, files)


@pytest.mark.parametrize("source", [DENSE, PEOPLES])
def test_what_may_take_more_than_is_free_is_not_begun(tmp_path: Path, source: bytes) -> None:
    wanted = memory(source)
    assert too_large_for_now(source, with_free(tmp_path / "enough", wanted + KEPT_FREE + 1024)) is None
    reason = f"too little memory is free: to measure it may take {wanted >> 20:,} MB"
    assert too_large_for_now(source, with_free(tmp_path / "less", wanted + KEPT_FREE - 1024)) == reason
    assert too_large_for_now(source, with_free(tmp_path / "granted", 1 << 40, wanted)) == reason


def test_where_nothing_is_free_the_small_is_measured_all_the_same(tmp_path: Path) -> None:
    nothing = with_free(tmp_path, 0)
    assert too_large_for_now(LINE, nothing) is None
    assert too_large_for_now(b"a;" * 11_000, nothing) is None
    assert too_large_for_now(b"# nothing but words\n" * 1_500, nothing) is None


def test_where_nobody_says_how_much_is_free_all_is_measured(tmp_path: Path) -> None:
    assert too_large_for_now(DENSE, str(tmp_path)) is None


def test_what_is_small_by_its_size_may_take_no_more_than_is_small() -> None:
    assert memory(b"a;" * 12_000) <= SMALL


def test_what_is_too_large_to_be_parsed_takes_no_more_than_its_text(tmp_path: Path) -> None:
    assert too_large_for_now(b"a," * 500_000, with_free(tmp_path, 100 << 20)) is None

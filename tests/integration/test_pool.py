"""Children that measure: equal numbers, and whatever happens to a child costs one source at most."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from antipasta_hook.analyse import child, executor, machine, pool
from antipasta_hook.analyse.child import Child
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.executor import CRASHED, HANGS, KILLED, Lost, Result, Task
from antipasta_hook.analyse.pool import Pool
from antipasta_hook.cache.encoding import decode, encode
from antipasta_hook.metrics import measure
from antipasta_hook.model import FileMetrics

SOURCES = {
    "plain": b"def f(x):\n    return x if x else None\n",
    "broken": b"def f(:\n",
    "deep": b"(" * 300 + b")" * 300,
    "empty": b"",
    "zero": b"\0",
    "large": b"".join(b"def f_%d(a):\n    if a:\n        return %d\n" % (n, n) for n in range(5_000)),
    "many lines": b'"""' + b"x\n" * 100_000 + b'"""\n',
    "latin": "# coding: latin-1\nname = 'é'\n".encode("latin-1"),
}
UNTIMELY_ENDS = """
import os, sys, time
sys.path += sys.argv[1:]
answers = os.dup(1)
from antipasta_hook import metrics
measure = metrics.measure
def hostile(source):
    if source.startswith(b"ONCE "):
        path = source.removeprefix(b"ONCE ").strip()
        if not os.path.exists(path):
            open(path, "x").close()
            os._exit(9)
    if source.startswith(b"DIE"):
        os._exit(9)
    if source.startswith(b"HANG"):
        time.sleep(1_000)
    if source.startswith(b"SLOW"):
        time.sleep(0.6)
    if source.startswith(b"KILL"):
        os.kill(os.getpid(), 9)
    if source.startswith(b"SPIN"):
        while True:
            pass
    if source.startswith(b"EAT"):
        whole = bytearray(3 << 30)
    if source.startswith(b"NOTE "):
        path = source.removeprefix(b"NOTE ").strip().decode()
        others = [name for name in os.listdir(os.path.dirname(path)) if name.startswith("busy")]
        if not os.path.exists(path):
            open(path, "x").close()
            os._exit(9)
        open(path, "w").write(" ".join(others))
    if source.startswith(b"BUSY "):
        path = source.removeprefix(b"BUSY ").strip()
        open(path, "x").close()
        time.sleep(0.3)
        os.remove(path)
    if source.startswith(b"LIE"):
        os.write(answers, b"no answer of ours")
    return measure(source)
metrics.measure = hostile
from antipasta_hook.analyse.worker import main
main()
"""
"""A child that does what some sources tell it to."""

needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="needs limits of the system")

Sources = Iterator[tuple[str, bytes]]


def measured(sources: Sources, children: int) -> Iterator[tuple[str, Result]]:
    """What a crew makes of these."""
    with Crew(children, "processes") as crew:
        for answer in crew.measured(Task(key, source) for key, source in sources):
            yield answer.key, answer.result


def many(number: int) -> dict[str, bytes]:
    """Small sources."""
    return {f"m{n}": b"def f_%d(x):\n    return x\n" % n for n in range(number)}


def test_children_measure_what_this_process_measures() -> None:
    expected = {key: measure(source) for key, source in SOURCES.items()}
    assert dict(measured(iter(SOURCES.items()), 2)) == expected


def test_nothing_to_measure_is_no_trouble() -> None:
    assert list(measured(iter(()), 2)) == []


def test_sources_are_taken_only_as_the_work_goes_on() -> None:
    taken = []

    def blobs() -> Sources:
        for key, source in many(2_000).items():
            taken.append(key)
            yield key, source.ljust(10_000, b"\n")

    results = measured(blobs(), 2)
    next(results)
    assert len(taken) < 200
    assert len(list(results)) == 1_999


def test_a_child_that_dies_costs_the_source_that_it_was_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    once = b"ONCE " + os.fsencode(tmp_path / "died") + b"\n"
    sources = {**many(20), "dies": b"DIE\n", **{f"n{n}": b"x = %d\n" % n for n in range(20)}, "dies once": once}
    expected = {key: measure(source) for key, source in sources.items()}
    assert dict(measured(iter(sources.items()), 2)) == {**expected, "dies": CRASHED}


def test_a_child_that_hangs_costs_the_source_that_it_was_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    monkeypatch.setattr(executor, "HANGS_AFTER", 1.5)
    sources = {**many(20), "hangs": b"HANG\n", **{f"n{n}": b"x = %d\n" % n for n in range(20)}}
    expected = {key: measure(source) for key, source in sources.items()}
    assert dict(measured(iter(sources.items()), 2)) == {**expected, "hangs": HANGS}


def test_what_kills_the_process_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    sources = {"kills": b"KILL\n", **many(5)}
    expected = {key: measure(source) for key, source in sources.items()}
    assert dict(measured(iter(sources.items()), 2)) == {**expected, "kills": KILLED}


@needs_limits
def test_a_source_that_takes_too_much_processor_time_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    less = "from antipasta_hook.analyse import guards; guards.MOST_SECONDS = 1"
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS.replace("answers = ", f"{less}\nanswers = "))
    sources = {"spins": b"SPIN\n", **many(5)}
    expected = {key: measure(source) for key, source in sources.items()}
    assert dict(measured(iter(sources.items()), 2)) == {**expected, "spins": child.TOO_LONG}


@needs_limits
def test_processor_time_is_counted_for_each_source(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from antipasta_hook.analyse import guards; guards.MOST_SECONDS = 1"
    monkeypatch.setattr(child, "_CODE", child._CODE.replace("from ", f"{code}; from ", 1))
    sources = {f"l{n}": SOURCES["large"] + b"# %d\n" % n for n in range(30)}  # more than a second, together
    assert {type(result) for _, result in measured(iter(sources.items()), 1)} == {FileMetrics}


@needs_limits
def test_a_source_that_takes_too_much_memory_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    sources = {"eats": b"EAT\n", **many(5)}
    expected = {key: measure(source) for key, source in sources.items()}
    assert dict(measured(iter(sources.items()), 2)) == {**expected, "eats": CRASHED}


def test_without_limits_of_the_system_children_measure_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "import sys; sys.modules['resource'] = None\n"
    monkeypatch.setattr(child, "_CODE", hidden + child._CODE)
    assert dict(measured(iter(many(5).items()), 2)) == {key: measure(source) for key, source in many(5).items()}


def test_the_second_turn_is_when_nobody_else_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    note = os.fsencode(tmp_path / "note")
    sources = {"dies once": b"NOTE " + note + b"\n"}
    sources |= {f"b{n}": b"BUSY " + os.fsencode(tmp_path / f"busy{n}") + b"\n" for n in range(6)}
    with Pool(3) as children:
        for key, source in sources.items():
            children.submit([Task(key, source)])
        found = [answer for answer in (children.answer() for _ in sources) if answer]
    assert found[-1].key == "dies once"
    assert not any(isinstance(answer.result, Lost) for answer in found)
    assert Path(os.fsdecode(note)).read_text() == ""


def test_where_memory_is_short_all_but_one_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_LOOK", 0.05)
    free = [pool.LOW_MEMORY]
    monkeypatch.setattr(machine, "free_memory", lambda: free[0])
    with Pool(3) as children:
        children.submit([Task("a", b"x = 1\n")])
        assert children.answer() is not None
        assert len(_pids(children)) == 3
        free[0] = pool.LOW_MEMORY - 1
        for number in range(60):
            children.submit([Task(f"b{number}", b"x = 1\n")])
            assert children.answer() is not None
            time.sleep(0.02)
        assert len(_pids(children)) == 1


def test_an_answer_that_is_none_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    sources = {"lies": b"LIE\n", **many(5)}
    results = dict(measured(iter(sources.items()), 2))
    assert isinstance(results["lies"], Lost)
    assert {key: results[key] for key in many(5)} == {key: measure(source) for key, source in many(5).items()}


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "print('no child of ours')"])
def test_where_no_child_can_measure_this_process_does(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(child, "_CODE", code)
    assert dict(measured(iter(many(5).items()), 2)) == {key: measure(source) for key, source in many(5).items()}


def test_where_no_child_can_be_started_this_process_measures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    assert dict(measured(iter(many(5).items()), 2)) == {key: measure(source) for key, source in many(5).items()}


def test_what_killed_every_child_is_not_measured_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    _limit_starts(monkeypatch, 1)
    results = dict(measured(iter([("dies", b"DIE\n"), ("fine", b"x = 1\n")]), 2))
    assert results == {"dies": CRASHED, "fine": measure(b"x = 1\n")}


def _limit_starts(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """From some child on, none can be started any more."""
    start, tickets = child._launch, iter(range(most))

    def launch() -> "subprocess.Popen[bytes]":
        if next(tickets, None) is None:
            raise OSError("no more processes")
        return start()

    monkeypatch.setattr(child, "_launch", launch)


def test_nothing_that_lies_around_is_imported_by_a_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mark = tmp_path / "imported"
    trap = f"open({str(mark)!r}, 'w').close()\n"
    for name in ("antipasta_hook", "complexipy", "sitecustomize", "usercustomize", "queue", "threading", "json"):
        (tmp_path / f"{name}.py").write_text(trap)
    monkeypatch.chdir(tmp_path)
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "json.py"))
    with Pool(1) as children:
        children.submit([Task("a", SOURCES["plain"])])
        answer = children.answer()
    assert answer is not None
    assert answer.result == measure(SOURCES["plain"])
    assert not mark.exists()


def test_where_the_analyser_is_not_found_this_process_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child would do without it, and fail at every source."""
    monkeypatch.setattr(child, "_holds_analyser", lambda _: False)
    with Crew(2, "processes") as crew:
        found = list(crew.measured(iter([Task("a", SOURCES["plain"])])))
    assert [answer.result for answer in found] == [measure(SOURCES["plain"])]


def _pids(children: Pool) -> list[int]:
    return [worker._process.pid for worker in children._workers if worker._process is not None]


def _ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


def test_a_closed_pool_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    with Pool(2) as children:
        children.submit([Task("a", b"HANG\n")])
        children.submit([Task("b", b"HANG\n")])
        _wait_until(lambda: len(_pids(children)) == 2)
        pids = _pids(children)
    assert all(map(_ended, pids))


def test_an_iterator_that_is_closed_half_way_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    start = Child.start

    def remembered(worker: Child) -> None:
        threads.append(worker)
        start(worker)

    monkeypatch.setattr(Child, "start", remembered)
    results = measured(iter(many(2_000).items()), 2)
    next(results)
    results.close()  # type: ignore[attr-defined] # it is a generator
    assert len(threads) == 2
    assert not any(thread.is_alive() for thread in threads)


def test_what_nobody_waits_for_any_more_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    with Pool(1) as children:
        children.submit([Task("hangs", b"HANG\n"), Task("late", b"x = 1\n")])
        children.submit([Task("later", b"x = 2\n")])
        assert children.answer(1.5) is None
        children.forget()
        assert children.waiting == 0
        children.submit([Task("wanted", b"x = 3\n")])
        answer = children.answer()
    assert answer is not None
    assert answer[:2] == ("wanted", measure(b"x = 3\n"))


def test_what_was_dropped_for_lack_of_time_is_measured_when_it_is_wanted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_CODE", UNTIMELY_ENDS)
    with Pool(1) as children:
        children.submit([Task("first", b"x = 1\n")])
        assert children.answer() is not None
        for _ in range(2):
            children.submit([Task("slow", b"SLOW\n")])
            assert children.answer(0.3) is None
            children.forget()
        children.submit([Task("slow", b"SLOW\n")])
        answer = children.answer()
    assert answer is not None
    assert answer[:2] == ("slow", measure(b"SLOW\n"))


def test_where_no_thread_can_be_started_this_process_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    start, tickets = Child.start, iter(range(1))

    def limited(worker: Child) -> None:
        if next(tickets, None) is None:
            raise RuntimeError("can't start new thread")
        start(worker)

    expected = {key: measure(source) for key, source in many(5).items()}
    for _ in range(2):  # at first there is one, then none
        monkeypatch.setattr(Child, "start", limited)
        assert dict(measured(iter(many(5).items()), 2)) == expected


def test_measurements_that_are_too_large_for_the_cache_are_handed_over() -> None:
    source = b"".join(b"def f%d_%s(): 1\n" % (n, b"x" * 200) for n in range(45_000))
    expected = measure(source)
    assert decode(encode(expected)) is None
    assert dict(measured(iter([("large", source)]), 2)) == {"large": expected}


def test_how_deep_a_source_may_be_does_not_depend_on_who_measures_it() -> None:
    def from_depth(calls: int, source: bytes) -> FileMetrics:
        return from_depth(calls - 1, source) if calls else measure(source)

    sources = {str(n): b"x = " + b"not " * n + b"1\n" for n in range(2_600, 2_800, 5)}
    expected = {key: measure(source) for key, source in sources.items()}
    assert {key: from_depth(200, source) for key, source in sources.items()} == expected
    assert dict(measured(iter(sources.items()), 2)) == expected


PARENT = """
import sys, time
sys.path[:0] = [{root!r}]
from antipasta_hook.analyse import child, executor, pool
child._CODE = {code!r}
children = pool.Pool(2)
for key in "ab":
    children.submit([executor.Task(key, b"{does}\\n")])
while not all(worker._since and worker._process for worker in children._workers) or children._tasks.qsize():
    time.sleep(0.02)
print(*(worker._process.pid for worker in children._workers), flush=True)
time.sleep(1_000)
"""


@pytest.mark.parametrize("does", ["HANG", "SPIN"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_child_outlives_its_parent(number: signal.Signals, does: str) -> None:
    root = str(Path(pool.__file__).parents[2])
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(root=root, code=UNTIMELY_ENDS, does=does)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout is not None
    with parent.stdout:
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.send_signal(number)
        parent.wait()
    _wait_until(lambda: all(map(_ended, pids)))


@pytest.mark.parametrize(("what", "most"), [("MOST_SOURCES", 5), ("MOST_HELD", 1)])
def test_a_child_that_is_worn_makes_room_for_a_fresh_one(monkeypatch: pytest.MonkeyPatch, what: str, most: int) -> None:
    if what == "MOST_HELD" and not os.path.exists("/proc/self/statm"):
        pytest.skip("nobody says what a child holds")
    started = 0
    launch = child._launch

    def counted() -> "subprocess.Popen[bytes]":
        nonlocal started
        started += 1
        return launch()

    monkeypatch.setattr(child, "_launch", counted)
    monkeypatch.setattr(child, what, most)
    tasks = [Task(str(number), b"x = %d\n" % number) for number in range(20)]
    found = {}
    with Pool(1) as workers:
        for first in range(0, 20, 5):
            workers.submit(tasks[first : first + 5])
            for _ in range(5):
                answer = workers.answer()
                assert answer is not None
                found[answer.key] = answer.result
    assert found == {task.key: measure(task.source) for task in tasks}
    assert started == 4 if what == "MOST_SOURCES" else started == 5


def test_where_no_fresh_child_can_be_had_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MOST_SOURCES", 2)
    tasks = [Task(str(number), b"x = %d\n" % number) for number in range(6)]
    with Pool(1) as workers:
        workers.submit(tasks[:3])
        assert all(workers.answer() for _ in range(3))

        def fail() -> "subprocess.Popen[bytes]":
            raise OSError("no more processes")

        monkeypatch.setattr(child, "_launch", fail)
        workers.submit(tasks[3:])
        with pytest.raises(executor.NoWorkers) as none:
            workers.answer()
    assert [task.key for task in none.value.waiting] == ["3", "4", "5"]

"""Measuring in threads: they need a Python without a lock to be quick, and none to be right."""

import threading
from collections.abc import Iterable, Iterator

import pytest

from antipasta_hook.analyse import crew as crews
from antipasta_hook.analyse import executor, machine, threads
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.executor import HANGS, Answer, Result, Task, each
from antipasta_hook.analyse.threads import Threads
from antipasta_hook.metrics import measure
from antipasta_hook.model import Failure, FileMetrics
from tests.integration.test_pool import SOURCES, many


def tasks(sources: dict[str, bytes]) -> Iterator[Task]:
    return (Task(key, source) for key, source in sources.items())


def by_key(answers: Iterable[Answer | None]) -> dict[str, Result]:
    return {answer.key: answer.result for answer in answers if answer is not None}


def test_threads_measure_what_this_process_measures() -> None:
    sources = {**SOURCES, **many(100)}
    workers = Threads(3)
    assert by_key(each(workers, tasks(sources))) == {key: measure(source) for key, source in sources.items()}
    workers.close()


def test_a_source_that_hangs_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hostile(source: bytes) -> FileMetrics:
        if source.startswith(b"HANG"):
            released.wait()
        return measure(source)

    monkeypatch.setattr(threads, "measure", hostile)
    monkeypatch.setattr(threads, "_LOOK", 0.1)
    monkeypatch.setattr(executor, "HANGS_AFTER", 0.5)
    sources = {"hangs": b"HANG\n", **many(20), "hangs too": b"HANG\n"}
    workers = Threads(1)
    expected = {key: measure(source) for key, source in sources.items()}
    assert by_key(each(workers, tasks(sources))) == {**expected, "hangs": HANGS, "hangs too": HANGS}
    workers.close()
    released.set()


def test_what_nobody_waits_for_any_more_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bytes] = []
    going, released = threading.Event(), threading.Event()

    def slow(source: bytes) -> FileMetrics:
        begun.append(source)
        going.set()
        released.wait()
        return measure(source)

    workers = Threads(1)
    monkeypatch.setattr(threads, "measure", slow)
    workers.submit(list(tasks(many(5))))
    going.wait()
    assert workers.answer(0.01) is None
    workers.forget()
    assert workers.waiting == 0
    released.set()
    workers.submit([Task("wanted", b"x = 1\n")])
    assert by_key([workers.answer()]) == {"wanted": measure(b"x = 1\n")}
    assert len(begun) == 2
    workers.close()


def test_threads_that_would_take_turns_are_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "is_free_threaded", lambda: False)
    with Crew(2, "threads") as crew, pytest.raises(Failure, match="this Python runs one at a time"):
        crew.pool()


def test_without_a_lock_threads_do_what_children_would_be_late_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "is_free_threaded", lambda: True)
    monkeypatch.setattr(machine, "processors", lambda _: 2)
    monkeypatch.setattr(machine, "free_memory", lambda _="/": None)
    monkeypatch.setattr(crews, "_has_no_lock", lambda: True)
    with Crew() as crew:
        assert not crew.pays(50_000)
        assert crew.pays(500_000)
        assert isinstance(crew.pool(), Threads)

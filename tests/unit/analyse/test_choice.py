"""Who measures: a table of works, machines and wishes."""

import pytest

from antipasta_hook.analyse.choice import BYTES_A_TOLD_WORKER, BYTES_A_WORKER, Machine, Wish, choose, stoppable

LITTLE, MIDDLING, SOME, MUCH = 50_000, 400_000, 1_000_000, 30_000_000
"""Bytes of source: 15 ms of work, 120 ms, 300 ms, 9 s."""
GIGABYTE = 1024 * 1024 * 1024
TWO = Machine(2, 8 * GIGABYTE)
MANY = Machine(64, 256 * GIGABYTE)


@pytest.mark.parametrize(
    ("size", "machine", "wish", "executor", "workers"),
    [
        (LITTLE, TWO, Wish(), "in-process", 1),
        (MIDDLING, TWO, Wish(), "in-process", 1),
        (SOME, TWO, Wish(), "processes", 2),
        (MUCH, TWO, Wish(), "processes", 2),
        # a worker more is started only where it has something to do
        (SOME, MANY, Wish(), "processes", 2),
        (2 * SOME, MANY, Wish(), "processes", 4),
        (MUCH, MANY, Wish(), "processes", 60),
        (10 * MUCH, MANY, Wish(), "processes", 64),
        # one processor
        (MUCH, Machine(1, 8 * GIGABYTE), Wish(), "in-process", 1),
        (MUCH, Machine(1, 8 * GIGABYTE), Wish("processes"), "processes", 1),
        # memory
        (MUCH, Machine(64, None), Wish(), "processes", 60),
        (MUCH, Machine(64, 3 * BYTES_A_WORKER), Wish(), "processes", 3),
        (MUCH, Machine(64, BYTES_A_WORKER), Wish(), "in-process", 1),
        (MUCH, Machine(64, 0), Wish(), "in-process", 1),
        (MUCH, Machine(64, 0), Wish(jobs=5), "in-process", 1),
        (MUCH, Machine(64, 4 * BYTES_A_TOLD_WORKER), Wish(jobs=5), "processes", 4),
        (10 * MUCH, MANY, Wish(jobs=256), "processes", 256),
        (10 * MUCH, TWO, Wish(jobs=256), "processes", 85),
        (10 * MUCH, MANY, Wish("processes", 256), "processes", 256),
        (10 * MUCH, TWO, Wish("processes", 256), "processes", 85),
        # files that may be opened
        (10 * MUCH, MANY._replace(descriptors=1_000), Wish(jobs=256), "processes", 121),
        (10 * MUCH, MANY._replace(descriptors=200), Wish(), "processes", 21),
        (10 * MUCH, MANY._replace(descriptors=20), Wish(), "in-process", 1),
        # threads start at once, but what crashes takes all
        (LITTLE, TWO._replace(free_threaded=True), Wish(), "in-process", 1),
        (MIDDLING, TWO._replace(free_threaded=True), Wish(), "threads", 2),
        (MUCH, TWO._replace(free_threaded=True), Wish(), "processes", 2),
        (MIDDLING, TWO._replace(free_threaded=True), Wish(jobs=1), "in-process", 1),
        # wishes
        (MUCH, TWO, Wish(jobs=1), "in-process", 1),
        (MUCH, TWO, Wish(jobs=3), "processes", 3),
        (MUCH, TWO, Wish(jobs=0), "in-process", 1),
        (MUCH, TWO, Wish("in-process", 4), "in-process", 1),
        (LITTLE, TWO, Wish("processes"), "processes", 2),
        (LITTLE, TWO, Wish("threads", 4), "threads", 4),
        (LITTLE, TWO, Wish("dask://host:1"), "dask://host:1", 0),
        (MUCH, TWO, Wish("dask://host:1", 7), "dask://host:1", 7),
    ],
)
def test_who_measures(size: int, machine: Machine, wish: Wish, executor: str, workers: int) -> None:
    found = choose(size, machine, wish)
    assert (found.executor, found.workers) == (executor, workers)


@pytest.mark.parametrize(
    ("size", "machine", "wish", "why"),
    [
        (
            MUCH,
            Machine(2, 3_000 * 1024 * 1024),
            Wish(),
            "30.0 MB of source, about 9.0 s of work; 2 processors, 3,000 MB of memory free",
        ),
        (MUCH, Machine(1, None), Wish(), "30.0 MB of source, about 9.0 s of work; 1 processor, free memory unknown"),
        (
            LITTLE,
            Machine(2, 200 * 1024 * 1024, descriptors=900),
            Wish("processes", jobs=256),
            "asked for; --jobs 256, of which 2 can be borne: 200 MB of memory free, 900 files may be opened",
        ),
        (
            LITTLE,
            Machine(2, None),
            Wish(jobs=2),
            "0.1 MB of source, about 0.0 s of work; --jobs 2; too little for others to be begun with",
        ),
        (MUCH, TWO, Wish("processes", 3), "asked for; --jobs 3"),
        (MUCH, TWO, Wish("in-process"), "asked for"),
    ],
)
def test_it_is_said_why(size: int, machine: Machine, wish: Wish, why: str) -> None:
    assert choose(size, machine, wish).why == why


def test_what_must_end_in_time_is_measured_by_children_even_on_one_processor() -> None:
    assert stoppable(Machine(1, None), Wish(), "in time")[:2] == ("processes", 1)
    assert stoppable(TWO, Wish(), "in time")[:2] == ("processes", 2)
    assert stoppable(TWO, Wish("threads"), "in time")[:2] == ("threads", 2)
    assert stoppable(TWO, Wish("dask://host:1"), "in time")[:2] == ("dask://host:1", 0)

"""A real cluster on this machine, of a scheduler and two workers: the same answers, whatever happens to it."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from antipasta_hook.analyse import cluster
from antipasta_hook.analyse.cluster import Cluster
from antipasta_hook.analyse.crew import Crew
from antipasta_hook.analyse.executor import CRASHED, Answer, Task, each
from antipasta_hook.metrics import measure
from antipasta_hook.model import Failure
from tests.integration.clusters import Site, wait_until
from tests.integration.test_pool import SOURCES, UNTIMELY_ENDS, many


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "site", [])
    made.place.mkdir()
    made.scheduler()
    yield made
    made.end()


def tasks(sources: dict[str, bytes]) -> Iterator[Task]:
    return (Task(key, source) for key, source in sources.items())


def measured(site: Site, sources: dict[str, bytes]) -> dict[str, object]:
    with Crew(executor=f"dask://{site.address}") as crew:
        return {answer.key: answer.result for answer in crew.measured(tasks(sources))}


def large(number: int) -> dict[str, bytes]:
    """Sources that take some time."""
    code = b"".join(b"def f_%d(a):\n    if a:\n        return %d\n" % (n, n) for n in range(400))
    return {f"l{n}": b"x = %d\n" % n + code for n in range(number)}


def test_two_workers_measure_what_this_process_measures(site: Site) -> None:
    site.worker()
    site.worker()
    sources = {**SOURCES, **many(300)}
    assert measured(site, sources) == {key: measure(source) for key, source in sources.items()}


def test_a_worker_that_is_killed_in_the_middle_costs_nothing(site: Site) -> None:
    workers = [site.worker(), site.worker()]
    sources = large(150)
    found: list[Answer] = []
    executor = Cluster(site.address)
    for answer in each(executor, tasks(sources)):
        found.append(answer)
        if len(found) == 30:
            workers[0].kill()
    executor.close()
    assert workers[0].wait() != 0
    assert workers[1].poll() is None
    assert len(found) == len(sources)
    assert {answer.key: answer.result for answer in found} == {key: measure(source) for key, source in sources.items()}


@pytest.mark.parametrize("whom", ["workers", "scheduler"])
def test_where_the_cluster_is_lost_the_rest_is_measured_here(
    site: Site, monkeypatch: pytest.MonkeyPatch, whom: str
) -> None:
    monkeypatch.setattr(cluster, "ABSENT_AFTER", 1.0)
    site.worker()
    sources = large(60)
    found: list[Answer] = []
    with Crew(executor=f"dask://{site.address}") as crew:
        for answer in crew.measured(tasks(sources)):
            found.append(answer)
            if len(found) == 1:
                for process in site.processes[1:] if whom == "workers" else site.processes[:1]:
                    process.kill()
        assert [remark.sentence for remark in crew.remarks] == [
            f"dask://{site.address} was lost; what it did not measure was measured here"
        ]
    assert len(found) == len(sources)
    assert {answer.key: answer.result for answer in found} == {key: measure(source) for key, source in sources.items()}


def test_a_source_that_kills_who_measures_it_kills_no_worker(site: Site) -> None:
    hostile = f"from antipasta_hook.analyse import child; child._CODE = {UNTIMELY_ENDS!r}"
    workers = [site.worker(hostile), site.worker(hostile)]
    sources = {**many(20), "dies": b"DIE\n", **large(3)}
    expected = {key: measure(source) for key, source in sources.items()}
    assert measured(site, sources) == {**expected, "dies": CRASHED}
    assert [worker.poll() for worker in workers] == [None, None]


REFUSED = """
from antipasta_hook.analyse import remote
class Evil:
    def __reduce__(self):
        return open, ({path!r}, "w")
remote.measured.__code__ = (lambda sources: {answer}).__code__
remote.Evil = Evil
"""


@pytest.mark.parametrize(
    "answer",
    ["Evil()", "[identity().encode(), Evil()]", "[identity().encode(), b'+no measurement']", "[]", "b'+'", "1 / 0"],
)
def test_an_answer_that_is_none_is_not_believed_and_a_pickled_one_not_loaded(
    site: Site, tmp_path: Path, answer: str
) -> None:
    mark = tmp_path / "loaded"
    site.worker(REFUSED.format(path=str(mark), answer=answer))
    assert measured(site, {"a": b"x = 1\n", "b": b"x = 2\n"}) == {"a": CRASHED, "b": CRASHED}
    assert not mark.exists()


def test_a_worker_of_another_version_is_refused(site: Site) -> None:
    site.worker()
    site.worker("import antipasta_hook; antipasta_hook.__version__ = '0.0.9'")
    with pytest.raises(
        Failure, match=r"tcp://127.0.0.1:\d+ runs antipasta-hook 0.0.9, engine .*; here runs"
    ) as refused:
        Cluster(site.address)
    assert "the same antipasta-hook" in refused.value.recovery


NOT_INSTALLED = "import sys; sys.modules['antipasta_hook'] = None"


def test_a_scheduler_without_this_program_is_refused(site: Site) -> None:
    site.scheduler(NOT_INSTALLED)
    site.worker()
    with pytest.raises(Failure, match=f"the cluster at {site.address} cannot be used: ") as refused:
        Cluster(site.address)
    assert "the scheduler and all workers need the same antipasta-hook" in refused.value.recovery


def test_a_worker_without_this_program_is_refused(site: Site) -> None:
    site.worker(NOT_INSTALLED)
    with pytest.raises(Failure, match=r"the worker tcp://127.0.0.1:\d+ has no antipasta-hook"):
        Cluster(site.address)


def test_what_each_worker_did_is_told_apart(site: Site) -> None:
    for _ in range(2):
        site.worker()
    executor = Cluster(site.address)
    clocked = [answer.clocked for answer in each(executor, tasks(large(8)))]
    executor.close()
    assert {each.lane for each in clocked if each} <= {1, 2}
    assert all(each is not None and each.took > 0 for each in clocked)


def test_a_worker_of_another_version_that_comes_later_is_refused_too(site: Site) -> None:
    worker = site.worker()
    executor = Cluster(site.address)
    site.worker("import antipasta_hook; antipasta_hook.__version__ = '0.0.9'")
    site.wait_for(2)
    worker.kill()
    with pytest.raises(Failure, match=r"runs antipasta-hook 0.0.9"):
        list(each(executor, tasks(large(2))))
    executor.close()


def test_a_cluster_without_workers_is_refused(site: Site) -> None:
    with pytest.raises(Failure, match="has no workers"):
        Cluster(site.address)


@pytest.mark.parametrize("listens", [True, False])
def test_an_address_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch, listens: bool) -> None:  # noqa: FBT001 - a column of the table
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Failure, match=f"no dask scheduler answers at {address} within 1 s"):
            Cluster(address)


def test_where_dask_is_not_installed_it_is_said_how_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Failure, match=r"dask://127.0.0.1:1 needs dask.distributed") as failed:
        Cluster("127.0.0.1:1")
    assert "antipasta-hook[dask]" in failed.value.recovery


def test_children_on_a_worker_that_have_nothing_to_do_are_let_go(site: Site) -> None:
    worker = site.worker("from antipasta_hook.analyse import remote; remote._IDLE = 0.2")
    measured(site, many(3))

    def has_children() -> bool:
        return bool(Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split())

    if not os.path.exists(f"/proc/{worker.pid}/task/{worker.pid}/children"):
        pytest.skip("needs /proc")
    wait_until(lambda: not has_children())

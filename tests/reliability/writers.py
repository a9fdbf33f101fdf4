"""Processes that write to one store, and are killed in the middle of it: what is kept stays sound, and nobody lies."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from antipasta_hook.cache import Store
from tests.integration.cache.places import ITEMS
from tests.reliability.remains import wrong_with

WRITERS = 3
_PROGRAM = """
import random, sys
from antipasta_hook.cache import open_store
from antipasta_hook.cache.administration import clear
from antipasta_hook.cache.admission import Busy
from tests.integration.cache.places import ITEMS
chance, keys = random.Random(int(sys.argv[2])), list(ITEMS)
print("ready", flush=True)
while True:
    with open_store(sys.argv[1], {}) as store:
        drawn = chance.sample(keys, 5)
        assert store.get_many(drawn).items() <= ITEMS.items()
        store.set_many({key: ITEMS[key] for key in drawn})
    if chance.random() < 0.05:
        try:
            clear(sys.argv[1] + "/v1", whatever_it_is=True, wait=0.5)
        except Busy:
            pass
"""
"""It opens, reads, writes and closes the store, and now and then empties it, until it is killed."""


def wrong_after_kills(cache: Path, kills: int, seed: int) -> Iterator[str]:
    """Kill one of some writers at a time, each at a random moment, and look at the store while the others go on."""
    chance = random.Random(seed)
    writers = [_started(cache, number) for number in range(WRITERS)]
    try:
        for number in range(kills):
            victim = writers.pop(0)
            time.sleep(chance.uniform(0, 0.06))
            if victim.poll() is not None:
                yield f"a writer ended by itself: {_end(victim)}"
            victim.kill()
            _end(victim)
            writers.append(_started(cache, WRITERS + number))
            with Store(str(cache / "v1")) as store:
                if not store.get_many(ITEMS).items() <= ITEMS.items():
                    yield f"after kill {number} the store knew what is not so"
                if store.problem is not None and store.problem.severity != "notice":
                    yield f"after kill {number}: {store.problem.message}"
    finally:
        for writer in writers:
            writer.kill()
            _end(writer)
    yield from wrong_with(cache)
    with Store(str(cache / "v1")) as store:
        store.set_many(ITEMS)
        if store.get_many(ITEMS) != ITEMS or store.problem is not None:
            yield f"in the end the store does not work: {store.problem}"


def _started(cache: Path, number: int) -> "subprocess.Popen[str]":
    (cache / "v1").mkdir(mode=0o700, parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", _PROGRAM, str(cache), str(number)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    return process


def _end(process: "subprocess.Popen[str]") -> str:
    return process.communicate()[1][-300:]

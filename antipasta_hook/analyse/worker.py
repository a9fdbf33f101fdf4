"""The child of the pool: sources in on standard input, measurements out on standard output, until the input ends.

A request is the number of its sources, the length of each, then their bytes; each source is answered by a length and an
encoded FileMetrics. ``READY`` comes first. Nothing of ours is imported but what measures.
"""

import gc
import os
import sys
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, Final

READY: Final = b"antipasta"
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of one encoded FileMetrics, packed or not; the largest source that is read yields a tenth of it."""
_NUMBER: Final = 4  # bytes


def number(value: int) -> bytes:
    """A number as it is sent."""
    return value.to_bytes(_NUMBER, "big")


def read_number(stream: BinaryIO) -> int:
    """The next number of a stream; raises EOFError."""
    return int.from_bytes(exactly(stream, _NUMBER), "big")


def exactly(stream: BinaryIO, size: int) -> bytes:
    """The next bytes of a stream; raises EOFError where it ends before."""
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return data


def main() -> None:
    """Answer until the input ends. Then the process ends too, whatever it is doing: its parent is gone."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what an analyser might print is no answer
    os.close(nowhere)
    from antipasta_hook.analyse.guards import set_guards
    from antipasta_hook.cache.encoding import encode
    from antipasta_hook.metrics import measure

    gc.disable()  # what is measured is in no cycles
    measure(b"x = 1\n")  # what a measurement needs is loaded before it is waited for
    sources: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_receive, args=(sys.stdin.buffer, sources), daemon=True).start()
    wind_up = set_guards()
    answers.write(READY)
    while True:
        answers.flush()
        source = sources.get()
        wind_up()
        metrics = measure(source)
        encoded = encode(metrics)
        answers.write(number(len(encoded)) + encoded)


def _receive(requests: BinaryIO, sources: "SimpleQueue[bytes]") -> None:
    """Read on while the sources are measured, so that whoever sends them never waits."""
    try:
        while True:
            sizes = [read_number(requests) for _ in range(read_number(requests))]
            for size in sizes:
                sources.put(exactly(requests, size))
    finally:
        os._exit(0)

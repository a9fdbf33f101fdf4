"""Real dask clusters for tests: each scheduler and each worker is a process on this machine."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

Process = subprocess.Popen[bytes]


class Site(NamedTuple):
    """A scheduler and its workers, each a process of its own."""

    place: Path
    processes: list[Process]

    @property
    def address(self) -> str:
        """The scheduler's, as HOST:PORT."""
        address: str = json.loads((self.place / "scheduler.json").read_text())["address"]
        return address.removeprefix("tcp://")

    def scheduler(self, *first: str) -> Process:
        """Start it, and wait for it."""
        file = self.place / "scheduler.json"
        file.unlink(missing_ok=True)
        code = self.place / "first.py"
        code.write_text("\n".join(first))
        options = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file), "--preload", str(code)]
        process = self._started("scheduler", *options)
        wait_until(file.exists)
        return process

    def worker(self, *first: str) -> Process:
        """One more worker of one thread, in which these lines of code run first."""
        code = self.place / f"first_{len(self.processes)}.py"
        known = self.place / f"ready_{len(self.processes)}"
        code.write_text("\n".join([*first, f"def dask_setup(worker): open({str(known)!r}, 'w').close()"]))
        options = ["--nthreads", "1", "--no-nanny", "--memory-limit", "0", "--local-directory", str(self.place)]
        file = str(self.place / "scheduler.json")
        process = self._started("worker", "--scheduler-file", file, *options, "--preload", str(code))
        wait_until(known.exists)
        return process

    def wait_for(self, workers: int) -> None:
        """Until the scheduler knows of so many workers: one that is ready may not have been heard of yet."""
        from distributed import Client

        with Client(f"tcp://{self.address}", set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=30)

    def end(self) -> None:
        """Kill all of it."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def _started(self, *arguments: str) -> Process:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that comes true in the end."""
    for _ in range(1_200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")

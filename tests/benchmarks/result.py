"""What one run of the benchmarks comes to, as JSON: the rows, and what they were measured on and of."""

import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.benchmarks.rows import Row

SCHEMA_VERSION: Final = 1
ROOT: Final = Path(__file__).parents[2]
BUSY: Final = 0.7
"""Of the load average before the first measurement: from here on others were at work, too."""


class Unreadable(Exception):  # noqa: N818 - nothing is wrong here but the file
    """A file is no result of this command."""


class Result(NamedTuple):
    """``when``: UTC, as ISO 8601. ``load``: the machine's load average before and after. ``commit`` may be unknown."""

    when: str
    machine: Mapping[str, Any]
    commit: str | None
    quick: bool
    load: tuple[float, float]
    rows: tuple[Row, ...]

    @property
    def busy(self) -> bool:
        """Whether the machine had other things to do."""
        return self.load[0] > BUSY

    def document(self) -> dict[str, Any]:
        """For JSON."""
        rows = [row._asdict() for row in self.rows]
        return {"schema_version": SCHEMA_VERSION, **self._asdict(), "load": list(self.load), "rows": rows}


def result(rows: Sequence[Row], *, quick: bool, load: tuple[float, float]) -> Result:
    """Of what was measured just now, here."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    machine = {"python": platform.python_version(), "platform": platform.platform(), "processors": os.cpu_count()}
    return Result(now, machine, _commit(), quick, load, tuple(rows))


def _commit() -> str | None:
    """The checkout's commit; -dirty where files differ from it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def read(path: Path) -> Result:
    """An earlier result. Raises Unreadable, or OSError."""
    try:
        document = json.loads(path.read_bytes())
        if document.pop("schema_version") != SCHEMA_VERSION:
            raise Unreadable(f"{path} is of another version of this command")
        rows = tuple(Row(**row) for row in document.pop("rows"))
        return Result(**document | {"load": tuple(document["load"])}, rows=rows)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise Unreadable(f"{path} is no result of this command: {error}") from error

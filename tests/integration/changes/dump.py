"""The recording hook's program: what each reader sees from inside a hook, and what git says, as a pickle."""

import os
import pickle
import sys
from pathlib import Path

from tests.integration.changes.reading import READERS, read, truth


def main(out: str) -> None:
    """Write the readings."""
    environ = dict(os.environ)
    readings = {reader: read(reader, Path.cwd(), environ) for reader in READERS}
    Path(out).write_bytes(pickle.dumps((readings, truth(Path.cwd(), environ))))


if __name__ == "__main__":
    main(sys.argv[1])

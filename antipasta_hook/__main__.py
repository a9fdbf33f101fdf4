"""The way in: ``antipasta-hook`` and ``python -m antipasta_hook``."""

import sys
import time

STARTED = time.perf_counter() - time.process_time()
"""When this process started, on perf_counter's clock: what came before our first line is nearly all CPU time."""


def main() -> int:
    """Run one command; the result is the exit code."""
    from antipasta_hook.cli import main as command

    return command(sys.argv[1:], started=STARTED)


if __name__ == "__main__":
    sys.exit(main())

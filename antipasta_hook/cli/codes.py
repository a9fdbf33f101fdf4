"""What the exit codes mean."""

from typing import Final

EXIT_PASS: Final = 0
EXIT_BLOCKED: Final = 1
EXIT_USAGE: Final = 2
EXIT_CANNOT_JUDGE: Final = 3
EXIT_INTERRUPTED: Final = 130
EXIT_TERMINATED: Final = 143

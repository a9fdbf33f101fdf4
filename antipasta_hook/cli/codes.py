"""What the exit codes mean."""

from typing import Final

EXIT_PASS: Final = 0
EXIT_BLOCKED: Final = 1
EXIT_USAGE: Final = 2
EXIT_CANNOT_JUDGE: Final = 3
EXIT_SIGNAL: Final = 128
"""And the number of the signal that ended it, as a shell gives it: 129 hung up, 130 interrupted, 143 terminated."""
EXIT_INTERRUPTED: Final = EXIT_SIGNAL + 2

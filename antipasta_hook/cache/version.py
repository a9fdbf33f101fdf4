"""The version of what a row of a tree holds. Raise ROLL_UP_VERSION whenever a row may be another one for any tree."""

from typing import Final

ROLL_UP_VERSION: Final = 4

ROLL_UP_DIGEST: Final = "5ed6648f3a47bf63"
"""Over the code that decides what is in a row (what is Python, what is skipped, what is over a limit, in what words); a
test says what to write here."""

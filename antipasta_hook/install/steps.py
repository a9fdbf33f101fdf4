"""What was done, in the order in which it was done."""

from enum import Enum
from typing import NamedTuple


class Deed(Enum):
    """One kind of change, or the reason for none."""

    WROTE = "wrote"
    RENEWED = "renewed"
    UNCHANGED = "unchanged"
    CHAINED = "chained"
    SET_ASIDE = "set aside"  # chained, but not executable: git did not run it, and neither do we
    AROUND = "around"  # why git's configuration is used and not the hooks directory
    CONFIGURED = "configured"
    NEEDS_GIT = "needs git"
    SWITCHED_OFF = "switched off"
    IN_WORK_TREE = "in the work tree"
    REMOVED = "removed"
    DECONFIGURED = "deconfigured"
    PUT_BACK = "put back"
    LEFT = "left"


class Step(NamedTuple):
    """One thing done to a file, a directory or a setting."""

    deed: Deed
    what: str

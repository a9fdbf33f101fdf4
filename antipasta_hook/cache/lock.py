"""Who is using a store's files: many may share them, and only one who is alone may remove or create them.

SQLite's own locks are not enough for that: a database that is unlinked while others have it open comes back damaged,
because the last of them deletes the newcomer's log by its name.
"""

import os
import stat
import sys
from typing import Final

LOCK: Final = "lock"
"""The name of a store's."""
_FLAGS: Final = (
    os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
)


class Occupancy:
    """An advisory lock on a file that stays; given up with the process, however that ends. It never waits.

    Where there is no ``flock`` (Windows) it is always granted: a file in use cannot be removed there anyway.
    """

    def __init__(self, path: str, *, make: bool = True) -> None:
        """``make`` False: the file must be there, and need not be one that may be written to."""
        self._file = os.open(path, _FLAGS if make else _FLAGS & ~(os.O_CREAT | os.O_RDWR), 0o600)
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            self.close()
            raise OSError(f"{path} is not a regular file")

    def share(self) -> bool:
        """Use the files together with others; False while somebody is alone with them."""
        return self._take(alone=False)

    def seize(self) -> bool:
        """Be alone with the files; False while anybody else uses them."""
        return self._take(alone=True)

    def leave(self) -> None:
        """Give up what was granted."""
        _flock(self._file, "LOCK_UN")

    def close(self) -> None:
        """Give up everything, for good."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _take(self, *, alone: bool) -> bool:
        return _flock(self._file, "LOCK_EX" if alone else "LOCK_SH", "LOCK_NB")


def _flock(file: int, *operation: str) -> bool:
    """Whether what is asked for, in fcntl's words, is granted: False while somebody else holds a lock against it."""
    if sys.platform == "win32":
        return True
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, sum(getattr(fcntl, name) for name in operation))
    except BlockingIOError:
        return False
    return True

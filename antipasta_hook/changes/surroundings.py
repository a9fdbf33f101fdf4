"""What libgit2 takes from its process: the environment that it asks for, and the certificates that it would load."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

from antipasta_hook.changes.reader import Unreadable


@contextmanager
def environment(changes: Mapping[str, str | None]) -> Iterator[None]:
    """The process's environment, changed for a moment: libgit2 asks the C library, not us."""
    before = {name: os.environ.get(name) for name in changes}
    try:
        _set(changes)
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def imported() -> ModuleType:
    """Import pygit2 without its certificates, which cost 10 ms and can raise; raises Unreadable.

    https://github.com/canonical/snapcraft/issues/5321: a machine without a CA bundle cannot import pygit2.
    """
    nowhere = {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.path.dirname(os.path.abspath(__file__))}
    try:
        with environment(nowhere):
            import pygit2
    except Exception as error:  # ImportError, OSError from the dynamic linker, GitError from libgit2 itself
        msg = f"pygit2 cannot be imported: {error}"
        raise Unreadable(msg) from error
    # git does not hash the trees it reads either; the check costs half of a diff.
    pygit2.settings.enable_strict_hash_verification(False)  # noqa: FBT003 - pygit2's signature
    return pygit2
